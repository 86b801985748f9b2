"""Parquet files whose writer was killed: pages are there, the footer that says where is not.

    PAR1 | group 0: A A' B | group 1: A A' B | group 2: A …

Every page begins with a header that gives its size and its values (parquet.thrift, PageHeader), so
pages are walked from the first byte on, and a footer is made for the row groups that are complete.
What the columns are has to be known. For files as pyarrow's ParquetWriter makes them for LeRobot
(0.4.4 and 0.6.1, snappy, dictionaries): the chunk of a column begins with a dictionary page, but
for one of truth values, which has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labeler.errors import DamagedDatasetError
from labeler.parquet.reading import check_file, damage_error, read_table
from labeler.parquet.schema import FileField, binary, integer, structs
from labeler.parquet.thrift import (
    FormatError,
    Items,
    Reader,
    Struct,
    ThriftField,
    ThriftType,
    encode_struct,
)

_MAGIC = b"PAR1"
_TAIL = 8  # bytes: length of the footer, magic
_SNAPPY = 1


class _Page(IntEnum):
    """PageType."""

    DATA = 0
    DICTIONARY = 2
    DATA_V2 = 3


_VALUES = {_Page.DATA: 5, _Page.DICTIONARY: 7, _Page.DATA_V2: 8}
"""Field of PageHeader with the header of that kind, whose first field is the number of values."""


@dataclass
class _Chunk:
    """The pages of one column in one row group."""

    start: int
    dictionary: bool = False
    data: int = 0
    end: int = 0
    size: int = 0
    values: int = 0


@dataclass(frozen=True)
class _Leaf:
    """A column as a file keeps it: physical type, path, values of a row."""

    kind: int
    path: tuple[bytes, ...]
    width: int
    has_dictionary: bool


def has_footer(path: Path) -> bool:
    """Whether a file ends as a finished parquet file does."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - len(_MAGIC), 0))
        return file.read() == _MAGIC and size > _TAIL + len(_MAGIC)


def rows_of_unfinished(path: Path, schema: pa.Schema, widths: dict[str, int]) -> pa.Table:
    """The rows of the complete row groups of a file without a footer.

    `schema` is that of its writer; `widths` gives the values of a row for columns that are lists.

    Raises:
        DamagedDatasetError: it is no such file, or its pages are not those of such columns.
    """
    check_file(path)
    data = path.read_bytes()
    template = pa.BufferOutputStream()
    pq.ParquetWriter(template, schema, compression="snappy").close()
    try:
        footer = _footer_of(template.getvalue().to_pybytes())
        leaves = _leaves(footer, schema, widths)
        groups = list(_groups(data, leaves))
        content = data[: groups[-1][-1].end if groups else len(_MAGIC)]
        finished = content + _tail(footer, leaves, groups)
        return pq.read_table(pa.BufferReader(finished))
    except (FormatError, pa.ArrowException, OSError, IndexError) as error:
        raise damage_error(path, error) from error


def _footer_of(content: bytes) -> Struct:
    length = int.from_bytes(content[-_TAIL : -len(_MAGIC)], "little")
    return Reader(content, len(content) - _TAIL - length).struct()


def _leaves(footer: Struct, schema: pa.Schema, widths: dict[str, int]) -> list[_Leaf]:
    """Leaves in order, from the schema tree, depth first."""
    elements = iter(structs(footer, FileField.SCHEMA)[1:])
    found: list[_Leaf] = []

    def walk(element: Struct, above: tuple[bytes, ...]) -> None:
        path = (*above, binary(element, 4))
        if 5 not in element:  # no children
            kind, width = integer(element, 1), widths.get(path[0].decode(), 1)
            found.append(_Leaf(kind, path, width, has_dictionary=kind != 0))
            return
        for _ in range(integer(element, 5)):
            walk(next(elements), path)

    for element in elements:
        walk(element, ())
    return found


def _groups(data: bytes, leaves: list[_Leaf]) -> Iterator[list[_Chunk]]:
    """The row groups that are complete; what is behind them is none."""
    if data[: len(_MAGIC)] != _MAGIC:
        raise FormatError("It does not begin as a parquet file.")
    at = len(_MAGIC)
    while True:
        try:
            chunks = _group(data, at, leaves)
        except FormatError:
            return
        yield chunks
        at = chunks[-1].end


def _group(data: bytes, at: int, leaves: list[_Leaf]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    rows = 0
    for number, leaf in enumerate(leaves):
        # of the first column it is only known that the next one begins with a dictionary
        wanted = rows * leaf.width if number else None
        chunk = _chunk(data, at, leaf, wanted, of_next=leaves[1:2])
        rows = rows or chunk.values // leaf.width
        if chunk.values != rows * leaf.width or not rows:
            raise FormatError("The columns of a row group have different numbers of rows.")
        chunks.append(chunk)
        at = chunk.end
    return chunks


def _chunk(data: bytes, at: int, leaf: _Leaf, wanted: int | None, of_next: list[_Leaf]) -> _Chunk:
    chunk = _Chunk(at)
    if leaf.has_dictionary:
        kind, _, size, at = _page(data, at)
        if kind is not _Page.DICTIONARY:
            raise FormatError("A column does not begin with its dictionary.")
        chunk.dictionary, chunk.size = True, size
    chunk.data = at
    while wanted is None or chunk.values < wanted:
        if wanted is None and chunk.values and _ends_here(data, at, of_next):
            break
        kind, values, size, at = _page(data, at)
        if kind is _Page.DICTIONARY:
            raise FormatError("A dictionary stands between the pages of a column.")
        chunk.values, chunk.size = chunk.values + values, chunk.size + size
    chunk.end = at
    return chunk


def _ends_here(data: bytes, at: int, of_next: list[_Leaf]) -> bool:
    if not of_next or not of_next[0].has_dictionary:
        return True  # a single page, or the numbers of rows will not agree
    return _page(data, at)[0] is _Page.DICTIONARY


def _page(data: bytes, at: int) -> tuple[_Page, int, int, int]:
    """Kind of a page, its values, its size with header when decompressed, and where it ends."""
    reader = Reader(data, at)
    try:
        header = reader.struct()
        kind = _Page(integer(header, 1))
        inner = header[_VALUES[kind]].value
    except (ValueError, KeyError) as error:
        raise FormatError("There is no page.") from error
    if not isinstance(inner, dict):
        raise FormatError("A page does not say how many values it has.")
    end = reader.at + integer(header, 3)
    if end > len(data) or integer(header, 3) < 0:
        raise FormatError("A page is cut off.")
    return kind, integer(inner, 1), reader.at - at + integer(header, 2), end


def _number(value: int, kind: ThriftType = ThriftType.I64) -> ThriftField:
    return ThriftField(kind, value)


def _list(kind: ThriftType, values: list[object]) -> ThriftField:
    return ThriftField(ThriftType.LIST, Items(kind, values))  # type: ignore[arg-type]


def _tail(footer: Struct, leaves: list[_Leaf], groups: list[list[_Chunk]]) -> bytes:
    """The footer of a finished file with these row groups, its length and the magic."""
    made = [_row_group(leaves, chunks) for chunks in groups]
    rows = sum(chunks[0].values // leaves[0].width for chunks in groups)
    whole = encode_struct(
        footer
        | {
            FileField.ROWS: _number(rows),
            FileField.ROW_GROUPS: _list(ThriftType.STRUCT, list(made)),
        }
    )
    return whole + len(whole).to_bytes(4, "little") + _MAGIC


def _row_group(leaves: list[_Leaf], chunks: list[_Chunk]) -> Struct:
    columns: list[object] = [
        {2: _number(0), 3: ThriftField(ThriftType.STRUCT, _metadata(leaf, chunk))}
        for leaf, chunk in zip(leaves, chunks, strict=True)
    ]
    return {
        1: _list(ThriftType.STRUCT, columns),
        2: _number(sum(chunk.size for chunk in chunks)),
        3: _number(chunks[0].values // leaves[0].width),
    }


def _metadata(leaf: _Leaf, chunk: _Chunk) -> Struct:
    """ColumnMetaData."""
    found = {
        1: _number(leaf.kind, ThriftType.I32),
        2: _list(ThriftType.I32, [0, 3, 8]),  # PLAIN, RLE, RLE_DICTIONARY
        3: _list(ThriftType.BINARY, list(leaf.path)),
        4: _number(_SNAPPY, ThriftType.I32),
        5: _number(chunk.values),
        6: _number(chunk.size),
        7: _number(chunk.end - chunk.start),
        9: _number(chunk.data),
    }
    return found | ({11: _number(chunk.start)} if chunk.dictionary else {})


def read_rows(path: Path, schema: pa.Schema, widths: dict[str, int]) -> pa.Table:
    """Rows of a data file, finished or not.

    Raises:
        DamagedDatasetError: it cannot be read, or has other columns.
    """
    check_file(path)
    if not has_footer(path):
        return rows_of_unfinished(path, schema, widths)
    table = read_table(path)
    if table.column_names != schema.names:
        raise DamagedDatasetError(
            f"{path} has other columns than meta/info.json declares.", "Restore it."
        )
    return table
