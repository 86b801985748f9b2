"""Reading the labels that a command names, or those that the window made."""

from dataclasses import dataclass
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
    labels_of_recording,
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


@dataclass(frozen=True, slots=True)
class NamedLabels:
    """Labels as the options of a command name them; none named are those of the window.

    Raises:
        UsageError: options contradict each other, or one would have no effect.
    """

    file: Path | None = None
    column: str | None = None
    rule: Rule = "frame"
    above: float | None = None
    frames_from: int | None = None
    episodes_from: int | None = None
    falls_back_on_reward: bool = True
    """Whether the command takes `next.reward` where no column is named."""

    @property
    def options(self) -> tuple[object, ...]:
        """The same as options of a command, for the one that comes next."""
        rule = None if self.rule == "frame" else self.rule
        named = {
            "--labels": self.file, "--frames-from": self.frames_from,
            "--episodes-from": self.episodes_from, "--labels-from": self.column,
            "--labels-rule": rule, "--reward-above": self.above,
        }  # fmt: skip
        return tuple(
            word for name, value in named.items() if value is not None for word in (name, value)
        )

    def read(self, dataset: Dataset, *, of_any: bool = False) -> DatasetLabels:
        """Labels of a dataset; without any named those of the window, else the recording's own.

        With `of_any` a file may hold those of another recording, as one that is to be converted.

        Raises:
            LabelError: there are none, they cannot be understood, or they are of another recording.
        """
        if (given := self.read_given(dataset, of_any=of_any)) is not None:
            return given
        if self.above is not None:
            return labels_of(dataset, self.above)
        made = read_of_window(dataset)
        return labels_of_recording(dataset) if made is None else made

    def read_given(self, dataset: Dataset, *, of_any: bool) -> DatasetLabels | None:
        """The same of the column or file that is named; None where neither is."""
        if self.column is not None:
            return read_of_column(dataset, self.column, self.rule, self.above)
        if self.file is None:
            return None
        read = read_for if of_any else read_own_of
        return read(dataset, self.file, self.frames_from, self.episodes_from)

    def __post_init__(self) -> None:
        if self.file is not None and self.column is not None:
            raise UsageError(
                "Labels are given both as a file and as a column.", "Leave out one of the two."
            )
        if self.column is None:
            self._refuse_what_is_of_a_column()
        counted = {"--frames-from": self.frames_from, "--episodes-from": self.episodes_from}
        for option in (name for name, first in counted.items() if first is not None):
            if self.file is None:
                raise UsageError(
                    f"{option} says how a label file counts, and none is given.",
                    "Give it with --labels FILE, or leave that out.",
                )

    def _refuse_what_is_of_a_column(self) -> None:
        alone = self.falls_back_on_reward and self.file is None
        given = {"--labels-rule": self.rule != "frame"}
        given |= {"--reward-above": self.above is not None and not alone}
        for option in (name for name, there in given.items() if there):
            instead = "" if self.file is None else " in place of --labels"
            raise UsageError(
                f"{option} says how a column is read, and none is named.",
                f"Name it with --labels-from COLUMN{instead}, or leave that out.",
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


def read_own_of(
    dataset: Dataset,
    file: Path,
    frames_from: int | None = None,
    episodes_from: int | None = None,
) -> DatasetLabels:
    """Labels of a file, which has to be of this recording.

    Raises:
        LabelError: they cannot be understood, or they are of another recording.
    """
    identity = identity_of(dataset)
    found = read_for(dataset, file, frames_from, episodes_from)
    if found.identity.fingerprint not in ("", identity.fingerprint):
        raise LabelError(
            f"{file} holds the labels of another recording than {dataset.root}.",
            "Give a label file of this recording.",
        )
    return found.with_identity(identity)
