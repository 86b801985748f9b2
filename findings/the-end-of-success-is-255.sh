#!/usr/bin/env bash
# What:     where success begins and ends, as differences of a reward column 0 0 1 1 0 that is stored as
#           uint8 (the smallest type that holds it), in pandas, polars, pyarrow and numpy; and its
#           running sum in pyarrow.
# Versions: pandas 3.1.1, polars 2.1.0, pyarrow 26.0.1, numpy 2.5.5.
# Expected: numpy keeps the type and wraps; pandas answers in floating point (it has to: the first
#           difference is NaN), so that the end is -1; pyarrow raises an error on overflow, or widens, as
#           its sum does.
# Seen:     pandas subtracts first and converts then: the end is 255.0, a float. pyarrow's
#           `pairwise_diff` says 255 and its `cumulative_sum` begins anew at 256, both in silence, while
#           its `sum` widens (the `_checked` variants raise). polars alone says -1. `diff() < 0`, by
#           which one looks for the end, finds nothing.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1 numpy==2.5.5

cd "$work" && quiet_python <<'PY'
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

warnings.simplefilter("error")
REWARD = [0, 0, 1, 1, 0]
column = pd.Series(REWARD, dtype="uint8")
arrow = pa.array(REWARD, pa.uint8())
ends = {
    "pandas": column.diff().tolist(),
    "pandas, nullable": [int(x) for x in column.astype("UInt8").diff()[1:]],
    "polars": pl.Series(REWARD, dtype=pl.UInt8).diff().to_list(),
    "pyarrow": pc.pairwise_diff(arrow).to_pylist(),
    "numpy": np.diff(np.array(REWARD, np.uint8)).tolist(),
}
for name, found in ends.items():
    print(f"{name}: {found}")
assert str(column.diff().dtype).startswith("float") and not (column.diff() < 0).any()
assert ends["polars"][-1] == -1
assert all(found[-1] == 255 for name, found in ends.items() if name != "polars")
try:
    pc.pairwise_diff_checked(arrow)
except pa.ArrowInvalid as error:
    print(f"pairwise_diff_checked: {error}")
else:
    raise AssertionError("the checked one does not raise")

success = pa.array([1] * 300, pa.uint8())
running = pc.cumulative_sum(success)
print(f"pyarrow: sum {pc.sum(success)}, cumulative sum ends with {running[-1]}")
assert pc.sum(success).as_py() == 300 and running[-1].as_py() == 300 - 256
PY
