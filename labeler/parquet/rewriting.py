"""Writing an arrow table as a parquet file laid out like another one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labeler import disk
from labeler.parquet.metadata import rename_features
from labeler.parquet.reading import damage_error, read_table


def row_group_sizes(path: Path) -> list[int]:
    """Rows of every row group of a file."""
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise damage_error(path, error) from error
    return [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]


def compression(path: Path) -> str:
    """Codec of the first column of a file, as pyarrow names it."""
    metadata = pq.read_metadata(path)
    if not metadata.num_row_groups or not metadata.num_columns:
        return "snappy"
    name: str = metadata.row_group(0).column(0).compression
    return "none" if name == "UNCOMPRESSED" else name.lower()


def rename_columns(table: pa.Table, new: Mapping[str, str]) -> pa.Table:
    """The table with other names for some columns, also where `datasets` describes them."""
    if not new:
        return table
    names = [new.get(name, name) for name in table.column_names]
    metadata = rename_features(table.schema.metadata or {}, new)
    return table.rename_columns(names).replace_schema_metadata(metadata or None)


def renamed_file(path: Path, new: Mapping[str, str], *, rows: int) -> pa.Buffer:
    """Content of the first `rows` of a file, with other names for some columns.

    Row groups stay as they are, up to the last.

    Raises:
        DamagedDatasetError: it is missing, truncated or no parquet file.
    """
    table = rename_columns(read_table(path).slice(0, rows), new)
    ends = np.minimum(np.cumsum(row_group_sizes(path)), rows)
    return encode_table(table, np.diff(ends, prepend=0).tolist(), compression(path))


def write_table(path: Path, table: pa.Table, group_sizes: Sequence[int], codec: str) -> str:
    """Make a new file with one row group per entry of `group_sizes`; its SHA-256 comes back.

    Empty groups are left out.
    """
    return disk.write_file(path, memoryview(encode_table(table, group_sizes, codec)))


def encode_table(table: pa.Table, group_sizes: Sequence[int], codec: str) -> pa.Buffer:
    """The content of such a file."""
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression=codec) as writer:
        start = 0
        for size in group_sizes:
            if size:
                writer.write_table(table.slice(start, size), row_group_size=size)
            start += size
    return sink.getvalue()
