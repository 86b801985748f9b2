"""Folders of trainings in the user's data folder: made, added to, put away."""

import json
from datetime import UTC, datetime
from pathlib import Path

from labeler import disk
from labeler.storage.labels.label_files import check_label_place


def make_run_folder(parent: Path, time: datetime) -> Path:
    """Make a folder named after a time, which did not exist before.

    Raises:
        StorageError: it could not be made.
    """
    disk.make_folders(parent)
    return _make_folder(parent, f"{time.astimezone():%Y-%m-%d_%H-%M-%S}")


def write_run_file(path: Path, text: str) -> None:
    """Write or replace one small file of a run as a whole.

    Raises:
        StorageError: it could not be written; the old one is still there.
    """
    disk.make_folders(path.parent)
    disk.rewrite(path, text.encode("utf-8"))


def write_run_record(path: Path, content: object) -> None:
    """Write or replace a JSON file of a run as a whole.

    Raises:
        StorageError: it could not be written; the old one is still there.
    """
    write_run_file(path, json.dumps(content, indent=1) + "\n")


def write_preset(path: Path, text: str, dataset_root: Path) -> None:
    """Write or replace a file with settings of a training.

    Raises:
        RefusedError: it lies inside this or another dataset, is a link, or a folder.
        StorageError: it could not be written; the old one is still there.
    """
    place = path.expanduser().absolute()
    check_label_place(place, dataset_root)
    write_run_file(place, text)


def move_to_trash(run: Path, trash: Path) -> Path:
    """Move a run into a folder of discarded ones, where it can be fetched back from by hand.

    Its new place comes back.

    Raises:
        StorageError: it could not be moved; it is where it was.
    """
    disk.make_folders(trash)
    place = _make_folder(trash, f"{run.name}-discarded-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    disk.rename(run, place / run.name)
    return place / run.name


def remove_run(run: Path) -> None:
    """Remove a run that was made by the window itself and can be made again.

    Raises:
        StorageError: it could not be removed as a whole.
    """
    disk.remove_tree(run)


def _make_folder(parent: Path, name: str) -> Path:
    """A new folder of that name, with a number where there is one already."""
    place, number = parent / name, 1
    while place.exists():
        number += 1
        place = parent / f"{name}-{number}"
    disk.make_new_folder(place)
    return place
