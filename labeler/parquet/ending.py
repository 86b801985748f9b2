"""The end of a spliced parquet file: page indexes and footer with the new positions.

    before    0      100          300    400
              | A    | B          | C    | footer: A at 0, B at 100, C at 300
    after     | A    | B, longer         | C    | footer: A at 0, B at 100, C at 370

Everything behind a column that became longer moves, and positions are written as numbers of varying
length, so a footer grows when its positions do. Positions are therefore computed first, for all
chunks at once, and the few bytes that hold them are then replaced in the old footer.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import BinaryIO

import numpy as np

from labeler.parquet.body import Body, further_leaves, spot
from labeler.parquet.column import EncodedColumns
from labeler.parquet.footer import (
    PAGES,
    ChunkField,
    GroupField,
    RowGroups,
    encode_footer,
    read_range,
)
from labeler.parquet.indexes import index_ranges, move_offset_indexes
from labeler.parquet.layout import SpliceLayout
from labeler.parquet.patches import Patches
from labeler.parquet.schema import integer
from labeler.parquet.shape import gather
from labeler.parquet.thrift import (
    FormatError,
    Items,
    Reader,
    ThriftField,
    ThriftType,
    Value,
    encode_list_header,
    encode_value,
)
from labeler.parquet.walk import Bytes, Ints

_CHUNK_POSITIONS = (*PAGES, ChunkField.FILE_OFFSET)
_POSITIONS = (*_CHUNK_POSITIONS, ChunkField.BLOOM_FILTER, ChunkField.COLUMN_INDEX)
_INDEXES = {
    ChunkField.COLUMN_INDEX: ChunkField.COLUMN_INDEX_LENGTH,
    ChunkField.OFFSET_INDEX: ChunkField.OFFSET_INDEX_LENGTH,
}
_SORTED_COLUMN = 1  # SortingColumn.column_idx


def encode_ending(file: BinaryIO, layout: SpliceLayout, body: Body) -> list[bytes]:
    """What follows the body: moved and new page indexes, then the footer.

    Raises:
        FormatError: the source's footer or page indexes contradict themselves.
    """
    footer = layout.footer
    tail = _Tail(footer.start + body.ranges.growth)
    patches = _move(footer.groups, layout.remaining, _POSITIONS, body.ranges.move)
    patches += _old_indexes(file, layout, body, tail)
    patches += _group_numbers(layout, body) + _sorting(layout)
    for place, start in zip(layout.places, body.places, strict=True):
        structs, length = _chunk_structs(place.encoded, start, tail)
        whole = footer.groups.chunk[ChunkField.WHOLE]
        patches.append(Patches(*spot(place, whole.start, whole.end), length, structs))
    whole = footer.groups.chunk[ChunkField.WHOLE]
    for leaf in further_leaves(layout).tolist():
        patches.append(Patches.of_constant(whole.start[:, leaf], whole.end[:, leaf], b""))
    groups = Patches.merge(patches).apply(footer.groups.data)
    return [*tail.parts, *encode_footer(layout.fields(), footer.groups.count, groups)]


class _Tail:
    """Bytes that are to follow the body, which ends at byte `at` of the new file."""

    def __init__(self, at: int) -> None:
        self.parts: list[bytes] = []
        self._at = at

    def add(self, data: bytes, length: Ints) -> Ints:
        """Append items of the given lengths; their positions in the new file come back."""
        start = self._at + np.cumsum(length) - length
        self.parts.append(data)
        self._at += len(data)
        return start


def _move(
    groups: RowGroups, leaves: Ints, fields: Iterable[ChunkField], moved: Callable[[Ints], Ints]
) -> list[Patches]:
    """Change positions in some fields; 0 stands for "none" and stays."""
    patches = []
    for field in fields:
        if field in groups.chunk:
            spans = groups.chunk[field]
            old = spans.value[:, leaves]
            start = np.where(old > 0, spans.start[:, leaves], -1)
            patches.append(Patches.of_numbers(start, spans.end[:, leaves], moved(old)))
    return patches


def _put_index(
    groups: RowGroups, leaves: Ints, kind: ChunkField, start: Ints, length: Ints
) -> list[Patches]:
    """Note where page indexes are now, for those chunks that have one, in the order of chunks."""
    patches = []
    there = groups.chunk[kind].value[:, leaves] > 0
    for field, values in ((kind, start), (_INDEXES[kind], length)):
        spans = groups.chunk[field]
        begin, end = spans.start[:, leaves][there], spans.end[:, leaves][there]
        patches.append(Patches.of_numbers(begin, end, values))
    return patches


def _old_indexes(file: BinaryIO, layout: SpliceLayout, body: Body, tail: _Tail) -> list[Patches]:
    """Carry the offset indexes of the old chunks along."""
    groups, kept = layout.footer.groups, layout.remaining
    start, end = index_ranges(groups, ChunkField.OFFSET_INDEX, kept)
    there = start > 0
    if not there.any():
        return []
    order = np.argsort(start[there])
    first, last = start[there][order], end[there][order]
    bounds = zip(first.tolist(), last.tolist(), strict=True)
    data = b"".join(read_range(file, begin, end) for begin, end in bounds)
    new, length = move_offset_indexes(data, last - first, lambda old, _: body.ranges.move(old))
    back = np.argsort(order)
    return _put_index(
        groups, kept, ChunkField.OFFSET_INDEX, tail.add(new, length)[back], length[back]
    )


def _new_indexes(encoded: EncodedColumns, shift: Ints, tail: _Tail) -> list[Patches]:
    """Append the page indexes of a new column; `shift` is how far each row group's chunks move."""
    groups, leaves = encoded.groups, encoded.leaves
    source = np.frombuffer(encoded.data, np.uint8)
    patches = []
    for kind in _INDEXES:
        if kind not in groups.chunk:
            continue
        start, end = index_ranges(groups, kind, leaves)
        there = start > 0
        length = (end - start)[there]
        data = gather(source, start[there], length).tobytes()
        if kind is ChunkField.OFFSET_INDEX:
            by = np.broadcast_to(shift[:, None], there.shape)[there]
            moved = partial(_by, by)
            data, length = move_offset_indexes(data, length, moved)
        patches += _put_index(groups, leaves, kind, tail.add(data, length), length)
    return patches


def _by(shift: Ints, positions: Ints, index: Ints) -> Ints:
    return positions + shift[index]


def _chunk_structs(encoded: EncodedColumns, start: Ints, tail: _Tail) -> tuple[Bytes, Ints]:
    """Descriptions of a new column's chunks, and their length in each row group."""
    groups = encoded.groups
    shift = start - encoded.start
    patches = _move(groups, encoded.leaves, _CHUNK_POSITIONS, lambda old: old + shift[:, None])
    patches = [*patches, *_new_indexes(encoded, shift, tail)]
    merged = Patches.merge(patches)
    data = np.frombuffer(merged.apply(groups.data), np.uint8)
    whole = groups.chunk[ChunkField.WHOLE]
    first = merged.ranges.move(whole.start[:, 0])
    length = merged.ranges.move(whole.end[:, -1]) - first
    return gather(data, first, length), length


def _group_numbers(layout: SpliceLayout, body: Body) -> list[Patches]:
    """List headers, sizes and positions of the row groups."""
    groups = layout.footer.groups
    header = groups.group[GroupField.HEADER]
    new_header = encode_list_header(layout.leaves, ThriftType.STRUCT)
    patches = [Patches.of_constant(header.start, header.end, new_header)]
    sizes = (
        (GroupField.BYTE_SIZE, ChunkField.BYTE_SIZE),
        (GroupField.COMPRESSED_SIZE, ChunkField.COMPRESSED_SIZE),
    )
    for field, chunk_field in sizes:
        spans = groups.group[field]
        size = spans.value - groups.chunk[chunk_field].value[:, layout.outgoing].sum(axis=1)
        for place in layout.places:
            size += place.encoded.groups.chunk[chunk_field].value.sum(axis=1)
        patches.append(Patches.of_numbers(spans.start, spans.end, size))
    spans = groups.group[GroupField.FILE_OFFSET]
    kept = body.ranges.move(groups.chunk_start[:, layout.remaining])
    first = np.concatenate([kept, *(start[:, None] for start in body.places)], axis=1).min(axis=1)
    patches.append(Patches.of_numbers(np.where(spans.value > 0, spans.start, -1), spans.end, first))
    return patches


def _sorting(layout: SpliceLayout) -> list[Patches]:
    """Renumber the columns by which rows are sorted; a replaced one ends the list."""
    groups = layout.footer.groups
    spans = groups.group[GroupField.SORTING]
    patches = []
    for group in np.flatnonzero(spans.start >= 0).tolist():
        value = Reader(groups.data, int(spans.start[group])).value(ThriftType.LIST)
        encoded = encode_value(ThriftType.LIST, _renumber(layout, value))
        at = slice(group, group + 1)
        patches.append(Patches.of_constant(spans.start[at], spans.end[at], encoded))
    return patches


def _renumber(layout: SpliceLayout, value: Value) -> Items:
    renumbered: list[Value] = []
    for column in value.values if isinstance(value, Items) else []:
        if not isinstance(column, dict):
            raise FormatError("Its sorting columns cannot be read.")
        position = layout.new_position(integer(column, _SORTED_COLUMN))
        if position is None:
            break
        renumbered.append(column | {_SORTED_COLUMN: ThriftField(ThriftType.I32, position)})
    return Items(ThriftType.STRUCT, renumbered)
