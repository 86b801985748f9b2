#!/usr/bin/env bash
# What:     wall-clock times (seconds since 1970, float64) of frames at 30 fps are put into a Hugging
#           Face dataset and read back in its formats.
# Versions: datasets 5.2.0, numpy 2.5.5, torch 2.7.1, pandas 3.1.1, pyarrow 26.0.1.
# Expected: the format "torch" may give float32, as torch's own defaults do; "numpy" gives the
#           float64 that the column declares.
# Seen:     both give float32, although the dataset's feature says float64: all times within 64
#           seconds become one and the same number. Plain rows, "pandas" and "arrow" keep them.
#           Integers stay int64, and so are exact where the times are not.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment datasets==5.2.0 numpy==2.5.5 torch==2.7.1 pandas==3.1.1 pyarrow==26.0.1

cd "$work"
quiet_python <<'PY'
import numpy as np
from datasets import Dataset, Value

times = 1_764_400_000.0 + np.arange(300) / 30
recording = Dataset.from_dict({"time": times, "number": 2**53 + np.arange(300)})
assert recording.features["time"] == Value("float64")
distinct = {"rows": len(set(recording[:]["time"]))}
for kind in ("pandas", "numpy", "torch"):
    column = recording.with_format(kind)[:]["time"]
    distinct[kind] = len({float(value) for value in column})
    assert ("32" in str(column.dtype)) == (kind != "pandas")
print(f"different times among 300: {distinct}")
assert distinct == {"rows": 300, "pandas": 300, "numpy": 1, "torch": 1}
assert len({int(value) for value in recording.with_format("numpy")[:]["number"]}) == 300
PY
