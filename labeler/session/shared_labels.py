"""Copies of one recording: they are known by their content, and so share one label file."""

from datetime import UTC, datetime
from pathlib import Path

from labeler.dataset import open_dataset
from labeler.errors import LabelerError
from labeler.labels.dialects import Dialect, write_labels
from labeler.session.default_places import default_file, own_file
from labeler.session.recent import recent
from labeler.session.session import Session
from labeler.storage.labels.label_files import check_label_place, keep_label_file, write_label_file


def sharing_folders(session: Session) -> tuple[Path, ...]:
    """Folders of other copies of the recording, opened before, whose labels lie in the same file.

    Reads their metadata; for any thread.
    """
    if not session.by_default:
        return ()
    here = session.dataset.root.resolve()
    found = []
    for entry in recent():
        alike = entry.episodes == len(session.dataset) and not entry.recordings
        if alike and entry.labels is None and entry.root.resolve() != here:
            found += [entry.root] if _shares(entry.root, session.file) else []
    return tuple(found)


def _shares(root: Path, file: Path) -> bool:
    try:
        with open_dataset(root) as dataset:
            return default_file(dataset).resolve() == file.resolve()
    except LabelerError:  # gone, or another recording by now
        return False


def make_own_labels(session: Session) -> Path:
    """Write the labels into a file of this folder alone, which is opened from then on.

    The labels that were shared stay where they are, for the other copies.

    Raises:
        StorageError: it could not be written.
    """
    place = own_file(session.dataset)
    write_labels_elsewhere(session, place)
    return place


def write_labels_elsewhere(session: Session, place: Path) -> None:
    """Write the labels, as they are now, into another label file; the session's own stays.

    Labels that lie there already are kept beside it.

    Raises:
        RefusedError: the place lies inside a dataset.
        StorageError: it could not be written.
    """
    root = session.dataset.root
    text = write_labels(session.labels(), Dialect.LABELER, dataset_path=str(root))
    check_label_place(place.absolute(), root)
    if place.exists():
        keep_label_file(place, datetime.now(UTC))
    write_label_file(place, text, root)
