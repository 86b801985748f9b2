"""Columns get other names, in the schema and in what `datasets` says about it."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.parquet.rewriting import rename_columns, renamed_file

OLD, NEW = "observation.images.front", "observation.images.wrist"


def table(features: object) -> pa.Table:
    metadata = {b"huggingface": json.dumps({"info": features, "fingerprint": "abc"}).encode()}
    columns = {OLD: pa.array([1, 2, 3]), "index": pa.array([0, 1, 2])}
    return pa.table(columns).replace_schema_metadata(metadata)


@pytest.mark.parametrize(("rows", "groups"), [(3, [2, 1]), (2, [2]), (1, [1])])
def test_a_file_keeps_rows_groups_and_compression(
    tmp_path: Path, rows: int, groups: list[int]
) -> None:
    path = tmp_path / "file.parquet"
    source = table({"features": {OLD: {"dtype": "int64"}, "index": {"dtype": "int64"}}})
    pq.write_table(source, path, row_group_size=2, compression="zstd")
    found = pq.ParquetFile(pa.BufferReader(renamed_file(path, {OLD: NEW}, rows=rows)))
    assert found.schema_arrow.names == [NEW, "index"]
    sizes = [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)]
    assert sizes == groups
    assert found.metadata.row_group(0).column(0).compression == "ZSTD"
    assert found.read()[NEW].to_pylist() == [1, 2, 3][:rows]
    told = json.loads(found.schema_arrow.metadata[b"huggingface"])
    assert list(told["info"]["features"]) == [NEW, "index"] and "fingerprint" not in told


@pytest.mark.parametrize("features", [None, {"features": 3}, {}])
def test_metadata_that_nobody_understands_stay(features: object) -> None:
    before = table(features)
    after = rename_columns(before, {OLD: NEW})
    assert after.column_names == [NEW, "index"]
    assert after.schema.metadata == before.schema.metadata


def test_without_new_names_it_is_the_same_table() -> None:
    before = table({"features": {}})
    assert rename_columns(before, {}) is before
    assert rename_columns(before.replace_schema_metadata(None), {OLD: NEW}).schema.metadata is None
