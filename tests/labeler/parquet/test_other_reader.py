"""DuckDB, a reader that shares no code with Arrow's, reads spliced files."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from tests.labeler.parquet.parquet_files import lerobot_table, reward_of, splice_columns, write

ROWS = 5000


@pytest.mark.parametrize("page_index", [False, True])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("codec", ["snappy", "zstd", "gzip", "none"])
@pytest.mark.parametrize("reward", [None, pa.float64()], ids=["inserted", "replaced"])
def test_duckdb_reads_every_column(tmp_path, reward, codec, version, page_index):
    table = lerobot_table(ROWS, nested=True, reward=reward)
    filters = {"index": {"ndv": ROWS, "fpp": 0.05}}
    write(
        table,
        tmp_path / "a",
        [2000, 1, 2999],
        compression=codec,
        data_page_version=version,
        write_page_index=page_index,
        bloom_filter_options=filters,
        data_page_size=4096,
    )
    rewards = reward_of(ROWS, 5)
    splice_columns(tmp_path / "a", tmp_path / "b", {"next.reward": rewards})
    with duckdb.connect() as connection:
        old, new = (connection.read_parquet(str(tmp_path / name)).order('"index"') for name in "ab")
        names = [name for name in old.columns if name != "next.reward"]
        quoted = ", ".join(f'"{name}"' for name in names)
        assert old.select(quoted).fetchall() == new.select(quoted).fetchall()
        assert [row[0] for row in new.select('"next.reward"').fetchall()] == rewards.to_pylist()
        # a filter makes it use statistics, Bloom filters and single row groups
        for index in (0, 1999, 2000, 2001, ROWS - 1):
            assert new.filter(f'"index" = {index}').select('"next.reward"').fetchall() == [
                (rewards[index].as_py(),)
            ]
        assert new.filter('"index" = 77777').fetchall() == []
        positives = new.filter('"next.reward" > 0.5').select('"index"').fetchnumpy()["index"]
        assert np.array_equal(positives, np.flatnonzero(rewards.to_numpy()))
