#!/usr/bin/env bash
# What:     a column with a NaN (a sensor that dropped out) is asked by DuckDB for its maximum and for
#           what is greater than 1.5 and than 5: from a table in memory, and from the parquet file
#           that pyarrow makes of the same column.
# Versions: duckdb 2.0.1, pyarrow 26.0.1, polars 2.1.0.
# Expected: NaN is greater than any number in DuckDB, so the maximum is NaN and both conditions find
#           it, wherever the rows come from.
# Seen:     so it is in memory. From the file, the maximum is 2.0, "greater than 1.5" finds the NaN
#           and "greater than 5" does not: the file's statistics leave NaN out, as its format has it,
#           and a group of rows whose maximum is 2.0 is not looked at. Whether a row is found depends
#           on its neighbours. polars finds the NaN in both.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment duckdb==2.0.1 pyarrow==26.0.1 polars==2.1.0

cd "$work" && "$python" - <<'PY'
import math

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

column = pa.table({"force": [1.0, math.nan, 2.0]})
pq.write_table(column, "force.parquet")
statistics = pq.ParquetFile("force.parquet").metadata.row_group(0).column(0).statistics
duckdb.execute("CREATE TABLE force (force DOUBLE)")
duckdb.execute("INSERT INTO force VALUES (1), ('nan'), (2)")


def asked(source: str) -> tuple[float, int, int]:
    most = duckdb.execute(f"SELECT max(force) FROM {source}").fetchall()[0][0]
    above = [
        duckdb.execute(f"SELECT count(*) FROM {source} WHERE force > {limit}").fetchall()[0][0]
        for limit in (1.5, 5)
    ]
    return most, *above


memory, file = asked("force"), asked("'force.parquet'")
lazy = pl.scan_parquet("force.parquet")
polars = [lazy.filter(pl.col("force") > limit).collect().height for limit in (1.5, 5)]
print("DuckDB, in memory: ", memory)
print("DuckDB, from file: ", file, "with a maximum of", statistics.max, "in its statistics")
print("polars, from file: ", polars)
assert math.isnan(memory[0]) and memory[1:] == (2, 1)
assert file == (2.0, 2, 0) and statistics.max == 2.0
assert polars == [2, 1]
PY
