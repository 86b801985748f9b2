"""What files that were dropped on the window mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from labeler.errors import UsageError

_PARTS = ("meta", "data", "videos", "images")
_ONE = "Drop the folder of one recording, a label file, or one of each."


@dataclass(frozen=True, slots=True)
class Dropped:
    """A recording, labels, or both."""

    root: Path | None
    labels: Path | None


def local_files(data: QMimeData) -> list[Path]:
    """Files and folders of this machine that are being dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def meaning(paths: Sequence[Path]) -> Dropped:
    """What is to be opened.

    A file that a recording consists of means the recording; any other is taken for labels.

    Raises:
        UsageError: there is more than one recording or label file.
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
    if len(roots) > 1 or len(files) > 1:
        many = f"{len(roots)} recordings" if len(roots) > 1 else f"{len(files)} files"
        raise UsageError(f"{many} were dropped at once.", _ONE)
    return Dropped(next(iter(roots), None), next(iter(files), None))


def recording_around(path: Path) -> Path | None:
    """The recording that a path is, or is a part of."""
    for one in (path, *path.parents):
        if (one / "meta" / "info.json").is_file():
            inside = path.relative_to(one).parts
            return one if not inside or inside[0] in _PARTS else None
    return None
