"""New columns' chunks, as pyarrow encodes them for row groups of given sizes.

    rows of the file    group 0: 0 0 0 | group 1: 0 0 1 | group 2: 0 0 0 | group 3: 0 0 1
    encoded in memory   chunk 0: 0 0 0 | chunk 1: 0 0 1
    used for            groups 0 and 2 | groups 1 and 3

pyarrow encodes them as a parquet file of their own, from which the chunks are taken. A recorder
makes a row group per episode, and labels of many episodes are the same: these are encoded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labeler.parquet.footer import ChunkField, Footer, RowGroups, read_footer, read_range
from labeler.parquet.schema import FileField, integer
from labeler.parquet.thrift import FormatError, Reader
from labeler.parquet.walk import Ints

_CODECS = {0: "none", 1: "snappy", 2: "gzip", 4: "brotli", 5: "lz4", 6: "zstd", 7: "lz4"}
_DEFAULT_CODEC = "snappy"  # in place of LZO, which nobody writes
_META, _CODEC = 3, 4  # ColumnChunk.meta_data, ColumnMetaData.codec
_DATA_PAGE_V2 = 3  # PageType; the first field of a page's header
_PAGE_TYPE_BYTES = 2


@dataclass(frozen=True)
class Style:
    """How a file writes its columns."""

    codec: str
    page_version: str
    format_version: str
    page_index: bool


def style_of(file: BinaryIO, footer: Footer, leaf: int) -> Style:
    """The style of a column: that of its chunk in the first row group that has rows."""
    codec, page_version = _DEFAULT_CODEC, "1.0"
    for group in np.flatnonzero(footer.groups.rows)[:1].tolist():
        meta = footer.groups.chunk_struct(group, leaf)[_META].value
        assert isinstance(meta, dict)
        codec = _CODECS.get(integer(meta, _CODEC), _DEFAULT_CODEC)
        # not from the footer's encoding statistics: Arrow C++ calls every data page a DATA_PAGE
        page = int(footer.groups.chunk[ChunkField.DATA_PAGE].value[group, leaf])
        reader = Reader(read_range(file, page, page + _PAGE_TYPE_BYTES))
        reader.field_header(0)
        page_version = "2.0" if reader.number() == _DATA_PAGE_V2 else "1.0"
    format_version = "1.0" if integer(footer.fields, FileField.VERSION) == 1 else "2.6"
    return Style(
        codec, page_version, format_version, ChunkField.OFFSET_INDEX in footer.groups.chunk
    )


@dataclass(frozen=True)
class EncodedColumns:
    """Neighbouring columns in a parquet file of their own, `data`, in memory.

    Row group g of the table is row group `which[g]` of that file: equal values are encoded once.
    """

    fields: tuple[pa.Field, ...]
    data: bytes
    footer: Footer
    which: Ints

    @cached_property
    def groups(self) -> RowGroups:
        """A description for each row group of the table."""
        return self.footer.groups.select(self.which)

    @property
    def leaves(self) -> Ints:
        """Positions of their chunks in each of their row groups."""
        return np.arange(self.groups.chunk[ChunkField.WHOLE].start.shape[1])

    @cached_property
    def start(self) -> Ints:
        """Where their chunks begin in `data`, shape (groups,)."""
        start: Ints = self.footer.groups.chunk_start.min(axis=1)[self.which]
        return start

    @cached_property
    def end(self) -> Ints:
        """The byte behind their chunks in `data`, shape (groups,)."""
        end: Ints = self.footer.groups.chunk_end.max(axis=1)[self.which]
        return end

    def views(self) -> list[memoryview]:
        """The chunks of each row group of the table."""
        groups, view = self.footer.groups, memoryview(self.data)
        start, end = groups.chunk_start.min(axis=1), groups.chunk_end.max(axis=1)
        bounds = zip(start.tolist(), end.tolist(), strict=True)
        distinct = [view[first:last] for first, last in bounds]
        return [distinct[group] for group in self.which.tolist()]


def encode_columns(columns: Mapping[str, pa.Array], rows: Ints, style: Style) -> EncodedColumns:
    """Encode one or more columns in row groups of the given sizes, shape (groups,).

    Raises:
        ValueError: the sizes do not add up to the number of values of a column.
        FormatError: pyarrow does not write row groups of these sizes.
    """
    for name, values in columns.items():
        if len(values) != int(rows.sum()):
            raise ValueError(f"{len(values)} values of {name} do not fit {int(rows.sum())} rows.")
    fields = tuple(pa.field(name, values.type) for name, values in columns.items())
    first, which = _distinct(list(columns.values()), rows)
    table = _rows_of(pa.table(list(columns.values()), schema=pa.schema(fields)), first, rows)
    data = _encode(table, rows[first], style)
    footer = read_footer(BytesIO(data))
    if footer.groups.count != len(first):
        raise FormatError(f"pyarrow does not write row groups of {int(rows.max())} rows.")
    return EncodedColumns(fields, data, footer, which)


def _rows_of(table: pa.Table, groups: Ints, rows: Ints) -> pa.Table:
    """The rows of some row groups, given the sizes of all; values that are not there in none."""
    if len(groups) == len(rows):
        return table
    chosen = np.zeros(len(rows), np.bool_)
    chosen[groups] = True
    wanted = np.repeat(chosen, rows)
    # not `filter`, which imports all of Arrow's functions: a fifth of the time of a small `apply`
    kept = [
        pa.array(column.to_numpy(zero_copy_only=False)[wanted], column.type)
        for column in table.columns
    ]
    return pa.table(kept, schema=table.schema)


def _encode(table: pa.Table, sizes: Ints, style: Style) -> bytes:
    """A parquet file with row groups of the given sizes, shape (groups,)."""
    # A few lists of numbers that seldom recur: a dictionary would cost a page and save nothing, and
    # nobody looks for rows by the extremes of what are statistics themselves.
    plain = [field.name for field in table.schema if not pa.types.is_nested(field.type)]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        use_dictionary=plain,
        write_statistics=plain,
        compression=style.codec,
        version=style.format_version,
        data_page_version=style.page_version,
        write_page_index=style.page_index,
        store_schema=False,
    ) as writer:
        begins = np.cumsum(sizes) - sizes
        for run in _runs(sizes):
            size = int(sizes[run[0]])
            writer.write_table(table.slice(int(begins[run[0]]), size * len(run)), max(size, 1))
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _runs(sizes: Ints) -> list[Ints]:
    """Row groups cut into runs of one size; empty ones stand alone."""
    together = (np.diff(sizes) == 0) & (sizes[1:] > 0)
    groups = np.arange(len(sizes))
    return np.split(groups, np.flatnonzero(~together) + 1) if len(groups) else []


def _distinct(columns: Sequence[pa.Array], rows: Ints) -> tuple[Ints, Ints]:
    """The first row group with each content, and for each row group which of these it equals.

    Many episodes have the same rewards. Row groups count as distinct where a column is of a kind
    that is not compared: nested ones and such with nulls.
    """
    count = len(rows)
    if not all(pa.types.is_primitive(c.type) and not c.null_count for c in columns):
        return np.arange(count), np.arange(count)
    parts = [_row_bytes(column) for column in columns]
    seen: dict[tuple[bytes, ...], int] = {}
    first: list[int] = []
    which = np.empty(count, np.int64)
    at = 0
    for group, size in enumerate(rows.tolist()):
        key = tuple(data[at * width : (at + size) * width] for data, width in parts)
        at += size
        if key not in seen:
            seen[key] = len(first)
            first.append(group)
        which[group] = seen[key]
    return np.array(first, np.int64), which


def _row_bytes(column: pa.Array) -> tuple[bytes, int]:
    """All values of a column as bytes, and how many bytes each has."""
    plain = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    array = plain.to_numpy(zero_copy_only=False)
    return array.tobytes(), array.itemsize
