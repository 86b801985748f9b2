"""Writing label files."""

from pathlib import Path

from labeler.dataset.files import walk
from labeler.errors import RefusedError
from labeler.storage import disk


def write_label_file(path: Path, text: str, dataset_root: Path) -> None:
    """Write or replace a label file as a whole.

    Raises:
        RefusedError: it lies inside this or another dataset, is a link, or a folder.
    """
    place = path.expanduser().absolute()
    folders = place.parent.resolve(), *place.parent.resolve().parents
    datasets = [folder for folder in folders if (folder / "meta" / "info.json").is_file()]
    if datasets or dataset_root.resolve() in folders or _is_read_from(place, dataset_root):
        raise RefusedError(
            f"{place} lies inside a dataset, which is only read.", "Choose another --out."
        )
    if place.is_symlink():
        raise RefusedError(
            f"{place} is a link; nothing is written through links.", "Choose another --out."
        )
    if place.is_dir():
        raise RefusedError(f"{place} is a folder.", "Give a file name with --out.")
    disk.make_folders(place.parent)
    disk.rewrite(place, text.encode("utf-8"))


def _is_read_from(place: Path, root: Path) -> bool:
    """Whether a link of the dataset leads to the file at `place`."""
    files = map(root.joinpath, walk(root) if place.is_file() else ())
    return any(file.exists() and file.samefile(place) for file in files)
