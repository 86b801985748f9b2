"""Addresses of datasets in object stores, as somebody types them."""

import re
from pathlib import Path

_ADDRESS = re.compile(r"(?P<scheme>s3|gs|hf):/{1,2}(?P<rest>[^/].*)")


def remote_url(place: Path | str) -> str | None:
    """The address that a place is, without a slash at its end; None for a folder.

    A path has only one of the two slashes left.
    """
    found = _ADDRESS.fullmatch(str(place))
    return None if found is None else f"{found['scheme']}://{found['rest'].rstrip('/')}"
