"""Labels of a dataset: of its columns, of the label file inside it, and of label files."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from labeler.cures import GiveLabels, GiveThreshold, TakeLabelsFrom
from labeler.dataset.dataset import REWARD, Dataset
from labeler.dataset.documents import read_text
from labeler.dataset.fingerprint import fingerprint
from labeler.dataset.steady import read_steadily
from labeler.dataset.success_columns import (
    Values,
    column_named,
    episode_values,
    frame_values,
    success_columns,
)
from labeler.errors import LabelError, UsageError
from labeler.file_kind import not_a_file
from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel, Origin
from labeler.labels.dialects import Dialect, Imported, read_labels
from labeler.labels.document import from_text
from labeler.labels.episode import never
from labeler.labels.rewards import from_rewards
from labeler.labels.wording import episodes_text

Rule = Literal["frame", "last", "any"]
"""What a column says of an episode: where it succeeds, or whether, by its last or any frame."""


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """A column that says success, and how it says so: the arguments of `labels_from`."""

    name: str
    rule: Rule = "frame"
    above: float | None = None

    def note(self, labels: DatasetLabels) -> str:
        """What an outcome per episode leaves open in the labels that it gave; else empty."""
        waiting = sum(not label.decided for label in labels)
        if not waiting:
            return ""
        return (
            f"{self.name} says whether episodes succeed, not when: {len(labels) - waiting} never "
            f"do, {waiting} wait for their frame of success."
        )


_OF_COMMANDS = (GiveThreshold, TakeLabelsFrom)
_TO_A_FILE = "Or write the labels of that column to a label file first, and name the file."
_SHIFTED = (
    "LeRobot's crop tool moves the first frame of each episode but the first to the end of the "
    "episode before it. If these labels were made before the crop, their frames are one too high "
    "from episode 1 on."
)
"""Of rl/crop_dataset_roi.py, which ends an episode after adding the first frame of the next."""
COPY_LABELS = "meta/labeler/labels.json"
"""The label file inside a copy."""


def labels_of(dataset: Dataset, above: float | None = None) -> DatasetLabels:
    """Labels derived from `next.reward`: ranges where it is 1, never where it is 0 throughout.

    With `above`, success is where it is larger than that: rewards of an RL run may be other numbers
    (`success_reward` of HIL-SERL, penalties).

    Raises:
        LabelError: there is no such column, or it holds other values than 0 and 1 (with `above`:
            values that are no numbers).
        DamagedDatasetError: a data file cannot be read, or its rows are not those of its episodes.
    """
    if not dataset.has_column(REWARD):
        others = [TakeLabelsFrom(column.name) for column in success_columns(dataset)]
        raise LabelError(f"{dataset.root} has no {REWARD} column.", GiveLabels(), *others)
    return labels_from(dataset, REWARD, above=above)


def labels_from(
    dataset: Dataset, name: str, rule: Rule = "frame", above: float | None = None
) -> DatasetLabels:
    """Labels derived from a column that says success, of the rows or of the list of episodes.

    By the rule `frame` the frames of success are those whose value is 1, or larger than `above`.
    `last` and `any` make the outcome of an episode of its last frame, or of any of its frames: a
    failure then never succeeds, and a success is left without a label, since nothing says from
    which frame on. A column of the list of episodes is such an outcome under every rule.

    Raises:
        LabelError: there is no such column, or it has values that say neither, or none.
        DamagedDatasetError: it cannot be read, or the rows are not those of the episodes.
    """

    def read() -> DatasetLabels:
        with dataset.reopen() as reader:
            return _labels_from(reader, name, rule, above)

    return read_steadily(dataset.root, read)


def _labels_from(dataset: Dataset, name: str, rule: Rule, above: float | None) -> DatasetLabels:
    lengths, labels = dataset.lengths.tolist(), {}
    column = column_named(dataset, name)
    if column.per == "episode":
        outcomes = {e: values for e, values in enumerate(episode_values(dataset, name)[:, None])}
        _require_values(outcomes, name)
    else:
        outcomes = frame_values(dataset, name)
        _require_values(outcomes, name)
    threshold = _threshold(outcomes, name, above)
    for episode, values in outcomes.items():
        template = EpisodeLabel(lengths[episode], origin=Origin.IMPORTED)
        success = values > threshold
        if column.per == "frame" and rule == "frame":
            labels[episode] = from_rewards(success, template)
        elif not (success[-1] if rule == "last" else success.any()):
            labels[episode] = never(template)
    return DatasetLabels(lengths, labels, identity_of(dataset))


def _require_values(outcomes: Mapping[int, Values], name: str) -> None:
    """Refuse absent values: they are neither success nor failure."""
    absent = [episode for episode, values in outcomes.items() if not np.isfinite(values).all()]
    if absent:
        raise LabelError(
            f"{name} has no value, or none that is a number, in {episodes_text(absent)}.",
            "Absent values say nothing about success: label these episodes by hand.",
        )


def _threshold(outcomes: Mapping[int, Values], name: str, above: float | None) -> float:
    """Above which value success begins: 0 where all are 0 or 1, else what is said."""
    if above is not None:
        if not np.isfinite(above):
            raise UsageError(
                f"No value of {name} can be compared with {above}.", "Give a finite number."
            )
        return above
    found = np.unique(np.concatenate([np.unique(values) for values in outcomes.values()]))
    if np.isin(found, (0, 1)).all():
        return 0.0
    middle = float(found[-2:].mean()) if len(found) > 1 else float(found[0])
    shown = ", ".join(f"{value:g}" for value in found[-3:])
    raise LabelError(
        f"The column {name} holds other values than 0 and 1, up to {shown}.", GiveThreshold(middle)
    )


def labels_of_episodes(dataset: Dataset, episodes: Collection[int]) -> DatasetLabels:
    """Labels that a dataset of which only some `episodes` are whole brings along for those.

    They are read one by one; the other episodes are unlabeled, as all are without `next.reward`.
    There is no fingerprint: the dataset is not what was labelled.

    Raises:
        LabelError: `next.reward` holds other values than 0 and 1.
        DamagedDatasetError: the rows of one of `episodes` cannot be read.
    """
    if (dataset.root / COPY_LABELS).is_file():
        return labels_in_dataset(dataset)[0].with_identity(quick_identity(dataset))
    labels: dict[int, EpisodeLabel] = {}
    for episode in episodes if dataset.has_column(REWARD) else ():
        values = {episode: dataset.rows(episode, [REWARD])[REWARD].to_numpy()}
        _require_values(values, REWARD)
        success = values[episode] > _threshold(values, REWARD, None)
        template = EpisodeLabel(int(dataset.lengths[episode]), origin=Origin.IMPORTED)
        labels[episode] = from_rewards(success, template)
    return DatasetLabels(dataset.lengths.tolist(), labels, quick_identity(dataset))


def labels_of_file(
    dataset: Dataset,
    file: Path,
    *,
    first_frame: int | None = None,
    first_episode: int | None = None,
) -> Imported:
    """Labels of a file of any form for this dataset, with what is worth knowing about them.

    Raises:
        UsageError, LabelError: as `read_labels`.
    """
    found = read_labels(
        file, dataset.lengths.tolist(), first_frame=first_frame, first_episode=first_episode
    )
    # Labeler's own files hold the lengths, which the tool changes, and are refused if they differ.
    cropped = len(dataset) > 1 and any(camera.cut_before for camera in dataset.cameras)
    if not cropped or found.dialect is Dialect.LABELER:
        return found
    return replace(found, notes=(*found.notes, f"{file.name}: {_SHIFTED}"))


def labels_of_recording(dataset: Dataset) -> DatasetLabels:
    """Labels that a dataset brings along: of its label file, which only copies have, or the column.

    The label file knows excluded frames, notes and authors, which the column does not.

    Raises:
        LabelError, DamagedDatasetError: as `labels_of`; or the label file cannot be understood.
        BusyError: its labels are brought up to date again and again.
    """

    def read() -> DatasetLabels:
        if not_a_file(dataset.root / COPY_LABELS):
            return labels_of(dataset)
        labels = labels_in_dataset(dataset)[0]
        with dataset.reopen() as reader:
            return labels.with_identity(identity_of(reader))

    return read_steadily(dataset.root, read)


def labels_in_dataset(dataset: Dataset) -> tuple[DatasetLabels, str]:
    """Labels that a dataset brings along, and the file or column that they are from.

    A copy made by Labeler has a label file, which knows excluded frames; others have the column.

    Raises:
        LabelError: there are none, or they cannot be understood.
        DamagedDatasetError: they cannot be read, or the rows are not those of the episodes.
    """
    file = dataset.root / COPY_LABELS
    if not file.is_file():
        try:
            return labels_of(dataset), REWARD
        except LabelError as error:
            kept = [cure for cure in error.cures if not isinstance(cure, _OF_COMMANDS)]
            raise LabelError(error.message, *kept, _TO_A_FILE) from error
    return from_text(read_text(file), lengths=dataset.lengths.tolist()), COPY_LABELS


def identity_of(dataset: Dataset) -> DatasetIdentity:
    """What labels of this dataset belong to; reads every data file for the fingerprint."""
    return replace(quick_identity(dataset), fingerprint=fingerprint(dataset))


def quick_identity(dataset: Dataset) -> DatasetIdentity:
    """The same without the fingerprint, from what opening the dataset has read."""
    return DatasetIdentity(
        name=dataset.name,
        codebase_version=str(dataset.version),
        fps=dataset.fps,
        episodes=len(dataset),
        frames=dataset.total_frames,
    )
