"""Footers that contradict themselves are refused; what older writers leave out is not missed."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.errors import DamagedDatasetError
from labeler.parquet.thrift import Items, ThriftField, ThriftType
from tests.labeler.parquet.parquet_files import (
    change_footer,
    chunks,
    footer_of,
    lerobot_table,
    reward_of,
    splice_columns,
    spliced_table,
    write,
)

REWARD = "next.reward"
NAMES = lerobot_table(1, reward=pa.float64()).column_names
FILTERS = {name: {"ndv": 100, "fpp": 0.05} for name in (REWARD, "index")}
ONE = ThriftField(ThriftType.LIST, Items(ThriftType.I32, [1]))


def number(value):
    return ThriftField(ThriftType.I64, value)


def group(footer):
    return footer[4].value.values[0]


def chunk(footer, name):
    return group(footer)[1].value.values[NAMES.index(name)]


def metadata(footer, name):
    return chunk(footer, name)[3].value


def written(path, **options):
    table = lerobot_table(20, reward=pa.float64())
    write(table, path, [20], write_page_index=True, bloom_filter_options=FILTERS, **options)
    return table


def rows_that_do_not_add_up(footer):
    footer[3] = number(21)


def groups_that_are_no_structs(footer):
    footer[4] = ONE


def a_column_more_than_the_schema_has(footer):
    group(footer)[1].value.values.append(chunk(footer, "index"))


def a_chunk_that_reaches_into_the_next(footer):
    metadata(footer, REWARD)[7] = number(metadata(footer, REWARD)[7].value + 1)


def an_index_outside_of_the_file(footer):
    chunk(footer, REWARD)[6] = number(10**9)


def a_page_behind_the_end(footer):
    metadata(footer, "timestamp")[9] = number(10**9)


def sorting_columns_that_are_none(footer):
    group(footer)[4] = ONE


def an_offset_index_that_reaches_into_the_next(footer):
    one, other = chunk(footer, "timestamp"), chunk(footer, "frame_index")
    assert one[4].value + one[5].value == other[4].value
    one[5] = number(one[5].value + 5)
    other[4], other[5] = number(other[4].value + 5), number(other[5].value - 5)


def fewer_column_orders_than_columns(footer):
    footer[7].value.values.pop()


def metadata_without_a_key(footer):
    del footer[5].value.values[0][1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (rows_that_do_not_add_up, "do not add up to its rows"),
        (groups_that_are_no_structs, "row groups are no structs"),
        (a_column_more_than_the_schema_has, "more columns than its schema"),
        (a_chunk_that_reaches_into_the_next, "Its parts overlap"),
        (an_index_outside_of_the_file, "An index lies outside of the file"),
        (a_page_behind_the_end, "It ends at byte"),
        (sorting_columns_that_are_none, "sorting columns cannot be read"),
        (an_offset_index_that_reaches_into_the_next, "longer or shorter than its footer says"),
        (fewer_column_orders_than_columns, "column orders do not fit"),
        (metadata_without_a_key, "Field 1 is missing"),
    ],
)
def test_a_footer_that_contradicts_itself_is_refused(tmp_path, change, message):
    written(tmp_path / "a")
    change_footer(tmp_path / "a", change)
    with pytest.raises(DamagedDatasetError, match=message) as caught:
        splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: reward_of(20)})
    assert str(tmp_path / "a") in caught.value.message
    assert not (tmp_path / "b").exists()


def test_a_file_without_columns_is_refused(tmp_path):
    pq.write_table(pa.table({}), tmp_path / "a")
    with pytest.raises(DamagedDatasetError, match="no columns"):
        splice_columns(tmp_path / "a", tmp_path / "b", {})


def forget_bloom_lengths(footer):
    for name in FILTERS:
        del metadata(footer, name)[15]


def test_bloom_filters_of_older_writers_do_not_say_how_long_they_are(tmp_path):
    table = written(tmp_path / "a")
    footer, _ = footer_of(tmp_path / "a")
    filters = {}
    for name in FILTERS:
        start, length = (metadata(footer, name)[field].value for field in (14, 15))
        filters[name] = (tmp_path / "a").read_bytes()[start : start + length]
    change_footer(tmp_path / "a", forget_bloom_lengths)
    columns = {REWARD: reward_of(20)}
    splice_columns(tmp_path / "a", tmp_path / "b", columns)
    new = (tmp_path / "b").read_bytes()
    assert filters[REWARD] not in new  # its column is another one now
    start = metadata(footer_of(tmp_path / "b")[0], "index")[14].value
    assert new[start : start + len(filters["index"])] == filters["index"]
    assert pq.read_table(tmp_path / "b").equals(spliced_table(table, columns))


def test_a_bloom_filter_of_an_impossible_length_is_refused(tmp_path):
    written(tmp_path / "a")
    change_footer(tmp_path / "a", forget_bloom_lengths)
    data = bytearray((tmp_path / "a").read_bytes())
    start = metadata(footer_of(tmp_path / "a")[0], REWARD)[14].value
    assert data[start : start + 2] == b"\x15\x40"  # field 1, an I32: 32 bytes
    data[start + 1] = 0x7F  # -64
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(DamagedDatasetError, match="Bloom filter"):
        splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: reward_of(20)})


def test_writers_before_column_orders(tmp_path):
    table = written(tmp_path / "a")
    change_footer(tmp_path / "a", lambda footer: footer.pop(7))
    columns = {REWARD: reward_of(20), "next.success": pa.array([True] * 20)}
    splice_columns(tmp_path / "a", tmp_path / "b", columns)
    assert 7 not in footer_of(tmp_path / "b")[0]
    assert pq.read_table(tmp_path / "b").equals(spliced_table(table, columns))
    old = {place: data for place, data in chunks(tmp_path / "a").items() if place[1] != REWARD}
    assert old.items() <= chunks(tmp_path / "b").items()
