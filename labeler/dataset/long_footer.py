"""Footers of parquet files in parts.

A recorder that flushes every few rows makes footers of 10^8 bytes, which take eight times that in
memory once pyarrow has decoded them. Row groups stand one behind the other in a footer, so it can
be decoded in parts. Source: apache/parquet-format, parquet.thrift (FileMetaData, RowGroup) and
apache/thrift, doc/specs/thrift-compact-protocol.md.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_MAGIC = b"PAR1"
_TAIL = 8  # bytes: length of the footer, magic
_PART = 8 << 20
_VARINT = rb"[\x80-\xff]{0,4}[\x00-\x7f]"
_LONG_LIST = rb"\x19\xfc"  # header of a field, the next after the one before; a list of structs
_GROUPS = re.compile(
    # FileMetaData.row_groups, then the first RowGroup.columns and ColumnChunk.file_offset.
    _LONG_LIST + rb"(" + _VARINT + rb")(" + _LONG_LIST + _VARINT + rb"\x26)",
    re.DOTALL,
)


def metadata_parts(path: Path, part: int = _PART) -> Iterator[pq.FileMetaData]:
    """The metadata of a file, a few row groups at a time where the footer exceeds `part` bytes.

    Raises:
        pa.ArrowException: this is no parquet file, or it is damaged.
        OSError: it cannot be read.
    """
    footer = _footer(path)
    found = _GROUPS.search(footer) if len(footer) > part else None
    if found is None:
        yield _decoded(footer)
        return
    # Every row group begins with these bytes. They may also occur inside one: then there are more
    # than the list has groups, and the footer is decoded as a whole.
    begin = re.compile(re.escape(found[2]))
    starts = [each.start() for each in begin.finditer(footer, found.start(2))]
    if len(starts) != _number(found[1]):
        yield _decoded(footer)
        return
    step = max(1, len(starts) * part // len(footer))
    bounds = [*range(0, len(starts), step), len(starts)]
    for first, last in pairwise(bounds):
        end = starts[last] if last < len(starts) else len(footer)
        header = b"\xfc" + _varint(last - first)
        groups = footer[starts[first] : end] + (b"\0" if last < len(starts) else b"")
        yield _decoded(footer[: found.start() + 1] + header + groups)


def _decoded(footer: bytes) -> pq.FileMetaData:
    length = len(footer).to_bytes(4, "little")
    return pq.read_metadata(pa.BufferReader(_MAGIC + footer + length + _MAGIC))


def _footer(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _TAIL, 0))
        tail = file.read()
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or length > size - _TAIL:
            raise pa.ArrowInvalid("Parquet magic bytes not found in footer.")
        file.seek(size - _TAIL - length)
        return file.read(length)


def _number(varint: bytes) -> int:
    return sum((byte & 0x7F) << (7 * index) for index, byte in enumerate(varint))


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
