"""Probabilities of every frame: of a classifier, or of another operator's labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeler.contracts.scores import ScoredRecording, recording_in_metadata
from labeler.cures import PredictAgain
from labeler.errors import LabelFileError
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.rewards import exclusion_mask, success_mask
from labeler.review.suggestion import Suggestion, suggest

_AGAIN = PredictAgain()
THRESHOLD = 0.5
_SURE = 0.99  # what a person says, as a probability
_COLUMNS = ("episode", "frame", "probability")
_SPREAD = "spread"


@dataclass(frozen=True, eq=False)
class Scores:
    """Probability of success of every frame of a recording.

    values: float64, shape (frames,), episode after episode; NaN where there is none
    starts: int64, shape (episodes + 1,)
    by: the operator whose labels these are; empty for a classifier
    spread: standard deviation among several classifiers, float64, shape (frames,), NaN where there
        was one; None where nothing is known of it
    """

    values: NDArray[np.float64]
    starts: NDArray[np.int64]
    threshold: float = THRESHOLD
    by: str = ""
    spread: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1

    def probabilities(self, episode: int) -> NDArray[np.float64] | None:
        """Those of one episode, shape (length,); None where there are none."""
        part: NDArray[np.float64] = self.values[self.starts[episode] : self.starts[episode + 1]]
        return part if np.isfinite(part).any() else None

    def spreads(self, episode: int) -> NDArray[np.float64] | None:
        """How far classifiers differ on each frame of an episode; None where that is not known."""
        if self.spread is None:
            return None
        part: NDArray[np.float64] = self.spread[self.starts[episode] : self.starts[episode + 1]]
        return part if np.isfinite(part).any() else None

    def doubt(self) -> NDArray[np.float64]:
        """Mean spread of each episode, float64, shape (episodes,); NaN where it is not known."""
        if self.spread is None:
            return np.full(len(self), np.nan)
        known = np.isfinite(self.spread)
        sums = np.concatenate(([0.0], np.cumsum(np.where(known, self.spread, 0.0))))
        counts = np.concatenate(([0], np.cumsum(known)))
        total, count = np.diff(sums[self.starts]), np.diff(counts[self.starts])
        doubt: NDArray[np.float64] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return doubt

    def scored(self) -> NDArray[np.bool_]:
        """Which episodes have a probability for any frame: bool, shape (episodes,)."""
        known = np.concatenate(([0], np.cumsum(np.isfinite(self.values))))
        some: NDArray[np.bool_] = np.diff(known[self.starts]) > 0
        return some

    def suggestion(self, label: EpisodeLabel, episode: int) -> Suggestion | None:
        """What the probabilities suggest for an episode; excluded frames of `label` are unknown."""
        values = self.probabilities(episode)
        if values is None:
            return None
        return replace(suggest(values, exclusion_mask(label)), by=self.by)

    def before(self, other: "Scores") -> "Scores":
        """These, and those of `other` for frames that have none here.

        So probabilities of labelled episodes from classifiers that never saw them come before
        those of the final one, which learned them by heart.
        """
        absent = np.isnan(self.values)
        nothing = np.full_like(self.values, np.nan)
        own, others = (nothing if one is None else one for one in (self.spread, other.spread))
        return replace(
            self,
            values=np.where(absent, other.values, self.values),
            spread=np.where(absent, others, own),
        )


def scores_of_labels(labels: DatasetLabels, by: str) -> Scores:
    """What an operator called `by` says of every frame; nothing of undecided or excluded ones.

    As scores, the labels can be compared with one's own, and accepted.
    """
    starts = np.concatenate(([0], np.cumsum(np.asarray(labels.lengths, np.int64))))
    values = np.full(int(starts[-1]), np.nan)
    for episode, label in labels.touched.items():
        if label.decided:
            part = values[starts[episode] : starts[episode + 1]]
            part[:] = np.where(success_mask(label), _SURE, 1 - _SURE)
            part[exclusion_mask(label)] = np.nan
    return Scores(values, starts, by=by)


def read_scores(path: Path, lengths: Sequence[int], fingerprint: str = "") -> Scores:
    """Read probabilities for a recording with episodes of these lengths and this fingerprint.

    Without a fingerprint only the lengths are compared, which need no file to be read.

    Raises:
        LabelFileError: no such file, not of that form, a frame twice, no probability, of another
            recording, or frames that the recording lacks.
    """
    episodes, frames, values, spread, scored = _read(path)
    if scored is not None and (
        scored.lengths != tuple(lengths) or fingerprint not in ("", scored.fingerprint)
    ):
        raise LabelFileError(f"{path} holds the probabilities of another recording.", _AGAIN)
    of_episode = np.asarray(lengths, dtype=np.int64)
    inside = (episodes >= 0) & (episodes < len(of_episode))
    inside[inside] = (frames[inside] >= 0) & (frames[inside] < of_episode[episodes[inside]])
    if not inside.all():
        wrong = int(np.argmin(inside))
        raise LabelFileError(
            f"{path} names frame {frames[wrong]} of episode {episodes[wrong]}, which this "
            "recording does not have.",
            "Open the probabilities of this recording, or predict them again.",
        )
    starts = np.concatenate(([0], np.cumsum(of_episode)))
    places = starts[episodes] + frames
    if len(np.unique(places)) < len(places):
        raise LabelFileError(f"{path} names a frame twice.", _AGAIN)
    all_values, all_spreads = np.full((2, int(starts[-1])), np.nan)
    all_values[places] = values
    if spread is None:
        return Scores(all_values, starts)
    all_spreads[places] = spread
    return Scores(all_values, starts, spread=all_spreads)


_Columns = tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.float64] | None,
    ScoredRecording | None,
]


def _read(path: Path) -> _Columns:
    """The columns, what is missing being NaN, and what is said of the recording."""
    wrong = LabelFileError(f"{path} holds no probabilities of frames.", _AGAIN)
    if not path.is_file():
        raise LabelFileError(f"There is no file {path}.", "Check the path.")
    try:
        with pq.ParquetFile(path) as file:
            more = [_SPREAD] if _SPREAD in file.schema_arrow.names else []
            table = file.read([*_COLUMNS, *more])
            scored = recording_in_metadata(file.schema_arrow.metadata)
        numbers = [table[name].cast(pa.int64()).combine_chunks() for name in _COLUMNS[:2]]
        values, *others = (
            table[name].cast(pa.float64()).combine_chunks() for name in (_COLUMNS[2], *more)
        )
    except (OSError, pa.ArrowException, KeyError) as error:
        raise wrong from error
    if any(column.null_count for column in numbers):
        raise wrong
    episodes, frames = (column.to_numpy(zero_copy_only=False) for column in numbers)
    probabilities = values.to_numpy(zero_copy_only=False).astype(np.float64)
    given = probabilities[np.isfinite(probabilities)]
    if not len(given) or given.min() < 0 or given.max() > 1:
        raise wrong
    spread = others[0].to_numpy(zero_copy_only=False).astype(np.float64) if others else None
    return episodes, frames, probabilities, spread, scored
