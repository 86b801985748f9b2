"""What files that were dropped on the window mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from labeler.collection.document import is_collection
from labeler.errors import UsageError

_PARTS = ("meta", "data", "videos", "images")
_ONE = "Drop recordings, a collection file, or a label file with its recording."


@dataclass(frozen=True, slots=True)
class Dropped:
    """A recording, labels, or both; or several recordings, or a collection file."""

    root: Path | None
    labels: Path | None
    together: tuple[Path, ...] = ()


def local_files(data: QMimeData) -> list[Path]:
    """Files and folders of this machine that are being dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def meaning(paths: Sequence[Path]) -> Dropped:
    """What is to be opened.

    A file that a recording consists of means the recording; any other is taken for labels.

    Raises:
        UsageError: there are several files, or labels beside several recordings.
    """
    roots: list[Path] = []
    files: list[Path] = []
    for path in paths:
        root = recording_around(path)
        if root is not None:
            roots.append(root)
        elif path.is_dir():
            roots.append(path)
        else:
            files.append(path)
    roots = list(dict.fromkeys(roots))
    if len(files) > 1:
        raise UsageError(f"{len(files)} files were dropped at once.", _ONE)
    if files and is_collection(files[0]):
        roots, files = [*files, *roots], []
        if len(roots) == 1:
            return Dropped(None, None, tuple(roots))
        raise UsageError("A collection file was dropped with recordings.", _ONE)
    if len(roots) > 1 and files:
        raise UsageError(f"{len(roots)} recordings were dropped with one label file.", _ONE)
    if len(roots) > 1:
        return Dropped(None, None, tuple(roots))
    return Dropped(next(iter(roots), None), next(iter(files), None))


def recording_around(path: Path) -> Path | None:
    """The recording that a path is, or is a part of."""
    for one in (path, *path.parents):
        if (one / "meta" / "info.json").is_file():
            inside = path.relative_to(one).parts
            return one if not inside or inside[0] in _PARTS else None
    return None
