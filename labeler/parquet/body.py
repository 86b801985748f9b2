"""Which bytes of a parquet file go, which come, and where the others are afterwards."""

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from labeler.parquet.footer import MAGIC, ChunkField, Footer
from labeler.parquet.indexes import bloom_ranges, index_ranges
from labeler.parquet.layout import ColumnPlace, SpliceLayout
from labeler.parquet.patches import Ranges, ascending
from labeler.parquet.thrift import FormatError
from labeler.parquet.walk import Ints


@dataclass(frozen=True)
class Body:
    """Everything between the first magic bytes and the footer.

    `ranges` are replaced by `inserted`; `places` says for every place where the new chunks begin
    in the new file, shape (groups,); `kept` and `kept_end` are the chunks that stay, coalesced, in
    file order.
    """

    ranges: Ranges
    inserted: list[memoryview]
    places: list[Ints]
    kept: Ints
    kept_end: Ints


def plan_body(file: BinaryIO, layout: SpliceLayout) -> Body:
    """Decide where the chunks of a layout go.

    Raises:
        FormatError: parts of the file that should be apart overlap.
    """
    footer = layout.footer
    count = footer.groups.count
    old_start, old_end = footer.groups.chunk_start, footer.groups.chunk_end
    spots = [spot(place, old_start, old_end) for place in layout.places]
    gone = _ranges_to_cut(file, layout, old_start, old_end)
    start = np.concatenate([*(spot[0] for spot in spots), gone[0]])
    end = np.concatenate([*(spot[1] for spot in spots), gone[1]])
    length = np.zeros(len(start), np.int64)
    for number, place in enumerate(layout.places):
        length[number * count : (number + 1) * count] = place.encoded.end - place.encoded.start
    order = ascending(start, end)
    ranges = Ranges(start[order], end[order], length[order])
    kept, kept_end = chunk_ranges(footer, layout.remaining)
    if not ranges.spare(old_start[:, layout.remaining], old_end[:, layout.remaining]):
        raise FormatError("Its parts overlap.")
    new_start = np.empty(len(start), np.int64)
    new_start[order] = ranges.places
    places = [new_start[n * count : (n + 1) * count] for n in range(len(spots))]
    chunks = [view for place in layout.places for view in place.encoded.views()]
    inserted = [chunks[at] if at < len(chunks) else memoryview(b"") for at in order.tolist()]
    return Body(ranges, inserted, places, kept, kept_end)


def chunk_ranges(footer: Footer, leaves: Ints) -> tuple[Ints, Ints]:
    """Byte ranges of the chunks of some leaves, in file order, neighbours as one.

    Raises:
        FormatError: two chunks overlap.
    """
    start = footer.groups.chunk_start[:, leaves].ravel()
    end = footer.groups.chunk_end[:, leaves].ravel()
    order = ascending(start, end)
    start, end = start[order], end[order]
    Ranges(start, end, np.zeros_like(start))
    apart = start[1:] != end[:-1]
    first, last = np.concatenate(([True], apart)), np.concatenate((apart, [True]))
    return (start[first], end[last]) if len(start) else (start, end)


def spot(place: ColumnPlace, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The ranges of row groups, shape (groups,), that a new column replaces or is put into.

    `start` and `end` are those of the old column chunks, shape (groups, leaves). Where a column
    has several leaves, the new one takes the place of the first.
    """
    if place.leaf == place.leaf_end:
        at = start[:, place.leaf] if place.leaf < start.shape[1] else end[:, -1]
        return at, at
    return start[:, place.leaf], end[:, place.leaf]


def further_leaves(layout: SpliceLayout) -> Ints:
    """Old leaves that go and leave no place for anything new."""
    leaves = [np.arange(place.leaf + 1, place.leaf_end) for place in layout.places]
    return np.concatenate([*leaves, np.zeros(0, np.int64)])


def _ranges_to_cut(
    file: BinaryIO, layout: SpliceLayout, old_start: Ints, old_end: Ints
) -> tuple[Ints, Ints]:
    """Ranges that are not replaced by anything."""
    groups, replaced = layout.footer.groups, layout.outgoing
    further = further_leaves(layout)
    every = np.arange(old_start.shape[1])
    parts = [
        (old_start[:, further], old_end[:, further]),
        index_ranges(groups, ChunkField.COLUMN_INDEX, replaced),
        index_ranges(groups, ChunkField.OFFSET_INDEX, every),
        bloom_ranges(file, groups, replaced),
    ]
    start, end = (np.concatenate([part[n].ravel() for part in parts]) for n in (0, 1))
    there = start != 0
    start, end = start[there], end[there]
    if ((start < len(MAGIC)) | (end < start) | (end > layout.footer.start)).any():
        raise FormatError("An index lies outside of the file.")
    return start, end
