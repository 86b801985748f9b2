"""File names that a Hub sends, of which none may lead out of a folder."""

import re
from collections.abc import Iterable

from labeler.errors import HubError

# What Windows does not take either; control characters could also spoil a terminal.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


def safe_names(repo_id: str, names: Iterable[str]) -> list[str]:
    """The names, in order, none of which is outside of the folder that it is relative to.

    Raises:
        HubError: one is, or two are the same file where case does not count.
    """
    seen: dict[str, str] = {}
    for name in names:
        if _is_unsafe(name):
            raise HubError(
                f"{repo_id} has a file {name[:80]!r}, which does not stay in its folder.",
                "Nothing was written. Tell the owner of the dataset.",
            )
        if (other := seen.setdefault(name.casefold(), name)) != name:
            raise HubError(
                f"{repo_id} has files {other!r} and {name!r}, which are one on some disks.",
                "Nothing was written. Tell the owner of the dataset.",
            )
    return list(seen.values())


def _is_unsafe(name: str) -> bool:
    parts = name.split("/")
    return bool(_FORBIDDEN.search(name)) or any(
        part in ("", ".", "..") or part != part.rstrip(". ") for part in parts
    )
