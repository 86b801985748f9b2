"""Reading some columns of a file, and writing tables laid out like another file."""

import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.errors import DamagedDatasetError
from labeler.parquet.reading import (
    damage_error,
    is_numeric,
    list_values,
    open_parquet,
    read_table,
    schema_of,
)
from labeler.parquet.rewriting import compression, row_group_sizes, write_table


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file.parquet"
    table = {"a": range(1000), "b": ["text"] * 1000, "c": [[1.5, 2.5]] * 1000}
    pq.write_table(
        pa.table(table), path, row_group_size=7, compression="none", use_dictionary=False
    )
    return path


@pytest.mark.parametrize("columns", [["a"], ["c", "b"], ["a", "b", "c"]])
def test_it_is_what_pyarrow_reads(file, columns):
    table = read_table(file, columns, many_groups=True)
    expected = pq.read_table(file, columns=columns)
    assert table.select(columns).equals(expected.select(columns))
    file.write_bytes(b"")  # nothing of the table is still in the file
    assert table.select(columns).equals(expected.select(columns))


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_a_file_that_is_cut_off_is_called_damaged(file, size):
    file.write_bytes(file.read_bytes()[:size])
    for read in (read_table, open_parquet, schema_of, row_group_sizes):
        with pytest.raises(DamagedDatasetError, match="is truncated or no parquet file"):
            read(file)


def test_a_missing_file_is_called_missing(tmp_path):
    for read in (read_table, open_parquet, schema_of):
        with pytest.raises(DamagedDatasetError, match="is missing"):
            read(tmp_path / "file.parquet")


def test_what_became_of_a_file_meanwhile_is_said(tmp_path):
    """A file that vanished while it was read is missing, whatever the reader said of it."""
    error = damage_error(tmp_path / "file.parquet", pa.ArrowInvalid("Unexpected end of stream"))
    assert error.message == f"{tmp_path / 'file.parquet'} is missing."


def test_groups_and_columns_of_an_open_file(file):
    assert schema_of(file).equals(pq.read_schema(file))
    with open_parquet(file) as opened:
        assert opened.read_row_group(1, ["a"])["a"].to_pylist() == list(range(7, 14))


@pytest.mark.parametrize(
    ("kind", "numeric"),
    [
        (pa.float32(), True),
        (pa.int64(), True),
        (pa.bool_(), True),
        (pa.list_(pa.float32(), 6), True),
        (pa.list_(pa.float32()), False),
        (pa.string(), False),
        (pa.list_(pa.string(), 2), False),
    ],
)
def test_numbers_are_told_from_what_is_none(kind, numeric):
    assert is_numeric(kind) is numeric


@pytest.mark.parametrize("codec", ["snappy", "zstd", "none"])
def test_a_table_gets_the_groups_and_the_codec_of_another_file(tmp_path, codec):
    table = pa.table({"a": range(30)})
    with pq.ParquetWriter(tmp_path / "a", table.schema, compression=codec) as writer:
        for start, size in ((0, 10), (10, 4), (14, 16)):
            writer.write_table(table.slice(start, size))
    assert row_group_sizes(tmp_path / "a") == [10, 4, 16]
    assert compression(tmp_path / "a") == codec
    digest = write_table(tmp_path / "b", table, [10, 0, 4, 16], codec)  # empty ones are left out
    assert hashlib.sha256((tmp_path / "b").read_bytes()).hexdigest() == digest
    assert row_group_sizes(tmp_path / "b") == [10, 4, 16]
    assert compression(tmp_path / "b") == codec
    assert pq.read_table(tmp_path / "b").equals(table)


@pytest.mark.parametrize("table", [{}, {"a": pa.array([], pa.int64())}], ids=["columns", "rows"])
def test_a_file_without_anything_says_no_codec(tmp_path, table):
    with pq.ParquetWriter(tmp_path / "a", pa.table(table).schema, compression="zstd"):
        pass
    assert compression(tmp_path / "a") == "snappy"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([[1, 2], [3], [], [4]], pa.list_(pa.int64())),
        ([[1, 2], None, [3]], pa.list_(pa.int64())),
        ([[1, 2], [3, 4], [5, 6]], pa.list_(pa.int64(), 2)),
        ([[1, 2], None, [5, 6]], pa.list_(pa.int64(), 2)),
        ([[[1], [2]], [[3], [4]]], pa.list_(pa.list_(pa.int64(), 1), 2)),
        ([], pa.list_(pa.int64())),
    ],
)
def test_values_of_lists_are_those_of_flatten(values, kind) -> None:
    array = pa.array(values, kind)
    for part in (array, array.slice(1), array.slice(1, 1), array.slice(0, 0)):
        assert list_values(part).equals(part.flatten())
