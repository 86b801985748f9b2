"""Labels that were made in the window for a recording: commands use them where none are named."""

from pathlib import Path

from labeler.console.output import note
from labeler.dataset import Dataset
from labeler.labels import DatasetLabels
from labeler.labels.document import to_text
from labeler.session.default_places import default_file
from labeler.storage.labels.label_files import write_label_file
from labeler.storage.labels.open_label_file import JOURNAL
from labeler.storage.program.written_files import remember_written, writer_of
from labeler.storage.record.copy_record import is_labelled_copy


def window_labels(dataset: Dataset) -> Path | None:
    """The label file that the window keeps for a recording; None where there is none yet.

    There is none for a labelled copy, which holds its labels itself.

    Raises:
        DamagedDatasetError: a file of the metadata cannot be read.
    """
    if is_labelled_copy(dataset.root):
        return None
    file = default_file(dataset)
    return file if file.is_file() else None


def labels_by_default(dataset: Dataset) -> Path | None:
    """The same, said on stderr: for a command that is about to use them."""
    file = window_labels(dataset)
    if file is None:
        return None
    note(f"These are the labels {made_by(file)}: {file}")
    if _journal(file).exists():
        note("A window has it open; its latest decisions may not be in the file yet.")
    return file


def made_by(file: Path) -> str:
    """How the labels came into a file of the window: `made in the window`."""
    command = writer_of(file.absolute())
    return f"that `{command}` was given last" if command else "made in the window"


def hand_to_window(dataset: Dataset, labels: DatasetLabels, command: str) -> None:
    """Let the window show labels that a command applied, unless somebody has labelled there.

    So a recording whose copy was written from a file opens with the decisions of the copy.

    Raises:
        StorageError: they cannot be written.
    """
    file = default_file(dataset)
    untouched = not file.exists() or writer_of(file) == command
    if untouched and not _journal(file).exists():
        write_label_file(file, to_text(labels), dataset.root)
        remember_written(file, command)


def _journal(file: Path) -> Path:
    return file.with_name(f"{file.name}{JOURNAL}")
