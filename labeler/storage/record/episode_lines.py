"""Statistics per episode of v2.1, one line each; those that a recording lacks are worked out.

LeRobot 0.3.3 joins the lines that are there (compute_stats.py, aggregate_stats) and so normalises
by the values of other episodes, without a word: no copy hands that on.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.dataset.documents import read_objects
from labeler.dataset.statistics import (
    Statistics,
    as_lists,
    column_statistics,
    image_histogram,
    image_statistics,
    sample_frames,
    thin,
)
from labeler.parquet.reading import is_numeric, schema_of

if TYPE_CHECKING:
    from labeler.video import FrameReader

LINES = "meta/episodes_stats.jsonl"


def statistics_lines(
    source: Dataset, episodes: Collection[int] | None = None
) -> Iterator[dict[str, Any]]:
    """The lines of the file, then those that it lacks of `episodes`, None meaning of all.

    Raises:
        DamagedDatasetError: the rows or images of an episode without a line cannot be read.
    """
    lacking = set(range(len(source)) if episodes is None else episodes)
    for record in read_objects(source.root / LINES):
        lacking.discard(record["episode_index"])
        yield record
    for episode in sorted(lacking):
        stats = {name: as_lists(part) for name, part in _computed(source, episode)}
        yield {"episode_index": episode, "stats": stats}


def numbers(array: pa.Array) -> NDArray[np.generic]:
    """The numbers of a column, (rows, …) one after the other; NaN for a vector that is null."""
    if not pa.types.is_fixed_size_list(array.type):
        return np.asarray(array.to_numpy(zero_copy_only=False))
    found = numbers(array.flatten())  # leaves out vectors that are null
    if not array.null_count:
        return found
    valid = np.asarray(array.is_valid())
    values = np.full((len(array), len(found) // max(int(valid.sum()), 1)), np.nan)
    values[valid] = found.reshape(int(valid.sum()), -1)
    return values


def sampled_statistics(
    reader: "FrameReader", episode: int, start: int, length: int, *, quantiles: bool
) -> Statistics:
    """Statistics of a camera from the images that LeRobot samples of a part of an episode."""
    frames = start + sample_frames(length)
    histogram = np.zeros((3, 256), dtype=np.int64)
    for frame in frames.tolist():
        histogram += image_histogram(thin(reader.frame(episode, frame)))
    return image_statistics(histogram, len(frames), quantiles=quantiles)


def _computed(source: Dataset, episode: int) -> Iterator[tuple[str, Statistics]]:
    """Statistics of every declared feature that has some, in the order of `info.json`."""
    from labeler.video import FrameReader  # few recordings lack any

    length = int(source.lengths[episode])
    schema = schema_of(source.root / source.layout.data_file(episode))
    names = [field.name for field in schema if is_numeric(field.type)]
    rows = source.rows(episode, names)
    cameras = {camera.key for camera in source.cameras}
    for name in source.info.features:
        if name in cameras:
            with FrameReader(source, name) as reader:
                yield name, sampled_statistics(reader, episode, 0, length, quantiles=False)
        elif name in names:
            values = numbers(rows[name].combine_chunks()).reshape(length, -1)
            yield name, column_statistics(values, quantiles=False)
