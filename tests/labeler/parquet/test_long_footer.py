"""Long footers, cut and in parts: the same rows come out, whatever lies in the statistics."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.parquet.long_footer import column_names, has_long_footer, read_metadata, row_count
from tests.labeler.parquet.parquet_files import change_footer

WANTED = ["number", "text", "last"]


def written(path, groups=50, columns=20, text="task", **options):
    values = pa.array([[float(row)] for row in range(groups * 3)])
    numbers = pa.array(range(groups * 3))
    table = {"number": numbers, "text": pa.array([[text, "other"]] * (groups * 3))}
    table |= {f"stats/{column}": values for column in range(columns)}
    pq.write_table(pa.table(table | {"last": numbers}), path, row_group_size=3, **options)
    return path


def rows(path, part):
    """How many parts there are, how many columns they describe, and the wanted columns."""
    schema, parts = read_metadata(path, WANTED, part)
    assert schema.equals(pq.read_schema(path).remove_metadata())
    columns, tables = set(), []
    for metadata in parts:
        columns.add(len(metadata.schema.to_arrow_schema().names))
        with pq.ParquetFile(path, metadata=metadata) as file:
            tables.append(file.read_row_groups(range(metadata.num_row_groups), WANTED))
    return len(tables), columns, pa.concat_tables(tables)


@pytest.mark.parametrize("columns", [20, 100])
@pytest.mark.parametrize("groups", [1, 3, 50, 300])
def test_parts_hold_every_row_once(tmp_path, groups, columns):
    path = written(tmp_path / "file.parquet", groups, columns)
    for part in (1, 10_000, 100_000):
        assert rows(path, part)[2].equals(pq.read_table(path, columns=WANTED))


def test_a_long_footer_is_cut_and_comes_in_parts_and_a_short_one_does_not(tmp_path):
    path = written(tmp_path / "file.parquet")
    count, columns, _ = rows(path, 2_000)
    assert count > 5
    assert columns == {3}
    assert rows(path, 1 << 20)[:2] == (1, {23})


@pytest.mark.parametrize(
    "options",
    [
        {"write_page_index": True},
        {"write_statistics": False},
        {"compression": "none", "use_dictionary": False},
        {"version": "1.0", "data_page_version": "2.0"},
        {"sorting_columns": [pq.SortingColumn(0)]},
    ],
)
def test_other_ways_to_write(tmp_path, options):
    path = written(tmp_path / "file.parquet", **options)
    assert rows(path, 10_000)[2].equals(pq.read_table(path, columns=WANTED))


def test_row_groups_need_not_be_alike(tmp_path):
    """Numbers, texts and lists of other lengths, nulls, and a last row group that is smaller."""
    random = np.random.default_rng(0)
    count = 500
    lists = [["x" * int(n)] * int(n % 3) for n in random.integers(0, 90, count)]
    numbers = [None if n % 7 == 0 else int(n) ** 9 for n in random.integers(0, 99, count)]
    table = {"number": pa.array(numbers, pa.int64()), "text": pa.array(lists)}
    table |= {f"stats/{n}": pa.array(random.normal(size=count)) for n in range(20)}
    table["last"] = pa.array(random.integers(0, 2, count) > 0)
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table(table), path, row_group_size=3)
    assert rows(path, 10_000)[2].equals(pq.read_table(path, columns=WANTED))


def test_statistics_that_look_like_a_row_group_do_no_harm(tmp_path):
    path = written(tmp_path / "plain.parquet")
    footer = path.read_bytes()
    begin = footer[footer.index(b"\x19\xfc\x17\x26") :][:4]  # 23 columns
    odd = pq.read_table(path).drop_columns(["text"])
    odd = odd.add_column(1, "text", pa.array([begin] * 150, pa.binary()))
    path = tmp_path / "odd.parquet"
    pq.write_table(odd, path, row_group_size=3)
    assert path.read_bytes().count(begin) > 50
    count, columns, table = rows(path, 10_000)
    assert (count, columns) == (1, {23})
    assert table.equals(pq.read_table(path, columns=WANTED))


def test_where_a_row_group_lacks_a_field_all_are_read_whole(tmp_path):
    path = written(tmp_path / "file.parquet")
    change_footer(path, lambda footer: footer[4].value.values[30].pop(6))
    count, columns, table = rows(path, 2_000)
    assert (count, columns) == (1, {23})
    assert table["last"].to_pylist() == list(range(150))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\xff" * 4 + b"PAR1", b"x" * 100])
def test_what_is_no_parquet_file_is_refused(tmp_path, content):
    path = tmp_path / "file.parquet"
    path.write_bytes(content)
    with pytest.raises((pa.ArrowException, OSError)):
        read_metadata(path, ["number"], 1)
        row_count(path)


@pytest.mark.parametrize("columns", [1, 3, 40])
def test_rows_are_counted_from_the_beginning_of_a_footer(tmp_path, columns):
    assert row_count(written(tmp_path / "file.parquet", 50, columns)) == 150
    assert row_count(written(tmp_path / "empty.parquet", 0, columns)) == 0


def test_rows_are_counted_where_the_schema_is_longer_than_the_beginning(tmp_path):
    names = [f"{number}{'x' * 1000}" for number in range(80)]
    pq.write_table(pa.table({name: range(7) for name in names}), tmp_path / "file.parquet")
    assert row_count(tmp_path / "file.parquet") == 7


def test_a_footer_that_does_not_say_how_many_rows_it_has_is_refused(tmp_path):
    path = written(tmp_path / "file.parquet", groups=1, columns=2)
    change_footer(path, lambda footer: footer.pop(3))
    with pytest.raises((pa.ArrowException, OSError)):
        row_count(path)


def test_where_nothing_is_wanted_everything_is_described(tmp_path):
    path = written(tmp_path / "file.parquet")
    _, parts = read_metadata(path, ["nothing"], 1)
    assert [(part.num_rows, part.num_columns) for part in parts] == [(150, 23)]


def test_a_few_columns_are_read_whole(tmp_path):
    path = written(tmp_path / "file.parquet", columns=2)
    assert rows(path, 1)[:2] == (1, {5})


@pytest.mark.parametrize("columns", [3, 4000])
def test_names_of_columns_are_those_of_the_schema(tmp_path, columns) -> None:
    """Those of 4,000 do not stand in the part of a footer that is read at once."""
    names = [f"column {'x' * 20} {number}" for number in range(columns)]
    table = pa.table({name: [[1, 2]] for name in names})
    pq.write_table(table, path := tmp_path / "file.parquet")
    assert column_names(path) == names
    assert has_long_footer(path, 1 << 16) == (columns == 4000)


def test_a_name_that_two_columns_have_is_there_twice(tmp_path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])
    pq.write_table(table, path := tmp_path / "file.parquet")
    assert column_names(path) == ["x", "x"]


def test_a_footer_without_a_schema_is_refused(tmp_path) -> None:
    path = written(tmp_path / "file.parquet", groups=1, columns=2)
    change_footer(path, lambda footer: footer.pop(2))
    with pytest.raises((pa.ArrowException, OSError)):
        column_names(path)
