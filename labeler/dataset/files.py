"""The files of a dataset on disk."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labeler.dataset.links import LinkOut, Reach
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file

OUTSIDE = (".cache", ".git")
"""Folders at the root that belong to the Hub's tools, not to the dataset."""
_BLOCK = 4 << 20
_RESTORE = "Restore it from the recording or a backup."

OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size in bytes, time of the last change in ns, and whether a link leads to it."""

    size: int
    time_ns: int
    linked: bool


def walk(root: Path, *, follow_links: bool = False) -> Iterator[str]:
    """Relative paths, with `/`, of every file of the dataset at `root`, sorted.

    Links inside are followed. Those that lead out are followed to files of the layout only, unless
    `follow_links` says that all are.
    """
    reach = Reach(root, everywhere=follow_links)
    yield from (one.name for one in _walk(root, "", frozenset(), reach) if one.is_taken_file)


def links_out(root: Path) -> list[LinkOut]:
    """Every link that leads out of the dataset at `root`, to an existing file or folder."""
    found = _walk(root, "", frozenset(), Reach(root))
    return [
        LinkOut(one.name, Path(os.path.realpath(root / one.name)), one.taken)
        for one in found
        if one.leads_out
    ]


def facts(root: Path, file: str) -> FileFacts:
    """What the file system says of a file.

    Raises:
        DamagedDatasetError: it is missing, a link that leads nowhere, or no file.
    """
    return _facts(root / file, any((root / part).is_symlink() for part in _parents(file)))


def state(root: Path, *, follow_links: bool = False) -> dict[str, FileFacts]:
    """Size and time of every file that `walk` finds: equal before and after means untouched."""
    found = _walk(root, "", frozenset(), Reach(root, everywhere=follow_links))
    return {one.name: _facts(root / one.name, one.linked) for one in found if one.is_taken_file}


def sha256(path: Path, on_bytes: OnBytes = lambda count: None) -> str:
    """SHA-256 of a file's content, in hex.

    Raises:
        DamagedDatasetError: it is missing, no file (a pipe would never end), or cannot be read.
    """
    _refuse_other_than_file(path)
    digest = hashlib.sha256()
    buffer = bytearray(_BLOCK)
    try:
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(buffer):
                digest.update(memoryview(buffer)[:count])
                on_bytes(count)
    except OSError as error:
        raise DamagedDatasetError(
            f"{path} cannot be read: {error.strerror}.", "Check its permissions and the disk."
        ) from error
    return digest.hexdigest()


def _facts(path: Path, linked: bool) -> FileFacts:
    _refuse_other_than_file(path)
    status = path.stat()
    return FileFacts(status.st_size, status.st_mtime_ns, linked)


def _refuse_other_than_file(path: Path) -> None:
    """What is missing cannot be removed; a link that leads nowhere can."""
    if what := not_a_file(path):
        remove = "Restore it from the recording or remove it."
        cure = remove if os.path.lexists(path) else _RESTORE
        raise DamagedDatasetError(f"{path} {what}.", cure)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file, or a link to a folder outside; `linked` if a link leads there."""

    name: str
    linked: bool
    leads_out: bool
    taken: bool
    folder: bool

    @property
    def is_taken_file(self) -> bool:
        return self.taken and not self.folder


def _walk(
    folder: Path,
    prefix: str,
    above: frozenset[tuple[int, int]],
    reach: Reach,
    *,
    linked: bool = False,
    outside: bool = False,
) -> Iterator[_Found]:
    """Files, sorted by name, and links to folders that lie outside.

    `outside`: a link led out of the dataset already, so that only files of the layout are taken.
    """
    place, entries = _listing(folder)
    if place in above:
        return  # a link that leads back up
    for entry in entries:
        name, link = f"{prefix}{entry.name}", entry.is_symlink()
        is_folder = _leads_to_folder(entry)
        out = link and not outside and _is_anything(entry) and reach.leads_out(Path(entry.path))
        taken = not (out or outside) or reach.takes(name)
        if not is_folder:
            yield _Found(name, linked or link, out, taken, folder=False)
            continue
        if not prefix and entry.name in OUTSIDE:
            continue
        if out:
            yield _Found(name, True, out, taken, folder=True)
        if taken:
            yield from _walk(
                Path(entry.path),
                f"{name}/",
                above | {place},
                reach,
                linked=linked or link,
                outside=outside or out,
            )


def _listing(folder: Path) -> tuple[tuple[int, int], list[os.DirEntry[str]]]:
    """What tells a folder from all others, and what is in it, sorted by name."""
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise DamagedDatasetError(
            f"{folder} cannot be read: {error.strerror}.", "Check its permissions and the disk."
        ) from error
    return (status.st_dev, status.st_ino), entries


def _is_anything(entry: os.DirEntry[str]) -> bool:
    """Whether a link leads to a file or a folder: what else it leads to is told wherever it is."""
    try:
        return entry.is_file() or entry.is_dir()
    except OSError:
        return False


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _parents(file: str) -> Iterator[str]:
    parts = file.split("/")
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
