"""Page indexes and Bloom filters: what a parquet file keeps about column chunks outside of them.

    PAR1 | chunks … | Bloom filters | column indexes | offset indexes | footer | length | PAR1
                      no positions    no positions     pages at 4,      each of the three
                                                       70, 530, …       at …

Offset indexes hold file positions and are therefore rewritten, all of them behind the row groups;
column indexes and Bloom filters hold none and stay where they are, moved as they are by what became
longer in front of them. Source: parquet-format, PageIndex.md and BloomFilter.md.
"""

from collections.abc import Callable
from typing import BinaryIO

import numpy as np

from labeler.parquet.footer import ChunkField, RowGroups, read_range
from labeler.parquet.patches import Patches
from labeler.parquet.schema import integer
from labeler.parquet.shape import read_structs
from labeler.parquet.thrift import FormatError, Reader
from labeler.parquet.walk import Ints, Path

_LOCATIONS, _OFFSET = 1, 1  # OffsetIndex.page_locations, PageLocation.offset
_BLOOM_BYTES = 1  # BloomFilterHeader.numBytes
_BLOOM_HEADER = 64  # bytes that its header never exceeds


def index_ranges(groups: RowGroups, kind: ChunkField, leaves: Ints) -> tuple[Ints, Ints]:
    """First byte of the page indexes of some leaves and the byte behind; start 0 if absent.

    `kind` is OFFSET_INDEX or COLUMN_INDEX; both have shape (groups, leaves).
    """
    lengths = {
        ChunkField.OFFSET_INDEX: ChunkField.OFFSET_INDEX_LENGTH,
        ChunkField.COLUMN_INDEX: ChunkField.COLUMN_INDEX_LENGTH,
    }
    start, length = groups.chunk_values(kind), groups.chunk_values(lengths[kind])
    if start is None or length is None:
        return (np.zeros((groups.count, len(leaves)), np.int64),) * 2
    return start[:, leaves], start[:, leaves] + length[:, leaves]


def bloom_ranges(file: BinaryIO, groups: RowGroups, leaves: Ints) -> tuple[Ints, Ints]:
    """The same for Bloom filters; older files do not say how long these are, their headers do."""
    start = groups.chunk_values(ChunkField.BLOOM_FILTER)
    length = groups.chunk_values(ChunkField.BLOOM_FILTER_LENGTH)
    if start is None:
        return (np.zeros((groups.count, len(leaves)), np.int64),) * 2
    start = start[:, leaves]
    length = np.zeros_like(start) if length is None else length[:, leaves].copy()
    for place in zip(*np.nonzero((start > 0) & (length <= 0)), strict=True):
        length[place] = _bloom_length(file, int(start[place]))
    return start, start + length


def _bloom_length(file: BinaryIO, at: int) -> int:
    size = file.seek(0, 2)
    reader = Reader(read_range(file, at, min(at + _BLOOM_HEADER, size)))
    length = integer(reader.struct(), _BLOOM_BYTES) + reader.at
    if not 0 < length <= size:
        raise FormatError("A Bloom filter has an impossible length.")
    return length


def move_offset_indexes(
    data: bytes, length: Ints, moved: Callable[[Ints, Ints], Ints]
) -> tuple[bytes, Ints]:
    """Change the page positions in offset indexes that follow each other in `data`.

    `length` has the bytes of each; `moved` maps old positions, and which index they are in, to new
    ones. The new bytes and lengths come back.

    Raises:
        FormatError: these are no offset indexes of such lengths.
    """
    begins = np.cumsum(length) - length
    alike, _ = read_structs(data, 0, len(length), _is_wanted)
    parts = [Patches.of_constant(begins[:0], begins[:0], b"")]
    for same in alike:
        for spans in same.spans.values():
            begin = begins[same.members]
            if ((spans.start < begin) | (spans.end > begin + length[same.members])).any():
                raise FormatError("An offset index is longer or shorter than its footer says.")
            new = moved(spans.value, same.members)
            parts.append(Patches.of_numbers(spans.start, spans.end, new))
    patches = Patches.merge(parts)
    new_data = patches.apply(data)
    return new_data, np.diff(patches.ranges.move(begins), append=len(new_data))


def _is_wanted(path: Path) -> bool:
    return len(path) == 3 and path[0] == _LOCATIONS and path[2] == _OFFSET
