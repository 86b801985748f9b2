"""Reading some columns of a file."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.errors import DamagedDatasetError
from labeler.parquet.reading import read_table


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
    with pytest.raises(DamagedDatasetError):
        read_table(file, ["a"])


def test_a_missing_file_is_called_missing(tmp_path):
    with pytest.raises(DamagedDatasetError):
        read_table(tmp_path / "file.parquet", ["a"])
