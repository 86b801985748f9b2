"""Addresses of datasets in object stores and on the Hub, as somebody types them."""

import re
from pathlib import Path

from labeler.cures import Advice, Cure, DownloadDataset
from labeler.errors import UsageError

_ADDRESS = re.compile(r"(?P<scheme>s3|gs|hf):/{1,2}(?P<rest>[^/].*)")


def remote_url(place: Path | str) -> str | None:
    """The address that a place is, without a slash at its end; None for a folder.

    A path has only one of the two slashes left.
    """
    found = _ADDRESS.fullmatch(str(place))
    return None if found is None else f"{found['scheme']}://{found['rest'].rstrip('/')}"


def require_folder(place: Path | str) -> None:
    """Refuse an address where only a folder will do.

    Raises:
        UsageError: it is one.
    """
    if (url := remote_url(place)) is None:
        return
    cure: Cure = Advice("Download the dataset first, then give its folder.")
    where = "in an object store"
    if url.startswith("hf:"):
        cure, where = DownloadDataset(_name(url)), "on the Hub"
    raise UsageError(
        f"{url} is {where}, where datasets are only read for predictions, trainings and what is "
        "said of them.",
        cure,
    )


def _name(url: str) -> str:
    """OWNER/NAME of `hf://datasets/OWNER/NAME@REVISION/…`."""
    return "/".join(url.split("@")[0].split("/")[3:5])
