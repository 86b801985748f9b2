"""What is at a place in the file system, said without raising."""

import stat
from pathlib import Path


def not_a_file(path: Path) -> str:
    """What is wrong with a place where a file should be: empty, or `is missing` and the like."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "is a link that leads nowhere" if is_link(path) else "is missing"
    if stat.S_ISREG(mode):
        return ""
    return "is a folder" if stat.S_ISDIR(mode) else "is neither a file nor a folder"


def is_link(path: Path) -> bool:
    """Whether a place holds a link, wherever it leads."""
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except (OSError, ValueError):
        return False
