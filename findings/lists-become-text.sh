#!/usr/bin/env bash
# What:     rows of a robot (a joint vector per row, as pandas reads them from LeRobot's parquet) are
#           handed to dask, computed at once and taken back.
# Versions: dask 2026.8.0, pandas 3.1.1, pyarrow 26.0.1, numpy 2.5.5.
# Expected: an object column stays what it is; arrays come back as arrays. So they do with
#           `dd.read_parquet` of the same file.
# Seen:     `dd.from_pandas` turns each array into its printed text, "[0.1 0.2]": every object column
#           is taken for text. Long vectors lose what numpy leaves out when it prints ("..."), and
#           parquet files written from it hold strings.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment "dask[dataframe]==2026.8.0" pandas==3.1.1 pyarrow==26.0.1 numpy==2.5.5

cd "$work" && "$python" - <<'PY'
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

joints = np.random.default_rng(0).random((4, 1200), dtype=np.float32)
column = pa.FixedSizeListArray.from_arrays(pa.array(joints.ravel()), 1200)
pq.write_table(pa.table({"observation.state": column, "frame_index": range(4)}), "rows.parquet")

rows = pd.read_parquet("rows.parquet")
back = dd.from_pandas(rows, npartitions=2).compute()
read = dd.read_parquet("rows.parquet").compute()
first = back["observation.state"].iloc[0]
print("read_parquet:", type(read["observation.state"].iloc[0]).__name__)
print("from_pandas: ", type(first).__name__, repr(first[:40]), f"{len(first)} characters")
assert isinstance(rows["observation.state"].iloc[0], np.ndarray)
assert isinstance(first, str) and "..." in first and first.count("\n") == 0
dd.from_pandas(rows, npartitions=1).to_parquet("written")
written = pq.read_schema("written/part.0.parquet").field("observation.state").type
print("written:     ", written)
assert written in (pa.string(), pa.large_string())
PY
