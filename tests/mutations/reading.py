"""What a reader got out of a recording, and whether that is what was recorded."""

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeler.dataset import open_dataset
from labeler.errors import LabelerError
from labeler.video import FrameReader
from tests.mutations.mutation import Mutation

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
KEY = ("episode_index", "frame_index")
_FAR = 40.0  # mean difference of 255 above which an image is none of the recording's


@dataclass(frozen=True)
class Row:
    """Values of one row, and its image of each camera; None where it cannot be shown."""

    values: dict[str, Any]
    images: dict[str, NDArray[np.uint8] | None]


@dataclass(frozen=True)
class Reading:
    """Rows of every episode in order of frames; `failure` where nothing could be read."""

    episodes: list[list[Row]] = field(default_factory=list)
    failure: str = ""


def read_ourselves(root: Path) -> Reading:
    """What our reader gives."""
    try:
        with closing(open_dataset(root)) as dataset:
            columns = [column.name for column in dataset.columns]
            cameras = [camera.key for camera in dataset.cameras]
            readers = {key: FrameReader(dataset, key) for key in cameras}
            episodes = []
            for episode, length in enumerate(dataset.lengths.tolist()):
                table = dataset.rows(episode, columns).to_pylist()
                shown = [
                    {key: _shown(reader, episode, frame) for key, reader in readers.items()}
                    for frame in range(length)
                ]
                episodes.append([Row(v, i) for v, i in zip(table, shown, strict=True)])
            for reader in readers.values():
                reader.close()
            return Reading(episodes)
    except LabelerError as error:
        return Reading(failure=f"{type(error).__name__}: {error.message}")


def _shown(reader: FrameReader, episode: int, frame: int) -> NDArray[np.uint8] | None:
    try:
        return reader.frame(episode, frame)
    except LabelerError:
        return None


def grouped(values: dict[str, list[Any]], images: Callable[[int], dict[str, Any]]) -> Reading:
    """A reading from columns; `images` gives those of a row."""
    names = list(values)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*values.values(), strict=True)]
    episodes: dict[Any, list[Row]] = {}
    for number, row in enumerate(rows):
        episodes.setdefault(row["episode_index"], []).append(Row(row, images(number)))
    return Reading([episodes[episode] for episode in sorted(episodes, key=str)])


@cache
def truth(base: str) -> Reading:
    """What was recorded."""
    return read_ourselves(RECORDINGS / base)


def expected(mutation: Mutation) -> list[list[Row]]:
    """The rows that the changed recording has."""
    kept = mutation.kept or (lambda episode, frame: True)
    return [
        [row for frame, row in enumerate(rows) if kept(episode, frame)]
        for episode, rows in enumerate(truth(mutation.base).episodes)
    ]


def fault(mutation: Mutation, reading: Reading) -> str:
    """What a reading has got wrong; empty if it is what was recorded."""
    wanted = expected(mutation)
    lengths = [len(rows) for rows in wanted]
    if [len(rows) for rows in reading.episodes] != lengths:
        return f"episodes of {[len(rows) for rows in reading.episodes]} rows, not {lengths}"
    pairs = [
        (row, true)
        for rows, trues in zip(reading.episodes, wanted, strict=True)
        for row, true in zip(rows, trues, strict=True)
    ]
    for name in pairs[0][1].values:
        if name not in mutation.free:
            wrong = sum(not same(row.values.get(name), true.values[name]) for row, true in pairs)
            if wrong:
                return f"other values of {name} in {wrong} of {len(pairs)} rows"
    others = [
        any(
            _nearest(mutation.base, key, image) != _nearest(mutation.base, key, true.images[key])
            for key, image in row.images.items()
            if image is not None and key in true.images
        )
        for row, true in pairs
    ]
    return f"{sum(others)} of {len(pairs)} images are those of other frames" if any(others) else ""


def missing(reading: Reading) -> int:
    """Images that could not be shown."""
    rows = [row for rows in reading.episodes for row in rows]
    return sum(any(image is None for image in row.images.values()) for row in rows)


def same(value: Any, other: Any) -> bool:
    """Equal as numbers of float32; a list of one is its value, two NaN are equal."""
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    if isinstance(value, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(value) == len(other) and all(map(same, value, other))
    if value is None or other is None or isinstance(value, (str, dict, list)):
        return value == other
    if math.isnan(value) or math.isnan(other):
        return math.isnan(value) and math.isnan(other)
    return bool(np.float32(value) == np.float32(other))


def difference(one: Reading, other: Reading) -> str:
    """Where two readings of the same recording are apart: in values, or in pixels."""
    pairs = [
        pair
        for rows, others in zip(one.episodes, other.episodes, strict=True)
        for pair in zip(rows, others, strict=True)
    ]
    for name in set(pairs[0][0].values) & set(pairs[0][1].values):
        if not all(same(a.values[name], b.values[name]) for a, b in pairs):
            return f"values of {name} differ"
    most = 0
    for a, b in pairs:
        for key in set(a.images) & set(b.images):
            first, second = a.images[key], b.images[key]
            if first is None or second is None:
                continue
            if first.shape != second.shape:
                return f"images of {first.shape} and {second.shape}"
            most = max(most, int(np.abs(first.astype(np.int16) - second).max()))
    return f"colours differ by up to {most} of 255" if most > 2 else ""


def _nearest(base: str, key: str, image: NDArray[np.uint8]) -> int:
    known = _known(base, key)
    scaled = _scaled(image, known.shape[1:3])
    apart = np.abs(known - scaled).mean(axis=(1, 2))
    nearest = int(apart.argmin())
    return nearest if apart[nearest] <= _FAR else -1


@cache
def _known(base: str, key: str) -> NDArray[np.int16]:
    rows = [row for rows in truth(base).episodes for row in rows]
    return np.stack([_gray(row.images[key]) for row in rows])


def _scaled(image: NDArray[np.uint8], size: tuple[int, ...]) -> NDArray[np.int16]:
    down = np.arange(size[0]) * image.shape[0] // size[0]
    across = np.arange(size[1]) * image.shape[1] // size[1]
    return _gray(image[down][:, across])


def _gray(image: NDArray[np.uint8]) -> NDArray[np.int16]:
    return image.mean(axis=2).astype(np.int16)
