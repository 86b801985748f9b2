"""The files of a dataset on disk, and its fingerprint."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from labeler.dataset.dataset import Dataset
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file

OUTSIDE = (".cache", ".git")
"""Folders at the root that belong to the Hub's tools, not to the dataset."""
_BLOCK = 4 << 20
_NAMED = 3  # files that a sentence names
_RESTORE = "Restore it from the recording or remove it."

OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size in bytes, time of the last change in ns, and whether a link leads to it."""

    size: int
    time_ns: int
    linked: bool


def walk(root: Path) -> Iterator[str]:
    """Relative paths, with `/`, of every file below `root`, sorted; links are followed."""
    yield from (file for file, _ in _walk(root, "", frozenset(), linked=False))


def facts(root: Path, file: str) -> FileFacts:
    """What the file system says of a file.

    Raises:
        DamagedDatasetError: it is missing, a link that leads nowhere, or no file.
    """
    return _facts(root / file, any((root / part).is_symlink() for part in _parents(file)))


def state(root: Path) -> dict[str, FileFacts]:
    """Size and time of every file: equal before and after means untouched."""
    found = _walk(root, "", frozenset(), linked=False)
    return {file: _facts(root / file, linked) for file, linked in found}


def sha256(path: Path, on_bytes: OnBytes = lambda count: None) -> str:
    """SHA-256 of a file's content, in hex.

    Raises:
        DamagedDatasetError: it is missing, no file (a pipe would never end), or cannot be read.
    """
    if what := not_a_file(path):
        raise DamagedDatasetError(f"{path} {what}.", _RESTORE)
    digest = hashlib.sha256()
    buffer = bytearray(_BLOCK)
    try:
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(buffer):
                digest.update(memoryview(buffer)[:count])
                on_bytes(count)
    except OSError as error:
        raise DamagedDatasetError(
            f"{path} cannot be read: {error.strerror}.", "Check the rights and the disk."
        ) from error
    return digest.hexdigest()


def fingerprinted(dataset: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files whose content makes the fingerprint, and videos, of which the size does.

    Statistics are left out: LeRobot rewrites them without recording anything new.
    """
    cameras = [camera.key for camera in dataset.cameras if camera.kind == "video"]
    videos = sorted(file for key in cameras for file in dataset.layout.video_files(key))
    metadata = [
        file for file in dataset.layout.metadata_files() if not file.endswith("_stats.jsonl")
    ]
    return tuple(sorted([*metadata, *dataset.layout.data_files()])), tuple(videos)


def changes_since(dataset: Dataset, moment: datetime | None) -> str:
    """Which files of the fingerprint were written after `moment`, as a sentence.

    Empty if there is no moment. Labels keep no list of files, so their times are what is left to
    tell what changed.

    Raises:
        DamagedDatasetError: a file is missing.
    """
    if moment is None:
        return ""
    content, videos = fingerprinted(dataset)
    limit = moment.timestamp() * 1e9
    newer = [file for file in (*content, *videos) if facts(dataset.root, file).time_ns > limit]
    if not newer:
        return "No file of it is newer than the last label, so it may be another recording."
    more = f" and {len(newer) - _NAMED} more" if len(newer) > _NAMED else ""
    when = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"Written since the last label ({when}): {', '.join(newer[:_NAMED])}{more}."


def fingerprint(dataset: Dataset, on_bytes: OnBytes = lambda count: None) -> str:
    """Identity of the content, `sha256:` and 64 hex digits.

    It covers the metadata and rows byte by byte and the videos by their sizes, but neither the
    place nor the time of a file: a dataset that was moved or copied keeps its fingerprint.
    """
    content, videos = fingerprinted(dataset)
    digest = hashlib.sha256()
    for file in content:
        digest.update(f"{file}\0{sha256(dataset.root / file, on_bytes)}\n".encode())
    for file in videos:
        digest.update(f"{file}\0{facts(dataset.root, file).size}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def _facts(path: Path, linked: bool) -> FileFacts:
    if what := not_a_file(path):
        raise DamagedDatasetError(f"{path} {what}.", "Restore it from the recording or remove it.")
    status = path.stat()
    return FileFacts(status.st_size, status.st_mtime_ns, linked)


def _walk(
    folder: Path, prefix: str, above: frozenset[tuple[int, int]], *, linked: bool
) -> Iterator[tuple[str, bool]]:
    """Relative paths of files, sorted, and whether a link leads there."""
    try:
        status = folder.stat()
        place = status.st_dev, status.st_ino
        if place in above:
            return  # a link that leads back up
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise DamagedDatasetError(
            f"{folder} cannot be read: {error.strerror}.", "Check the rights and the disk."
        ) from error
    for entry in entries:
        name, behind = f"{prefix}{entry.name}", linked or entry.is_symlink()
        if not _leads_to_folder(entry):
            yield name, behind
        elif prefix or entry.name not in OUTSIDE:
            yield from _walk(Path(entry.path), f"{name}/", above | {place}, linked=behind)


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _parents(file: str) -> Iterator[str]:
    parts = file.split("/")
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
