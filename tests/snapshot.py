"""What a folder holds, down to inodes and times: equal before and after means untouched."""

import hashlib
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """One file, folder or link, as it is itself."""

    mode: int
    size: int
    inode: int
    links: int
    modified: int
    changed: int
    content: str


def snapshot(root: Path, without: str = "") -> dict[str, Entry]:
    """Every entry below `root` and `root` itself; `without` leaves out a folder and its parents.

    Times are in ns; `changed` also moves when rights, owner, name or links change.
    """
    found = {}
    for path in (root, *root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if without and (f"{without}/".startswith(f"{name}/") or name.startswith(f"{without}/")):
            continue
        found[name] = _entry(path)
    return found


def _entry(path: Path) -> Entry:
    status = path.lstat()
    content = ""
    if path.is_symlink():
        content = str(path.readlink())
    elif path.is_file():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    return Entry(
        status.st_mode,
        status.st_size,
        status.st_ino,
        status.st_nlink,
        status.st_mtime_ns,
        status.st_ctime_ns,
        content,
    )
