#!/usr/bin/env bash
# What:     24 frames in order are written by dask as 12 parquet files, and the folder is read by
#           pandas, pyarrow, polars, DuckDB and dask itself.
# Versions: dask 2026.8.0, pandas 3.1.1, pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.1.
# Expected: part numbers are padded, as other writers do it, or readers know them: the rows come back
#           in the order in which they were written.
# Seen:     the files are called part.0 … part.11. dask sorts them as numbers; pandas, pyarrow, polars
#           and DuckDB as text, so frames 20–23 come after frame 3, without a word. Up to ten parts
#           everything is in order, so a small trial does not show it.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment "dask[dataframe]==2026.8.0" pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1

cd "$work" && "$python" - <<'PY'
import dask.dataframe as dd
import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq

frames = pd.DataFrame({"frame_index": range(24)})
dd.from_pandas(frames, npartitions=12).to_parquet("rows", write_index=False)
answers = {
    "dask": dd.read_parquet("rows").compute()["frame_index"].tolist(),
    "pandas": pd.read_parquet("rows")["frame_index"].tolist(),
    "pyarrow": pq.read_table("rows")["frame_index"].to_pylist(),
    "polars": pl.read_parquet("rows/*.parquet")["frame_index"].to_list(),
    "duckdb": [row[0] for row in duckdb.execute("FROM 'rows/*.parquet'").fetchall()],
}
for name, order in answers.items():
    print(f"{name:8}", order)
mixed = [0, 1, 2, 3, *range(20, 24), *range(4, 20)]
assert answers["dask"] == list(range(24))
assert all(answers[name] == mixed for name in ("pandas", "pyarrow", "polars", "duckdb"))
PY
