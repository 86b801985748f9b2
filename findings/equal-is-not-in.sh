#!/usr/bin/env bash
# What:     a float32 column `timestamp` (0.0, 0.1, … 1.9, as LeRobot writes it) is searched for 0.3,
#           once with "equal to 0.3" and once with "is in [0.3]", in four libraries.
# Versions: pyarrow 26.0.1, pandas 3.1.1, polars 2.1.0, duckdb 2.0.1, numpy 2.5.5.
# Expected: 0.3 as a double is not 0.3 as a float32, so some libraries find a row and some do not;
#           but within one library "== x" and "in [x]" mean the same.
# Seen:     pyarrow's filter finds nothing with "==" and the row with "in"; pandas and polars find
#           the row with "==" and nothing with `isin` and `is_in`. DuckDB finds it both ways when the
#           number stands in the query, and neither way when it is a parameter.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1 numpy==2.5.5

cd "$work" && "$python" - <<'PY'
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

FILE, SOUGHT = "file-000.parquet", 0.3
seconds = (np.arange(20) / np.float32(10)).astype(np.float32)
pq.write_table(pa.table({"timestamp": seconds}), FILE)
frame, lazy = pd.read_parquet(FILE), pl.scan_parquet(FILE)


def arrow(operator: str, value: object) -> int:
    return pq.read_table(FILE, filters=[("timestamp", operator, value)]).num_rows


def duck(condition: str, *values: float) -> int:
    query = f"SELECT count(*) FROM '{FILE}' WHERE timestamp {condition}"
    return duckdb.execute(query, list(values)).fetchall()[0][0]


found = {  # rows found by "equal", rows found by "in"
    "pyarrow": (arrow("==", SOUGHT), arrow("in", [SOUGHT])),
    "pandas": (
        int((frame["timestamp"] == SOUGHT).sum()),
        int(frame["timestamp"].isin([SOUGHT]).sum()),
    ),
    "polars": (
        lazy.filter(pl.col("timestamp") == SOUGHT).collect().height,
        lazy.filter(pl.col("timestamp").is_in([SOUGHT])).collect().height,
    ),
    "duckdb, in the query": (duck("= 0.3"), duck("IN (0.3, 55)")),
    "duckdb, a parameter": (duck("= ?", SOUGHT), duck("IN (?, 55)", SOUGHT)),
}
for library, (equal, contained) in found.items():
    print(f"{library}: == finds {equal}, in finds {contained}")
assert found == {
    "pyarrow": (0, 1),
    "pandas": (1, 0),
    "polars": (1, 0),
    "duckdb, in the query": (1, 1),
    "duckdb, a parameter": (0, 0),
}
PY
