"""Reading the labels that a command names, or those that the window made."""

from pathlib import Path

from labeler.console.output import note
from labeler.console.window_labels import labels_by_default
from labeler.dataset import Dataset
from labeler.dataset.labels_of import (
    ColumnReading,
    Rule,
    identity_of,
    labels_from,
    labels_of,
    labels_of_file,
)
from labeler.errors import LabelError, UsageError
from labeler.labels import DatasetLabels


def read_for(
    dataset: Dataset, file: Path, frames_from: int | None, episodes_from: int | None
) -> DatasetLabels:
    """Labels of a file for a dataset; what is worth knowing about the file is said."""
    imported = labels_of_file(dataset, file, first_frame=frames_from, first_episode=episodes_from)
    for sentence in imported.notes:
        note(sentence)
    return imported.labels


def refuse_both(file: Path | None, column: str | None) -> None:
    """Refuse labels of a file and of a column at once.

    Raises:
        UsageError: both are named.
    """
    if file is not None and column is not None:
        raise UsageError(
            "Labels are given both as a file and as a column.", "Leave out one of the two."
        )


def read_of_column(dataset: Dataset, name: str, rule: Rule, above: float | None) -> DatasetLabels:
    """Labels of a column of a dataset; what an outcome leaves open is said."""
    labels = labels_from(dataset, name, rule, above)
    if told := ColumnReading(name).note(labels):
        note(told)
    return labels


def read_of_window(dataset: Dataset) -> DatasetLabels | None:
    """Labels that the window made for a dataset, which is said; None where there are none.

    Raises:
        LabelError: they are of another recording, which has the same metadata.
    """
    file = labels_by_default(dataset)
    if file is None:
        return None
    labels = read_for(dataset, file, None, None)
    identity = identity_of(dataset)
    if labels.identity.fingerprint not in ("", identity.fingerprint):
        raise LabelError(
            f"{file} holds the labels of another recording, or of an earlier state of this one.",
            "Open the recording in the window to decide which, or give a label file.",
        )
    return labels.with_identity(identity)


def read_any(
    dataset: Dataset, file: Path | None, column: str | None, rule: Rule, above: float | None
) -> DatasetLabels:
    """Labels of a column or of a file; without both those of the window, else the recording's own.

    Raises:
        LabelError: there are none, they cannot be understood, or they are of another recording.
    """
    if column is not None:
        return read_of_column(dataset, column, rule, above)
    if file is not None:
        return read_own_of(dataset, file)
    made = read_of_window(dataset) if above is None else None
    return labels_of(dataset, above) if made is None else made


def read_own_of(dataset: Dataset, file: Path) -> DatasetLabels:
    """Labels of a file, which has to be of this recording.

    Raises:
        LabelError: they cannot be understood, or they are of another recording.
    """
    identity = identity_of(dataset)
    found = read_for(dataset, file, None, None)
    if found.identity.fingerprint not in ("", identity.fingerprint):
        raise LabelError(
            f"{file} holds the labels of another recording than {dataset.root}.",
            "Give a label file of this recording.",
        )
    return found.with_identity(identity)
