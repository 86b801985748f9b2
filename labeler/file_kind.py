"""What is at a place in the file system, said without raising."""

import stat
from pathlib import Path

_POINTER = b"version https://git-lfs.github.com/spec/v1\n"


def not_a_file(path: Path) -> str:
    """What is wrong with a place where a file should be: empty, or `is missing` and the like."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "is a link that leads nowhere" if is_link(path) else "is missing"
    if stat.S_ISREG(mode):
        return ""
    return "is a folder" if stat.S_ISDIR(mode) else "is neither a file nor a folder"


def not_fetched(path: Path) -> str:
    """What is wrong with a file of which only a pointer is there; empty for any other.

    Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md; a pointer has at most 1023
    bytes.
    """
    try:
        if path.stat().st_size >= 1024:
            return ""
        with path.open("rb") as file:
            begins = file.read(len(_POINTER)) == _POINTER
    except (OSError, ValueError):
        return ""
    what = "is a Git LFS pointer, whose content was not downloaded"
    return f"{what}; `git lfs pull` fetches it" if begins else ""


def is_link(path: Path) -> bool:
    """Whether a place holds a link, wherever it leads."""
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except (OSError, ValueError):
        return False
