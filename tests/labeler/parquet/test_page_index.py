"""Page indexes of a spliced file point at its pages."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.parquet.thrift import Reader
from tests.labeler.parquet.parquet_files import lerobot_table, reward_of, splice_columns, write


def page_indexes(path):
    """By row group and leaf: column index bytes, and (start, size, first row) of every page."""
    data = path.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    footer = Reader(data[-8 - length : -8]).struct()
    found = {}
    for number, group in enumerate(footer[4].value.values):
        for chunk in group[1].value.values:
            name = b".".join(chunk[3].value[3].value.values).decode()
            index = Reader(data, chunk[4].value)
            pages = [
                tuple(page[field].value for field in (1, 2, 3))
                for page in index.struct()[1].value.values
            ]
            assert index.at == chunk[4].value + chunk[5].value
            start = chunk[6].value
            found[number, name] = data[start : start + chunk[7].value], pages
            check_pages(data, chunk, pages)
    return found


def check_pages(data, chunk, pages):
    """Each position is that of a page's header, and the pages follow each other."""
    assert pages[0][0] == chunk[3].value[9].value
    at = pages[0][0]
    for start, size, _ in pages:
        assert start == at
        header = Reader(data, start)
        compressed_size = header.struct()[3].value
        assert header.at + compressed_size == start + size
        at += size


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("sizes", [[3000], [1000, 1, 1999]], ids=["one", "uneven"])
@pytest.mark.parametrize("reward", [None, pa.float64()], ids=["inserted", "replaced"])
def test_page_indexes_point_at_pages(tmp_path, version, sizes, reward):
    table = lerobot_table(3000, nested=True, reward=reward)
    options = {"write_page_index": True, "data_page_size": 256, "write_batch_size": 64}
    write(table, tmp_path / "a", sizes, data_page_version=version, **options)
    splice_columns(tmp_path / "a", tmp_path / "b", {"next.reward": reward_of(3000)})
    old, new = page_indexes(tmp_path / "a"), page_indexes(tmp_path / "b")
    assert max(len(pages) for _, pages in new.values()) > 3
    for place, (values, pages) in new.items():
        if place[1] != "next.reward":
            assert values == old[place][0]
            assert [page[1:] for page in pages] == [page[1:] for page in old[place][1]]
    metadata = pq.read_metadata(tmp_path / "b")
    chunk = metadata.row_group(0).column(metadata.schema.names.index("next.reward"))
    assert chunk.has_column_index
    assert chunk.has_offset_index
