"""Writing label files."""

from pathlib import Path

from labeler.errors import RefusedError
from labeler.storage import disk


def write_label_file(path: Path, text: str, dataset_root: Path) -> None:
    """Write or replace a label file as a whole.

    Raises:
        RefusedError: it would lie inside the dataset, whose files are only read.
    """
    place = path.expanduser().absolute()
    if place.resolve().is_relative_to(dataset_root.resolve()):
        raise RefusedError(
            f"{place} lies inside the dataset, which is only read.", "Choose another --out."
        )
    if place.is_dir():
        raise RefusedError(f"{place} is a folder.", "Give a file name with --out.")
    disk.make_folders(place.parent)
    disk.rewrite(place.resolve(), text.encode("utf-8"))
