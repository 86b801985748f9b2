"""Long footers of parquet files, of which only a few columns matter.

A recorder that flushes every few rows makes footers of 10^8 bytes, nearly all of them about
statistics; decoded by pyarrow they take long, and eight times that in memory. Row groups stand one
behind the other in a footer, so what is not wanted is cut out and the rest is decoded in parts.

    footer    schema A B C | group 0: A, B, C | group 1: A, B, C | group 2: A, B, C | …
    decoded   schema   B   | group 0:    B    | group 1:    B    |
              schema   B   | group 2:    B    | …

Source: apache/parquet-format, parquet.thrift (FileMetaData, RowGroup) and apache/thrift,
doc/specs/thrift-compact-protocol.md.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labeler.parquet.schema import (
    ElementField,
    FileField,
    ParquetColumn,
    columns_of,
    integer,
    structs,
)
from labeler.parquet.shape import read_beginnings
from labeler.parquet.thrift import (
    NUMBERS,
    FormatError,
    Items,
    Raw,
    Reader,
    Struct,
    ThriftField,
    ThriftType,
    encode_list_header,
    encode_struct,
)
from labeler.parquet.walk import Ints

_MAGIC = b"PAR1"
_TAIL = 8  # bytes: length of the footer, magic
_PART = 8 << 20
_BEGINNING = 1 << 16  # bytes in which the schema of nearly every file ends
_VARINT = rb"[\x80-\xff]{0,9}[\x00-\x7f]"
# RowGroup.columns, a list of 15 or more, and ColumnChunk.file_offset.
_BEGIN = re.compile(rb"\x19\xfc" + _VARINT + rb"\x26", re.DOTALL)
_COLUMNS = 1  # RowGroup.columns
_REST_BYTES = 80  # five numbers of at most ten bytes, each behind a header


@dataclass(frozen=True)
class LongFooter:
    """A footer: the fields before its row groups, the header of their list, and where they are.

    `bounds` are the first bytes of the row groups and the byte behind the last: (groups + 1,).
    """

    data: bytes
    fields: Struct
    list_at: int
    bounds: Ints


def read_metadata(
    path: Path, wanted: Collection[str], part: int = _PART
) -> tuple[pa.Schema, Iterator[pq.FileMetaData]]:
    """All columns of a file, and its metadata in the order of its rows.

    Where the footer exceeds `part` bytes the metadata come a few row groups at a time and describe
    the wanted columns only.

    Raises:
        pa.ArrowException: this is no parquet file, or it is damaged.
        OSError: it cannot be read.
    """
    data = _footer(path)
    if len(data) > part:
        try:
            footer = _split(data)
            chosen = [c for c in columns_of(_elements(footer)) if c.name in wanted]
            if chosen:
                groups = _cut(footer, chosen)
                return _schema(footer), _parts(_head(footer, chosen), groups, part)
        except FormatError:
            pass  # pyarrow can read it, or says better what is wrong
    whole = _decode(data)
    return whole.schema.to_arrow_schema(), iter([whole])


def has_long_footer(path: Path, more: int) -> bool:
    """Whether the footer of a file has more than `more` bytes.

    Raises:
        pa.ArrowException: this is no parquet file, or it is damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return _footer_place(file)[1] > more


def row_count(path: Path) -> int:
    """Rows of a file, from the beginning of its footer: row groups stay unread.

    Raises:
        pa.ArrowException: this is no parquet file, or it is damaged.
        OSError: it cannot be read.
    """
    with suppress(FormatError, IndexError):  # the schema is longer than that
        for number, field in _first_fields(path):
            if number == FileField.ROWS:
                return integer({number: field}, number)
    return int(pq.read_metadata(path).num_rows)


def column_names(path: Path) -> list[str]:
    """Names of the columns of a file, from the beginning of its footer: row groups stay unread.

    Raises:
        pa.ArrowException: this is no parquet file, or it is damaged.
        OSError: it cannot be read.
    """
    with suppress(FormatError, IndexError):  # the schema is longer than that, or has a name twice
        for number, field in _first_fields(path):
            if number == FileField.SCHEMA:
                return [column.name for column in columns_of(structs({number: field}, number))]
    return list(pq.read_schema(path).names)


def _first_fields(path: Path) -> Iterator[tuple[int, ThriftField]]:
    """Fields from the beginning of a footer, each with its id, as far as these bytes reach.

    Raises:
        FormatError: they end inside a field.
    """
    reader = Reader(_footer(path, _BEGINNING))
    number = 0
    while (header := reader.field_header(number)) is not None:
        number, kind = header
        yield number, reader.field(kind)


def _split(data: bytes) -> LongFooter:
    """Find the row groups by the bytes with which all of them begin.

    The same bytes may occur inside one: then there are more than the list has groups.
    """
    reader = Reader(data)
    fields: Struct = {}
    number = 0
    while (header := reader.field_header(number)) is not None and header[0] != FileField.ROW_GROUPS:
        number, kind = header
        fields[number] = reader.field(kind)
    list_at = reader.at
    count, _ = reader.list_header()
    begin = _BEGIN.match(data, reader.at)
    if header is None or header[1] is not ThriftType.LIST or begin is None:
        raise FormatError("Its row groups do not begin as expected.")
    pattern = re.compile(re.escape(begin[0]))
    starts = [found.start() for found in pattern.finditer(data, reader.at)]
    if len(starts) != count:
        raise FormatError("Its row groups cannot be told apart.")
    last = Reader(data, starts[-1])
    last.struct()
    return LongFooter(data, fields, list_at, np.array([*starts, last.at]))


def _cut(footer: LongFooter, chosen: list[ParquetColumn]) -> list[bytes]:
    """Every row group with the chunks of the chosen columns only."""
    leaves = [leaf for column in chosen for leaf in range(column.leaf, column.leaf_end)]
    paths = [(_COLUMNS, leaf) for leaf in leaves]
    starts, ends = footer.bounds[:-1], footer.bounds[1:]
    spans = read_beginnings(footer.data, starts, set(paths).__contains__, paths[-1])
    apart = [n for n in range(1, len(leaves)) if leaves[n] != leaves[n - 1] + 1]
    firsts = [spans[paths[n]].start for n in (0, *apart)]
    lasts = [spans[paths[n - 1]].end for n in (*apart, len(leaves))]
    rest = _rest(footer)
    table = np.stack([*(at for pair in zip(firsts, lasts, strict=True) for at in pair), rest, ends])
    # RowGroup.columns is a list in field 1
    header = b"\x19" + encode_list_header(len(leaves), ThriftType.STRUCT)
    return [
        header + b"".join(footer.data[a:b] for a, b in zip(row[::2], row[1::2], strict=True))
        for row in table.T.tolist()
    ]


def _rest(footer: LongFooter) -> Ints:
    """Where each row group goes on behind its columns, with the same fields as the first one.

    Found from behind, past all that is not wanted: only the last byte of a number is below 0x80, as
    is the header of each field, so there is one way to read them.
    """
    reader = Reader(footer.data, int(footer.bounds[0]))
    reader.field_header(0)
    reader.value(ThriftType.LIST)
    pattern, number = b"", _COLUMNS
    while (header := reader.field_header(number)) is not None:
        step, (number, kind) = header[0] - number, header
        if kind not in NUMBERS or not 0 < step < 8:
            raise FormatError("Its row groups have unknown fields.")
        reader.varint()
        pattern += re.escape(bytes([step << 4 | kind])) + _VARINT
    search = re.compile(pattern + rb"\x00\Z", re.DOTALL).search
    ends = footer.bounds[1:].tolist()
    found = [search(footer.data, max(end - _REST_BYTES, 0), end) for end in ends]
    starts = [match.start() for match in found if match is not None]
    if len(starts) != len(ends):
        raise FormatError("Its row groups have different fields.")
    return np.array(starts)


def _head(footer: LongFooter, chosen: list[ParquetColumn]) -> Struct:
    """The fields before the row groups, with the chosen columns only."""
    elements = _elements(footer)
    kept = [elements[0] | {ElementField.CHILDREN: ThriftField(ThriftType.I32, len(chosen))}]
    for column in chosen:
        kept += elements[column.element : column.element_end]
    schema = ThriftField(ThriftType.LIST, Items(ThriftType.STRUCT, list(kept)))
    return footer.fields | {FileField.SCHEMA: schema}


def _elements(footer: LongFooter) -> list[Struct]:
    return structs(footer.fields, FileField.SCHEMA)


def _schema(footer: LongFooter) -> pa.Schema:
    """All columns, from the footer without its row groups but the last."""
    header = encode_list_header(1, ThriftType.STRUCT)
    last = int(footer.bounds[-2])
    data = footer.data[: footer.list_at] + header + footer.data[last:]
    return _decode(data).schema.to_arrow_schema()


def _parts(head: Struct, groups: list[bytes], part: int) -> Iterator[pq.FileMetaData]:
    step = max(1, len(groups) * part // sum(map(len, groups)))
    for first in range(0, len(groups), step):
        some = groups[first : first + step]
        encoded = Raw(encode_list_header(len(some), ThriftType.STRUCT) + b"".join(some))
        yield _decode(
            encode_struct(head | {FileField.ROW_GROUPS: ThriftField(ThriftType.LIST, encoded)})
        )


def _decode(footer: bytes) -> pq.FileMetaData:
    length = len(footer).to_bytes(4, "little")
    return pq.read_metadata(pa.BufferReader(_MAGIC + footer + length + _MAGIC))


def _footer(path: Path, most: int = -1) -> bytes:
    with path.open("rb") as file:
        place, length = _footer_place(file)
        file.seek(place)
        return file.read(length if most < 0 else min(length, most))


def _footer_place(file: BinaryIO) -> tuple[int, int]:
    """First byte of a footer, and its length."""
    size = file.seek(0, 2)
    file.seek(max(size - _TAIL, 0))
    tail = file.read()
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length > size - _TAIL:
        raise pa.ArrowInvalid("Parquet magic bytes not found in footer.")
    return size - _TAIL - length, length
