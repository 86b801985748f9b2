"""The labels that a dataset carries in its own `next.reward` column."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labeler.cures import GiveLabels, RunInspect
from labeler.dataset.consistency import INTEGERS, row_problems
from labeler.dataset.dataset import REWARD, Dataset
from labeler.dataset.documents import read_text
from labeler.dataset.files import fingerprint
from labeler.errors import DamagedDatasetError, LabelError
from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel, Origin
from labeler.labels.document import from_text
from labeler.labels.rewards import from_rewards

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
        raise LabelError(f"{dataset.root} has no {REWARD} column.", GiveLabels())
    labels: dict[int, EpisodeLabel] = {}
    for file, episodes in dataset.layout.data_files().items():
        table = dataset.file_rows(file, [*INTEGERS, REWARD])
        for sentence in row_problems(dataset, file, table, None):
            raise DamagedDatasetError(
                f"{dataset.root} is damaged: {sentence}",
                "Restore the file or its metadata.",
                RunInspect(),
            )
        values = _binary(table[REWARD].to_numpy(), above)
        ends = np.cumsum(dataset.lengths[episodes])
        for episode, end in zip(episodes.tolist(), ends, strict=True):
            length = int(dataset.lengths[episode])
            template = EpisodeLabel(length, origin=Origin.IMPORTED)
            try:
                labels[episode] = from_rewards(values[end - length : end], template)
            except LabelError as error:
                raise LabelError(f"Episode {episode}: {error.message}", *error.cures) from error
    return DatasetLabels(dataset.lengths.tolist(), labels, identity_of(dataset))


def carried_labels(dataset: Dataset) -> tuple[DatasetLabels, str]:
    """Labels that a dataset brings along, and the file or column that they are from.

    A copy made by Labeler has a label file, which knows excluded frames; others have the column.

    Raises:
        LabelError: there are none, or they cannot be understood.
        DamagedDatasetError: they cannot be read, or the rows are not those of the episodes.
    """
    file = dataset.root / COPY_LABELS
    if not file.is_file():
        return labels_of(dataset), REWARD
    return from_text(read_text(file), lengths=dataset.lengths.tolist()), COPY_LABELS


def _binary(values: NDArray[np.generic], above: float | None) -> NDArray[np.generic]:
    if above is None:
        return values
    numbers = np.asarray(values, np.float64)
    if not np.isfinite(numbers).all():
        raise LabelError(f"{REWARD} holds values that are no numbers.", "Fix the dataset.")
    return numbers > above


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
