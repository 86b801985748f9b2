"""Labels as a table with one row per frame, and back.

Columns: `episode` and `frame` (int64, from 0), `success` (boolean, NA where nothing was decided)
and `excluded` (bool, frames that training leaves out).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from labeler.errors import LabelError
from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel, FrameRange
from labeler.labels.episode import exclude, with_success
from labeler.labels.rewards import exclusion_mask, success_mask

_NEEDED = ("episode", "frame", "success")
_ALL = "Give one row for every frame of an episode, counted from 0, or none of it."


def table_of(labels: DatasetLabels) -> pd.DataFrame:
    """One row per frame of every episode."""
    lengths = np.array(labels.lengths, dtype=np.int64)
    decided = np.repeat([label.decided for label in labels], lengths)
    success = np.concatenate([success_mask(label) for label in labels])
    return pd.DataFrame(
        {
            "episode": np.repeat(np.arange(len(lengths)), lengths),
            "frame": np.concatenate([np.arange(length) for length in lengths]),
            "success": pd.array(success, dtype="boolean").copy(),
            "excluded": np.concatenate([exclusion_mask(label) for label in labels]),
        }
    ).assign(success=lambda table: table["success"].mask(~decided))


def labels_of_table(
    table: pd.DataFrame, lengths: Sequence[int], identity: DatasetIdentity
) -> DatasetLabels:
    """The labels that a table says; episodes without rows, or without a value, have none.

    Raises:
        LabelError: a column is missing, rows are not those of an episode, or a value is neither
            true nor false.
    """
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise LabelError(
            f"The table of labels has no column {missing[0]}.",
            f"It needs the columns {', '.join(_NEEDED)}.",
        )
    labels = {}
    for number, rows in table.groupby("episode", sort=True, dropna=False):
        if number not in range(len(lengths)):
            raise LabelError(
                f"The table of labels names the episode {number!r}; there are {len(lengths)}.",
                "Episodes are numbers, counted from 0.",
            )
        episode = int(number)
        labels[episode] = _label(episode, rows.sort_values("frame"), int(lengths[episode]))
    return DatasetLabels(lengths, labels, identity)


def _label(episode: int, rows: pd.DataFrame, length: int) -> EpisodeLabel:
    frames = rows["frame"].tolist()
    if frames != list(range(length)):
        raise LabelError(
            f"The table of labels has {len(frames)} rows of episode {episode}, which are not those "
            f"of its {length} frames.",
            _ALL,
        )
    label = EpisodeLabel(length)
    if "excluded" in rows.columns:
        for part in _ranges(_truth(rows["excluded"], episode, "excluded")):
            label = exclude(label, part)
    empty = rows["success"].isna()
    if empty.all():
        return label
    if empty.any():
        raise LabelError(
            f"success has no value in {int(empty.sum())} of {length} frames of episode {episode}.",
            "Say true or false of every frame of an episode, or of none.",
        )
    return with_success(label, _ranges(_truth(rows["success"], episode, "success")))


def _truth(column: "pd.Series[bool]", episode: int, name: str) -> np.ndarray:
    values = column.to_numpy(dtype=object)
    if column.isna().any() or not all(value in (0, 1) for value in values):  # as True and False are
        raise LabelError(
            f"{name} of episode {episode} holds values other than true and false.",
            "Compare with a threshold first.",
        )
    truth: np.ndarray = values.astype(bool)
    return truth


def _ranges(mask: np.ndarray) -> Iterator[FrameRange]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield FrameRange(start, end)
