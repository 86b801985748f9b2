"""Long footers in parts: the same rows come out, whatever lies in the statistics."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset.long_footer import metadata_parts


def written(path, groups=50, columns=20, text="task"):
    values = pa.array([[float(row)] for row in range(groups * 3)])
    table = {"number": pa.array(range(groups * 3)), "text": pa.array([text] * (groups * 3))}
    table |= {f"stats/{column}": values for column in range(columns)}
    pq.write_table(pa.table(table), path, row_group_size=3)
    return path


def rows(path, part):
    tables = []
    for metadata in metadata_parts(path, part):
        with pq.ParquetFile(path, metadata=metadata) as file:
            tables.append(file.read_row_groups(range(metadata.num_row_groups)))
    return len(tables), pa.concat_tables(tables)


@pytest.mark.parametrize("columns", [20, 300])
@pytest.mark.parametrize("groups", [1, 3, 50, 300])
def test_parts_hold_every_row_once(tmp_path, groups, columns):
    path = written(tmp_path / "file.parquet", groups, columns)
    for part in (1, 10_000, 100_000):
        assert rows(path, part)[1].equals(pq.read_table(path))


def test_a_long_footer_comes_in_parts_and_a_short_one_does_not(tmp_path):
    path = written(tmp_path / "file.parquet")
    assert rows(path, 10_000)[0] > 5
    assert rows(path, 1 << 20)[0] == 1


def test_statistics_that_look_like_a_row_group_do_no_harm(tmp_path):
    path = written(tmp_path / "plain.parquet")
    footer = path.read_bytes()
    begin = footer[footer.index(b"\x19\xfc\x16\x26") :][:4]  # 22 columns
    path = written(tmp_path / "odd.parquet", text=begin.decode("latin-1") + "\x19\xfc2\x19\xfc")
    odd = pa.table({"number": range(150), "text": pa.array([begin] * 150, pa.binary())})
    for column in range(20):
        odd = odd.append_column(f"stats/{column}", pa.array([[float(row)] for row in range(150)]))
    pq.write_table(odd, path, row_group_size=3)
    assert path.read_bytes().count(begin) > 50
    count, table = rows(path, 10_000)
    assert count == 1
    assert table.equals(pq.read_table(path))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\xff" * 4 + b"PAR1", b"x" * 100])
def test_what_is_no_parquet_file_is_refused(tmp_path, content):
    path = tmp_path / "file.parquet"
    path.write_bytes(content)
    with pytest.raises((pa.ArrowException, OSError)):
        list(metadata_parts(path, 1))
