"""Parquet's footer: the schema, and where the file keeps which column of which rows.

Source: apache/parquet-format, src/main/thrift/parquet.thrift and README.md (file layout).
Only the fields named here are understood; all others are carried along as the bytes they are.

    PAR1 | chunks of group 0 | chunks of group 1 | … | page indexes | footer | length  | PAR1
           ^                   ^                                      |        4 bytes   4 bytes
           '-------------------'-- positions of every chunk of -------'

The end is read first, since only the last eight bytes say where the footer begins. It holds
positions from the start of the file, so whatever grows in front of it has to be followed there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import BinaryIO

import numpy as np

from labeler.parquet.schema import FileField, columns_of, integer, structs
from labeler.parquet.shape import LastShapes, Spans, gather, read_structs
from labeler.parquet.thrift import (
    FormatError,
    Raw,
    Reader,
    Struct,
    ThriftField,
    ThriftType,
    encode_list_header,
    encode_struct,
)
from labeler.parquet.walk import HEADER, Ints, Path

MAGIC = b"PAR1"
_FAR = np.iinfo(np.int64).max
_TAIL = 8  # bytes: length of the footer, magic
_LAST = LastShapes()  # of first row groups


class GroupField(Enum):
    """Fields of RowGroup, as paths."""

    WHOLE = ()
    HEADER = (1, HEADER)
    BYTE_SIZE = (2,)
    ROWS = (3,)
    SORTING = (4,)
    FILE_OFFSET = (5,)
    COMPRESSED_SIZE = (6,)


class ChunkField(Enum):
    """Fields of ColumnChunk and of the ColumnMetaData in it, as paths."""

    WHOLE = ()
    FILE_PATH = (1,)
    FILE_OFFSET = (2,)
    BYTE_SIZE = (3, 6)
    COMPRESSED_SIZE = (3, 7)
    DATA_PAGE = (3, 9)
    INDEX_PAGE = (3, 10)
    DICTIONARY_PAGE = (3, 11)
    BLOOM_FILTER = (3, 14)
    BLOOM_FILTER_LENGTH = (3, 15)
    OFFSET_INDEX = (4,)
    OFFSET_INDEX_LENGTH = (5,)
    COLUMN_INDEX = (6,)
    COLUMN_INDEX_LENGTH = (7,)
    ENCRYPTION = (8,)


PAGES = (ChunkField.DATA_PAGE, ChunkField.INDEX_PAGE, ChunkField.DICTIONARY_PAGE)
_NEEDED = (
    ChunkField.WHOLE,
    ChunkField.BYTE_SIZE,
    ChunkField.COMPRESSED_SIZE,
    ChunkField.DATA_PAGE,
)
_GROUP_PATHS = {field.value: field for field in GroupField}
_CHUNK_PATHS = {field.value: field for field in ChunkField}


@dataclass(frozen=True)
class RowGroups:
    """All row groups: their encoded structs, and where the fields lie in these bytes.

    `group` has spans of shape (groups,), `chunk` of shape (groups, leaves); a field that a group
    or chunk lacks has start -1 and value 0, one that all lack has no entry.
    """

    data: bytes
    count: int
    group: Mapping[GroupField, Spans]
    chunk: Mapping[ChunkField, Spans]

    def chunk_struct(self, group: int, leaf: int) -> Struct:
        """One chunk's description with every field."""
        return Reader(self.data, int(self.chunk[ChunkField.WHOLE].start[group, leaf])).struct()

    def chunk_values(self, field: ChunkField) -> Ints | None:
        """Numbers of a field, shape (groups, leaves), 0 where it is absent; None if all lack it."""
        spans = self.chunk.get(field)
        return None if spans is None else spans.value

    def select(self, which: Ints) -> "RowGroups":
        """The groups at the positions `which`, any number of times, in that order."""
        whole = self.group[GroupField.WHOLE].take(which)
        length = whole.end - whole.start
        shift = np.cumsum(length) - length - whole.start
        data = gather(np.frombuffer(self.data, np.uint8), whole.start, length).tobytes()
        group = {field: spans.take(which).move(shift) for field, spans in self.group.items()}
        chunk = {
            field: spans.take(which).move(shift[:, None]) for field, spans in self.chunk.items()
        }
        return RowGroups(data, len(which), group, chunk)

    @property
    def rows(self) -> Ints:
        """Rows in each group, shape (groups,)."""
        return self.group[GroupField.ROWS].value

    @cached_property
    def chunk_start(self) -> Ints:
        """First byte of each chunk in the file, shape (groups, leaves).

        A dictionary page comes before the data pages; position 0 stands for "none". A chunk of no
        rows may have no page at all: it is taken to be empty, behind the chunk before it.
        """
        start = np.full(self.chunk[ChunkField.DATA_PAGE].value.shape, _FAR)
        for field in PAGES:
            if (other := self.chunk_values(field)) is not None:
                start = np.where(other > 0, np.minimum(start, other), start)
        nowhere = start == _FAR
        if not nowhere.any():
            return start
        end = np.where(nowhere, len(MAGIC), start + self.chunk[ChunkField.COMPRESSED_SIZE].value)
        before = np.maximum.accumulate(np.concatenate(([len(MAGIC)], end.ravel())))[:-1]
        return np.where(nowhere, before.reshape(start.shape), start)

    @property
    def chunk_end(self) -> Ints:
        """The byte behind each chunk, shape (groups, leaves)."""
        return self.chunk_start + self.chunk[ChunkField.COMPRESSED_SIZE].value


@dataclass(frozen=True)
class Footer:
    """`fields` are those of FileMetaData without the row groups; the footer begins at `start`."""

    start: int
    fields: Struct
    groups: RowGroups

    @property
    def rows(self) -> int:
        """Rows of the table."""
        return integer(self.fields, FileField.ROWS)

    @property
    def elements(self) -> list[Struct]:
        """The schema tree, depth first, its root first."""
        return structs(self.fields, FileField.SCHEMA)


def read_footer(file: BinaryIO) -> Footer:
    """Read the footer of a parquet file.

    Raises:
        FormatError: this is no parquet file, it is truncated, or it is encrypted.
    """
    size = file.seek(0, 2)
    tail = read_range(file, max(size - _TAIL, 0), size)
    length = int.from_bytes(tail[:4], "little")
    if size < len(MAGIC) + _TAIL or tail[4:] != MAGIC or read_range(file, 0, 4) != MAGIC:
        raise FormatError("It does not begin and end as a parquet file does.")
    start = size - _TAIL - length
    if start < len(MAGIC):
        raise FormatError("Its footer is longer than the file.")
    return _decode(read_range(file, start, start + length), start)


def read_range(file: BinaryIO, start: int, end: int) -> bytes:
    """Bytes `[start, end)` of a file; FormatError if it has fewer."""
    file.seek(start)
    parts = []
    while start < end and (part := file.read(end - start)):
        parts.append(part)
        start += len(part)
    if start < end:
        raise FormatError(f"It ends at byte {start}, before byte {end}.")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def encode_footer(fields: Struct, count: int, groups: bytes) -> list[bytes]:
    """The end of a parquet file: FileMetaData with `count` encoded row groups, length, magic."""
    encoded = Raw(encode_list_header(count, ThriftType.STRUCT) + groups)
    data = encode_struct(fields | {FileField.ROW_GROUPS: ThriftField(ThriftType.LIST, encoded)})
    return [data, len(data).to_bytes(4, "little"), MAGIC]


def _decode(data: bytes, start: int) -> Footer:
    reader = Reader(data)
    fields: Struct = {}
    groups: RowGroups | None = None
    number = 0
    while (header := reader.field_header(number)) is not None:
        number, kind = header
        if number == FileField.ROW_GROUPS and kind is ThriftType.LIST:
            found = columns_of(structs(fields, FileField.SCHEMA))
            groups = _decode_groups(reader, found[-1].leaf_end if found else 0)
        else:
            fields[number] = reader.field(kind)
    if groups is None or FileField.ENCRYPTION in fields:
        raise FormatError("Its footer is encrypted or incomplete.")
    footer = Footer(start, fields, groups)
    _check(footer)
    return footer


def _decode_groups(reader: Reader, leaves: int) -> RowGroups:
    count, kind = reader.list_header()
    if count and kind is not ThriftType.STRUCT:
        raise FormatError("Its row groups are no structs.")
    start = reader.at
    alike, reader.at = read_structs(reader.data, start, count, _is_wanted, _LAST)
    group = {field: _absent((count,)) for field in GroupField}
    chunk = {field: _absent((count, leaves)) for field in _NEEDED}
    for same in alike:
        for path, spans in same.spans.items():
            if path in _GROUP_PATHS:
                _note(group[_GROUP_PATHS[path]], same.members, spans, start)
                continue
            field, leaf = _CHUNK_PATHS[path[2:]], path[1]
            if leaf >= leaves:
                raise FormatError("Its row groups have more columns than its schema.")
            if field not in chunk:
                chunk[field] = _absent((count, leaves))
            _note(chunk[field], (same.members, leaf), spans, start)
    return RowGroups(reader.data[start : reader.at], count, group, chunk)


def _is_wanted(path: Path) -> bool:
    return path in _GROUP_PATHS or (len(path) > 1 and path[0] == 1 and path[2:] in _CHUNK_PATHS)


def _absent(shape: tuple[int, ...]) -> Spans:
    return Spans(np.full(shape, -1), np.full(shape, -1), np.zeros(shape, np.int64))


def _note(target: Spans, index: Ints | tuple[Ints, int], spans: Spans, start: int) -> None:
    target.start[index] = spans.start - start
    target.end[index] = spans.end - start
    if len(spans.value):
        target.value[index] = spans.value


def _check(footer: Footer) -> None:
    """FormatError unless every row group has every chunk, all inside this file, and all rows."""
    groups = footer.groups
    needed = [groups.chunk[field] for field in _NEEDED]
    needed += [groups.group[f] for f in (GroupField.HEADER, GroupField.ROWS, GroupField.BYTE_SIZE)]
    if any((spans.start < 0).any() for spans in needed):
        raise FormatError("A column is missing in a row group.")
    if ChunkField.FILE_PATH in groups.chunk or ChunkField.ENCRYPTION in groups.chunk:
        raise FormatError("Its columns are encrypted or lie in other files.")
    start, end = groups.chunk_start, groups.chunk_end
    if ((start < len(MAGIC)) | (end < start) | (end > footer.start)).any():
        raise FormatError("A column lies outside of the file.")
    if (groups.rows < 0).any() or int(groups.rows.sum()) != footer.rows:
        raise FormatError("Its row groups do not add up to its rows.")
