"""A spliced file is what pyarrow would have written, and its other chunks are the source's."""

import hashlib
import inspect
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler.errors import RefusedError
from labeler.parquet.column import Style, encode_columns
from labeler.parquet.splice import Splice, digest_without
from labeler.parquet.thrift import FormatError
from tests.labeler.parquet.parquet_files import (
    chunks,
    lerobot_table,
    reward_of,
    splice_columns,
    spliced_table,
    with_datasets,
    write,
)

DONE = "next.done"
REWARD = "next.reward"
SIZES = {"one": [210], "many": [7] * 30, "uneven": [1, 60, 7, 0, 100, 2, 40]}
OPTIONS = [
    {"compression": codec, "data_page_version": page, "use_dictionary": dictionary}
    for codec in ("snappy", "zstd", "gzip", "none")
    for page in ("1.0", "2.0")
    for dictionary in (True, False)
]


def check(source, destination, table, columns, sizes=None, **options):
    """Splice, then compare with the table and with the file that pyarrow writes from it."""
    options = {**options, "use_dictionary": True}
    expected_file = destination.with_name("expected.parquet")
    write(spliced_table(table, columns), expected_file, sizes, **options)
    expected = pq.read_table(expected_file)
    result = splice_columns(source, destination, columns)
    read = pq.read_table(destination)
    assert read.schema.equals(expected.schema, check_metadata=True)
    assert read.equals(expected)
    check_chunks(source, destination, expected_file, set(columns))
    check_digests(source, destination, result, set(columns))
    check_sizes(destination)
    assert result.rows == table.num_rows


def check_chunks(source, destination, expected_file, names):
    old, new, expected = chunks(source), chunks(destination), chunks(expected_file)
    assert list(new) == list(expected)
    for (group, leaf), data in new.items():
        written = leaf in names
        assert data == (expected if written else old)[group, leaf], leaf
    metadata, wanted = pq.read_metadata(destination), pq.read_metadata(expected_file)
    assert metadata.num_row_groups == wanted.num_row_groups
    for group in range(metadata.num_row_groups):
        assert metadata.row_group(group).num_rows == wanted.row_group(group).num_rows
        for leaf in range(metadata.num_columns):
            ours, theirs = (m.row_group(group).column(leaf) for m in (metadata, wanted))
            assert ours.compression == theirs.compression
            assert ours.statistics == theirs.statistics
            if theirs.path_in_schema in names:
                assert ours.encodings == theirs.encodings


def check_digests(source, destination, result, names):
    data = destination.read_bytes()
    assert result.size == len(data)
    assert result.digest == hashlib.sha256(data).hexdigest()
    assert result.untouched == digest_without(source, names) == digest_without(destination, names)
    parts = [
        data
        for (_, leaf), data in chunks(source).items()
        if not any(leaf == name or leaf.startswith(f"{name}.") for name in names)
    ]
    assert result.untouched == hashlib.sha256(b"".join(parts)).hexdigest()


def check_sizes(destination):
    """Row groups lie one behind the other, and their sizes are those of their chunks."""
    metadata = pq.read_metadata(destination)
    at = 4
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        columns = [row_group.column(leaf) for leaf in range(metadata.num_columns)]
        assert row_group.total_byte_size == sum(c.total_uncompressed_size for c in columns)
        for column in columns:
            start = column.dictionary_page_offset or column.data_page_offset
            assert start == at or not column.total_compressed_size
            at += column.total_compressed_size


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(map(str, o.values())))
def test_a_column_is_inserted(tmp_path, options, sizes):
    table = lerobot_table(210, nested=True)
    write(table, tmp_path / "a", sizes, **options)
    check(tmp_path / "a", tmp_path / "b", table, {REWARD: reward_of(210)}, sizes, **options)


@pytest.mark.parametrize("kind", [pa.float32(), pa.float64(), pa.int64(), pa.bool_()], ids=str)
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_a_column_is_replaced_by_one_of_any_type(tmp_path, kind, sizes):
    table = lerobot_table(210, nested=True, reward=kind)
    write(table, tmp_path / "a", sizes, compression="zstd")
    columns = {REWARD: reward_of(210, 2)}
    check(tmp_path / "a", tmp_path / "b", table, columns, sizes, compression="zstd")


def test_nothing_of_a_replaced_column_stays(tmp_path):
    table = lerobot_table(210)
    first = table.append_column("next.reward", pa.array(np.random.default_rng(0).normal(size=210)))
    write(first, tmp_path / "a", [100, 10, 100], write_page_index=True)
    old = chunks(tmp_path / "a")
    splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: reward_of(210)})
    data = (tmp_path / "b").read_bytes()
    assert not [chunk for (_, leaf), chunk in old.items() if leaf == REWARD and chunk in data]
    for value in first[REWARD].to_pylist():
        assert np.float64(value).tobytes() not in data


COLUMNS = {
    REWARD: lambda rows: reward_of(rows, 3),
    DONE: lambda rows: pa.array(np.arange(rows) % 5 == 0),
    "timestamp": lambda rows: pa.array(np.arange(rows).astype(np.float32)),
    "next.success": lambda rows: pa.array(np.arange(rows) % 2 == 0),
    "observation.images.front": lambda rows: pa.array(np.arange(rows)),  # over two leaves
    "task_index": lambda rows: pa.array(np.ones(rows, np.int64)),
}


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=6),
    st.lists(st.sampled_from(sorted(COLUMNS)), unique=True, max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_any_columns_at_once(tmp_path_factory, sizes, names, has_reward, page_index):
    folder = tmp_path_factory.mktemp("any")
    rows = sum(sizes)
    table = lerobot_table(rows, nested=True, reward=pa.float64() if has_reward else None)
    options = {"write_page_index": page_index}
    write(table, folder / "a", sizes, **options)
    columns = {name: COLUMNS[name](rows) for name in names}
    check(folder / "a", folder / "b", table, columns, sizes, **options)


def test_nested_columns_can_be_new(tmp_path):
    table = lerobot_table(20)
    write(table, tmp_path / "a", [12, 8])
    columns = {"stats/next.reward/mean": pa.array([[float(n), 2.0] for n in range(20)])}
    splice_columns(tmp_path / "a", tmp_path / "b", columns)
    assert pq.read_table(tmp_path / "b").equals(spliced_table(table, columns))


def test_without_the_column_before_which_it_goes_it_goes_last(tmp_path):
    table = lerobot_table(20).drop_columns("timestamp")
    write(table, tmp_path / "a")
    check(tmp_path / "a", tmp_path / "b", table, {REWARD: reward_of(20)})
    assert pq.read_schema(tmp_path / "b").names[-1] == REWARD


@pytest.mark.parametrize("sizes", [[], [0]], ids=["no group", "an empty group"])
@pytest.mark.parametrize("reward", [None, pa.float64()], ids=["inserted", "replaced"])
def test_a_file_without_rows(tmp_path, sizes, reward):
    table = lerobot_table(0, reward=reward)
    with pq.ParquetWriter(tmp_path / "a", table.schema) as writer:
        for _ in sizes:
            writer.write_table(table)
    splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: pa.array([], pa.float32())})
    read = pq.ParquetFile(tmp_path / "b")
    assert read.num_row_groups == len(sizes)
    assert read.read().equals(spliced_table(table, {REWARD: pa.array([], pa.float32())}))


def test_old_format_version(tmp_path):
    table = lerobot_table(20)
    write(table, tmp_path / "a", version="1.0")
    check(tmp_path / "a", tmp_path / "b", table, {REWARD: reward_of(20)}, version="1.0")
    assert pq.read_metadata(tmp_path / "b").format_version == "1.0"


def test_sorted_rows_stay_sorted_by_the_same_column(tmp_path):
    table = lerobot_table(20, reward=pa.float32())
    names = table.column_names
    order = [pq.SortingColumn(names.index(n)) for n in ("index", REWARD, "task_index")]
    write(table, tmp_path / "a", sorting_columns=order)
    columns = {"next.success": pa.array([True] * 20)}
    splice_columns(tmp_path / "a", tmp_path / "b", columns)
    splice_columns(tmp_path / "a", tmp_path / "c", {REWARD: reward_of(20), **columns})
    # places in the schema of leaves, and no other column comes before these than ours
    places = [c.column_index for c in pq.read_metadata(tmp_path / "b").row_group(0).sorting_columns]
    assert [pq.read_schema(tmp_path / "b").names[p] for p in places] == [
        "index",
        REWARD,
        "task_index",
    ]
    places = [c.column_index for c in pq.read_metadata(tmp_path / "c").row_group(0).sorting_columns]
    assert [pq.read_schema(tmp_path / "c").names[p] for p in places] == ["index"]


BLOOM = "bloom_filter_options" in inspect.signature(pq.write_table).parameters


@pytest.mark.skipif(not BLOOM, reason="this pyarrow writes no Bloom filters")
@pytest.mark.parametrize("page_index", [False, True])
@pytest.mark.parametrize("reward", [None, pa.int64()], ids=["inserted", "replaced"])
def test_bloom_filters_are_carried_along(tmp_path, page_index, reward):
    table = lerobot_table(90, reward=reward)
    filters = {name: {"ndv": 100, "fpp": 0.05} for name in ("index", "frame_index")}
    if reward is not None:
        filters[REWARD] = {"ndv": 100, "fpp": 0.05}
    options = {"bloom_filter_options": filters, "write_page_index": page_index}
    write(table, tmp_path / "a", [50, 40], **options)
    splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: reward_of(90)})
    old, new = bloom_filters(tmp_path / "a"), bloom_filters(tmp_path / "b")
    kept = {place: data for place, data in old.items() if place[1] != REWARD}
    assert new == kept
    assert len(kept) == 4
    gone = [data for place, data in old.items() if place[1] == REWARD]
    assert not [data for data in gone if data in (tmp_path / "b").read_bytes()]


def bloom_filters(path):
    data, metadata = path.read_bytes(), pq.read_metadata(path)
    found = {}
    for group in range(metadata.num_row_groups):
        for leaf in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(leaf)
            if (start := chunk.bloom_filter_offset) is not None:
                place = group, chunk.path_in_schema
                found[place] = data[start : start + chunk.bloom_filter_length]
    return found


def test_metadata_of_datasets_follow(tmp_path):
    table = with_datasets(lerobot_table(20, reward=pa.int64()).drop_columns("next.done"))
    write(table, tmp_path / "a")
    splice_columns(
        tmp_path / "a",
        tmp_path / "b",
        {"next.success": pa.array([True] * 20), REWARD: reward_of(20)},
    )
    new = pq.read_schema(tmp_path / "b")
    content = json.loads(new.metadata[b"huggingface"])
    assert list(content) == ["info"]
    features = content["info"]["features"]
    assert list(features) == new.names
    assert features[REWARD] == {"dtype": "float32", "_type": "Value"}
    assert features["next.success"] == {"dtype": "bool", "_type": "Value"}
    assert {v["dtype"] for n, v in features.items() if n not in (REWARD, "next.success")} == {"any"}
    assert pq.read_metadata(tmp_path / "b").metadata[b"huggingface"] == new.metadata[b"huggingface"]


@pytest.mark.parametrize("kind", ["Sequence", "List"])
def test_lists_are_named_as_that_release_of_datasets_names_them(tmp_path, kind):
    table = with_datasets(lerobot_table(3))
    content = json.loads(table.schema.metadata[b"huggingface"])
    state = {"feature": {"dtype": "float32", "_type": "Value"}, "length": 6, "_type": kind}
    content["info"]["features"]["observation.state"] = state
    table = table.replace_schema_metadata({"huggingface": json.dumps(content)})
    write(table, tmp_path / "a")
    splice_columns(tmp_path / "a", tmp_path / "b", {"more": pa.array([[1.0]] * 3)})
    features = json.loads(pq.read_schema(tmp_path / "b").metadata[b"huggingface"])
    inner = {"dtype": "float64", "_type": "Value"}
    wanted = {"feature": inner, "length": -1, "_type": kind}
    assert features["info"]["features"]["more"] == wanted


def test_other_metadata_stay(tmp_path):
    metadata = {"pandas": json.dumps({"columns": []}), "mine": "yes", "empty": ""}
    table = lerobot_table(20).replace_schema_metadata(metadata)
    write(table, tmp_path / "a")
    check(tmp_path / "a", tmp_path / "b", table, {REWARD: reward_of(20)})
    old, new = (pq.read_metadata(tmp_path / name) for name in "ab")
    assert new.created_by == old.created_by
    assert {k: v for k, v in new.metadata.items() if k != b"ARROW:schema"} == {
        k: v for k, v in old.metadata.items() if k != b"ARROW:schema"
    }


def test_no_arrow_schema_stays_none(tmp_path):
    table = lerobot_table(20, nested=True)
    write(table, tmp_path / "a", store_schema=False)
    columns = {REWARD: reward_of(20)}
    splice_columns(tmp_path / "a", tmp_path / "b", columns)
    assert pq.read_metadata(tmp_path / "b").metadata is None
    expected = spliced_table(pq.read_table(tmp_path / "a"), columns)
    assert pq.read_table(tmp_path / "b").equals(expected)


def test_splicing_back_gives_the_same_file(tmp_path):
    table = with_datasets(lerobot_table(90, reward=pa.float32()), fingerprint=False)
    write(table, tmp_path / "a", [30] * 3)
    splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: reward_of(90, 8)})
    old = table[REWARD].combine_chunks()
    splice_columns(tmp_path / "b", tmp_path / "c", {REWARD: old})
    content = json.loads(table.schema.metadata[b"huggingface"])
    content["info"]["features"][REWARD] = {"dtype": "float32", "_type": "Value"}
    write(
        table.replace_schema_metadata({"huggingface": json.dumps(content)}),
        tmp_path / "d",
        [30] * 3,
    )
    assert (tmp_path / "c").read_bytes() == (tmp_path / "d").read_bytes()


@pytest.mark.parametrize("rows", [0, 19, 21])
def test_a_column_of_another_length_is_our_mistake(tmp_path, rows):
    write(lerobot_table(20), tmp_path / "a")
    with pytest.raises(ValueError, match=r"next\.reward"):
        splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: reward_of(rows)})
    assert not (tmp_path / "b").exists()


def test_nothing_is_written_over(tmp_path):
    write(lerobot_table(20), tmp_path / "a")
    (tmp_path / "b").write_bytes(b"mine")
    with pytest.raises(RefusedError):
        splice_columns(tmp_path / "a", tmp_path / "b", {REWARD: reward_of(20)})
    assert (tmp_path / "b").read_bytes() == b"mine"


def test_blocks_are_joined(tmp_path, monkeypatch):
    """Chunks, insertions and removals at and across every border between blocks."""
    import importlib

    module = importlib.import_module("labeler.parquet.splice")
    table = lerobot_table(60, reward=pa.float64())
    write(table, tmp_path / "a", [20] * 3)
    columns = {REWARD: reward_of(60), "next.success": pa.array([False] * 60)}
    splice_columns(tmp_path / "a", tmp_path / "whole", columns)
    whole = (tmp_path / "whole").read_bytes()
    for block in (1, 7, 64, 1000):
        monkeypatch.setattr(module, "_BLOCK", block)
        result = splice_columns(tmp_path / "a", tmp_path / str(block), columns)
        assert (tmp_path / str(block)).read_bytes() == whole
        assert result.digest == hashlib.sha256(whole).hexdigest()
        assert result.untouched == digest_without(tmp_path / "a", columns)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_columns_that_are_put_side_by_side(tmp_path, sizes):
    """Row groups may be alike in one new column only; lists have no dictionary."""
    table, rows = lerobot_table(210), np.arange(210)
    write(table, tmp_path / "source.parquet", sizes)
    columns = {
        REWARD: pa.array(np.zeros(210, np.float32)),
        DONE: pa.array(rows % 7 == 6),
        "stats/mean": pa.array([[number / 7] for number in rows]),
        "next.success": pa.array(rows > 100),
    }
    splice_columns(tmp_path / "source.parquet", tmp_path / "new.parquet", columns)
    read = pq.read_table(tmp_path / "new.parquet")
    assert read.equals(spliced_table(table, columns))
    for names in (["next.success"], [REWARD, DONE], ["stats/mean"]):
        again = {name: columns[name].take(pa.array(rows[::-1])) for name in names}
        place = tmp_path / f"{names[0]}.parquet".replace("/", "-")
        splice_columns(tmp_path / "new.parquet", place, again)
        expected = read
        for name, values in again.items():
            expected = expected.set_column(read.column_names.index(name), name, values)
        assert pq.read_table(place).equals(expected)


def test_a_table_in_memory_is_spliced_as_its_file_is(tmp_path):
    table = lerobot_table(60, reward=pa.float64())
    write(table, tmp_path / "a", [20] * 3)
    columns = {REWARD: reward_of(60)}
    whole = splice_columns(tmp_path / "a", tmp_path / "b", columns)
    content = pa.py_buffer((tmp_path / "a").read_bytes())
    splice = Splice(tmp_path / "nowhere", columns, content=content).with_ending()
    assert splice.write(tmp_path / "c") == whole
    assert (tmp_path / "c").read_bytes() == (tmp_path / "b").read_bytes()


def test_row_groups_longer_than_pyarrow_writes_are_refused(tmp_path):
    """It writes at most 2^26 rows into one, and others may have written more."""
    rows = np.array([2**26 + 1])
    style = Style("snappy", "1.0", "2.6", page_index=False)
    with pytest.raises(FormatError, match="row groups of 67108865 rows"):
        encode_columns({"next.done": pa.array(np.zeros(rows[0], np.bool_))}, rows, style)
