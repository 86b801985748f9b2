"""Files without a footer: rows of whole row groups come back, and nothing else."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.errors import DamagedDatasetError
from labeler.parquet.thrift import Reader, ThriftField, ThriftType, encode_struct
from labeler.parquet.unfinished import has_footer, read_rows, rows_of_unfinished

SCHEMA = pa.schema(
    [
        ("action", pa.list_(pa.float32(), 3)),
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        ("next.done", pa.bool_()),
        ("index", pa.int64()),
    ]
)
WIDTHS = {"action": 3}


def episode(rows: int, seed: int, schema: pa.Schema = SCHEMA, size: int = 50) -> pa.Table:
    random = np.random.default_rng(seed)
    images = [{"bytes": random.bytes(size), "path": f"{n}.png"} for n in range(rows)]
    values = {
        "action": pa.FixedSizeListArray.from_arrays(
            pa.array(random.normal(size=rows * 3).astype(np.float32)), 3
        ),
        "image": pa.array(images, SCHEMA.field("image").type),
        "next.done": pa.array(np.arange(rows) == rows - 1),
        "index": pa.array(random.integers(0, 1 << 40, rows)),
    }
    return pa.table({name: values[name] for name in schema.names}, schema=schema)


def written(path: Path, tables: list[pa.Table]) -> list[int]:
    """Write a file as LeRobot's recorder does; where each row group ends comes back."""
    ends = []
    with path.open("wb") as file:
        writer = pq.ParquetWriter(file, tables[0].schema, compression="snappy", use_dictionary=True)
        for table in tables:
            writer.write_table(table)
            ends.append(file.tell())
        writer.close()
    return ends


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("size", [50, 40_000])
def test_whole_row_groups_come_back(tmp_path, size, version) -> None:
    """Also where a column has many pages: of 40 kB images not all fit a dictionary, or a page."""
    path, tables = tmp_path / "file.parquet", [episode(n, n, size=size) for n in (40, 70, 1)]
    with pq.ParquetWriter(
        path, SCHEMA, compression="snappy", data_page_version=version, data_page_size=1 << 12
    ) as writer:
        for table in tables:
            writer.write_table(table)
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    path.write_bytes(content[: -8 - length])
    assert not has_footer(path)
    assert read_rows(path, SCHEMA, WIDTHS).equals(pa.concat_tables(tables))


def test_wherever_it_was_cut_off_nothing_but_whole_row_groups_comes_back(tmp_path) -> None:
    path, tables = tmp_path / "file.parquet", [episode(n, n) for n in (3, 5, 2)]
    ends = written(path, tables)
    content = path.read_bytes()
    for size in (4, 5, *range(30, ends[-1], 7), *ends, *(end - 1 for end in ends)):
        path.write_bytes(content[:size])
        whole = [table for table, end in zip(tables, ends, strict=True) if end <= size]
        found = rows_of_unfinished(path, SCHEMA, WIDTHS)
        assert found.equals(pa.concat_tables([SCHEMA.empty_table(), *whole])), size


def test_zeros_behind_the_last_row_group_are_no_rows(tmp_path) -> None:
    path, tables = tmp_path / "file.parquet", [episode(3, 3), episode(4, 4)]
    end = written(path, tables)[0]
    path.write_bytes(path.read_bytes()[:end] + bytes(500))
    assert rows_of_unfinished(path, SCHEMA, WIDTHS).equals(tables[0])


@pytest.mark.parametrize("first", ["index", "next.done"])
def test_truth_values_may_stand_anywhere(tmp_path, first) -> None:
    other = "next.done" if first == "index" else "index"
    schema = pa.schema([SCHEMA.field(name) for name in (first, other)])
    path, table = tmp_path / "file.parquet", episode(9, 1, schema)
    end = written(path, [table])[0]
    path.write_bytes(path.read_bytes()[:end])
    assert read_rows(path, schema, {}).equals(table)


def test_a_single_column(tmp_path) -> None:
    schema = pa.schema([SCHEMA.field("index")])
    path, table = tmp_path / "file.parquet", episode(9, 1, schema)
    end = written(path, [table])[0]
    path.write_bytes(path.read_bytes()[:end])
    assert read_rows(path, schema, {}).equals(table)


def test_other_columns_than_those_of_the_writer_are_none(tmp_path) -> None:
    path = tmp_path / "file.parquet"
    end = written(path, [episode(6, 1)])[0]
    path.write_bytes(path.read_bytes()[:end])
    more = SCHEMA.append(pa.field("x", pa.float32()))
    assert rows_of_unfinished(path, more, WIDTHS).num_rows == 0
    assert rows_of_unfinished(path, SCHEMA, {"action": 4}).num_rows == 0
    turned = pa.schema([SCHEMA.field(name) for name in ("next.done", "action", "image", "index")])
    assert rows_of_unfinished(path, turned, WIDTHS).num_rows == 0


def test_a_column_without_the_dictionary_that_it_should_have_is_none(tmp_path) -> None:
    schema = pa.schema([SCHEMA.field("next.done"), SCHEMA.field("index")])
    path = tmp_path / "file.parquet"
    end = written(path, [episode(9, 1, schema)])[0]
    path.write_bytes(path.read_bytes()[:end])
    turned = pa.schema([SCHEMA.field("index"), SCHEMA.field("next.done")])
    assert rows_of_unfinished(path, turned, {}).num_rows == 0


def test_another_kind_of_file_is_named(tmp_path) -> None:
    path = tmp_path / "file.parquet"
    path.write_text("<html>404</html>")
    with pytest.raises(DamagedDatasetError, match=r"file\.parquet"):
        rows_of_unfinished(path, SCHEMA, WIDTHS)


def test_pages_that_do_not_decompress_are_damage(tmp_path) -> None:
    path = tmp_path / "file.parquet"
    end = written(path, [episode(600, 1)])[0]
    content = bytearray(path.read_bytes()[:end])
    reader = Reader(bytes(content), 4)
    reader.struct()  # the first page's header; behind it snappy says how much there is
    content[reader.at : reader.at + 4] = b"\xff" * 4
    path.write_bytes(content)
    with pytest.raises(DamagedDatasetError):
        rows_of_unfinished(path, SCHEMA, WIDTHS)


def test_a_page_without_its_number_of_values_is_no_page(tmp_path) -> None:
    path = tmp_path / "file.parquet"
    number = ThriftField(ThriftType.I32, 2)
    path.write_bytes(b"PAR1" + encode_struct(dict.fromkeys((1, 2, 3, 7), number)) + bytes(9))
    assert rows_of_unfinished(path, SCHEMA, WIDTHS).num_rows == 0


def test_a_finished_file_is_read_as_it_is_if_its_columns_are_the_declared_ones(tmp_path) -> None:
    path, table = tmp_path / "file.parquet", episode(6, 1)
    written(path, [table])
    assert has_footer(path)
    assert read_rows(path, SCHEMA, WIDTHS).equals(table)
    with pytest.raises(DamagedDatasetError, match="other columns"):
        read_rows(path, SCHEMA.remove(0), {})
