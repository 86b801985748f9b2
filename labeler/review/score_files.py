"""Reading scores of frames: ours, and those that LeRobot's reward models leave.

Ours have the columns `episode`, `frame` and `probability`, some also `spread` and `distance`, which
`labeler.review.scores.Scores` describes. LeRobot's have `index`, `episode_index`
and `frame_index` beside one column per signal: `progress_sparse` and `progress_dense` without a
word about them (0.6.1, rewards/sarm/compute_rabc_weights.py), or, after 0.6.1, any signals that the
metadata of the schema describe as `lerobot.frame_signals` (keys `lerobot.scores.*`, in earlier
drafts `lerobot.reward_scoring.*`): each with a direction and, perhaps, bounds.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeler.contracts.scores import (
    PLACES,
    SIGNALS,
    SIGNALS_FORMAT,
    SIGNALS_VERSION,
    ScoredRecording,
    recording_in_metadata,
)
from labeler.cures import PredictAgain
from labeler.errors import LabelFileError
from labeler.review.scores import Scores

_AGAIN = PredictAgain()
_OWN = ("episode", "frame", "probability")
_BESIDE = ("spread", "distance")
"""Columns that a file of ours may have: fields of `Scores`."""
_PROGRESS = ("progress_sparse", "progress_dense")
_DESCRIBED = (SIGNALS, "lerobot.reward_scoring")

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Signal:
    """A column of scores; `direction` is `higher` or `lower`, whichever means success."""

    column: str
    direction: str = "higher"
    bounds: tuple[float, float] | None = None
    calibrated: bool = False


@dataclass(frozen=True, eq=False)
class _Read:
    """The columns of a file, each of shape (rows,), and what it says of its recording."""

    episodes: NDArray[np.int64]
    frames: NDArray[np.int64]
    signals: Mapping[_Signal, Numbers]
    beside: Mapping[str, Numbers]
    scored: ScoredRecording | None


def read_scores(path: Path, lengths: Sequence[int], fingerprint: str = "") -> Scores:
    """The first of the scores that `read_sources` finds; raises as it does."""
    return read_sources(path, lengths, fingerprint)[0]


def read_sources(path: Path, lengths: Sequence[int], fingerprint: str = "") -> tuple[Scores, ...]:
    """Every signal of a file for a recording with episodes of these lengths and this fingerprint.

    Without a fingerprint only the lengths are compared, which need no file to be read. What is no
    probability is scaled to [0, 1], so that 1 speaks for success; see `Scores.calibrated`.

    Raises:
        LabelFileError: no such file, not of these forms, a frame twice, no probability, of another
            recording, or frames that the recording lacks.
    """
    if not path.is_file():
        raise LabelFileError(f"There is no file {path}.", "Check the path.")
    wrong = LabelFileError(f"{path} holds no probabilities of frames.", _AGAIN)
    try:
        read = _read(path)
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise wrong from error
    if read.scored is not None and (
        read.scored.lengths != tuple(lengths) or fingerprint not in ("", read.scored.fingerprint)
    ):
        raise LabelFileError(f"{path} holds the probabilities of another recording.", _AGAIN)
    starts, places = _places(path, lengths, read.episodes, read.frames)
    found = []
    for signal, values in read.signals.items():
        if (scaled := _scale(signal, values)) is not None:
            name = path.stem if signal.calibrated else f"{path.stem}: {signal.column}"
            filled = _fill(scaled, places, starts)
            found.append(Scores(filled, starts, name=name, calibrated=signal.calibrated))
    if not found:
        raise wrong
    spread, distance = (
        None if (beside := read.beside.get(name)) is None else _fill(beside, places, starts)
        for name in _BESIDE
    )
    return (replace(found[0], spread=spread, distance=distance), *found[1:])


def _read(path: Path) -> _Read:
    """The columns of a file.

    Raises:
        LabelFileError: its signals are of a version that is not known here.
        OSError, pa.ArrowException, KeyError, ValueError: it is of none of the forms.
    """
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        signals = list(_signals(path, schema))
        own = any(signal.calibrated for signal in signals)
        names = _OWN[:2] if own else PLACES[1:]
        more = [name for name in _BESIDE if own and name in schema.names]
        table = file.read([*names, *(signal.column for signal in signals), *more])
    episodes, frames = (_whole(table[name]) for name in names)
    return _Read(
        episodes,
        frames,
        {signal: _floats(table[signal.column]) for signal in signals},
        {name: _floats(table[name]) for name in more},
        recording_in_metadata(schema.metadata),
    )


def _signals(path: Path, schema: pa.Schema) -> Iterator[_Signal]:
    """The columns of scores, what is known of them included."""
    if set(_OWN) <= set(schema.names):
        yield _Signal(_OWN[2], calibrated=True)
        return
    if not set(PLACES[1:]) <= set(schema.names):
        return
    described = _descriptors(path, schema.metadata or {})
    if described is None:
        yield from (_Signal(name) for name in _PROGRESS if name in schema.names)
        return
    for name, fields in described.items():
        if name in schema.names and fields.get("direction") in ("higher", "lower"):
            bounds = fields.get("bounds")
            low_high = None if bounds is None else (float(bounds[0]), float(bounds[1]))
            yield _Signal(name, fields["direction"], low_high)


def _descriptors(
    path: Path, metadata: Mapping[bytes, bytes]
) -> Mapping[str, Mapping[str, Any]] | None:
    """What LeRobot says of each signal; None where it says nothing."""
    for prefix in _DESCRIBED:
        if metadata.get(f"{prefix}.format".encode()) != SIGNALS_FORMAT:
            continue
        version = metadata.get(f"{prefix}.schema_version".encode(), b"")
        if version != SIGNALS_VERSION:
            raise LabelFileError(
                f"{path} holds frame signals of version {version.decode(errors='replace')!r}.",
                "Update Labeler, or score the frames with an earlier LeRobot.",
            )
        found = json.loads(metadata[f"{prefix}.descriptors".encode()])
        if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
            raise ValueError("descriptors")
        return found
    return None


def _whole(column: pa.ChunkedArray) -> NDArray[np.int64]:
    if column.null_count:
        raise ValueError("null")
    numbers: NDArray[np.int64] = column.cast(pa.int64()).combine_chunks().to_numpy()
    return numbers


def _floats(column: pa.ChunkedArray) -> Numbers:
    """Numbers, NaN for what is missing or infinite."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    values = column.cast(pa.float64()).combine_chunks().to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(values), values, np.nan)


def _scale(signal: _Signal, values: Numbers) -> Numbers | None:
    """Values in [0, 1]; None where there are none, or no probabilities but called so."""
    given = values[np.isfinite(values)]
    if not len(given):
        return None
    low, high = signal.bounds or (0.0, 1.0)
    if given.min() < low or given.max() > high:
        if signal.calibrated:
            return None
        low, high = float(given.min()), float(given.max())
    scaled = (values - low) / ((high - low) or 1.0)
    return 1.0 - scaled if signal.direction == "lower" else scaled


def _places(
    path: Path, lengths: Sequence[int], episodes: NDArray[np.int64], frames: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First frame of each episode among all, shape (episodes + 1,), and the place of each row."""
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
    return starts, places


def _fill(values: Numbers, places: NDArray[np.int64], starts: NDArray[np.int64]) -> Numbers:
    filled = np.full(int(starts[-1]), np.nan)
    filled[places] = values
    return filled
