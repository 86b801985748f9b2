#!/usr/bin/env bash
# What:     one row of a table of a million is pickled, as every process pool and cluster does with
#           what a task is given: a pyarrow slice and a `datasets.Dataset.select`.
# Versions: pyarrow 25.0.1, datasets 5.2.0, numpy 2.5.5.
# Expected: a few hundred bytes. Arrow's own stream format writes just the row of a slice.
# Seen:     8 MB for each: the slice carries the buffers it is a view of, the selection carries the
#           table it points into. A task per episode so sends the whole recording each time. `take`
#           for the table and `flatten_indices` for the dataset make it small.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment pyarrow==25.0.1 datasets==5.2.0 numpy==2.5.5

cd "$work" && "$python" - <<'PY'
import pickle

import numpy as np
import pyarrow as pa
from datasets import Dataset, disable_progress_bars

disable_progress_bars()
table = pa.table({"observation": np.random.default_rng(0).random(1_000_000)})
dataset = Dataset.from_dict({"observation": table["observation"].to_numpy()})


def streamed(rows: pa.Table) -> int:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().size


seen = {
    "slice": len(pickle.dumps(table.slice(7, 1))),
    "slice, protocol 5": len(pickle.dumps(table.slice(7, 1), protocol=5)),
    "slice as a stream": streamed(table.slice(7, 1)),
    "take": len(pickle.dumps(table.take([7]))),
    "select": len(pickle.dumps(dataset.select([7]))),
    "select, flattened": len(pickle.dumps(dataset.select([7]).flatten_indices())),
}
for name, size in seen.items():
    print(f"{name}: {size} bytes")
assert all(seen[name] > 8_000_000 for name in ("slice", "slice, protocol 5", "select"))
assert all(seen[name] < 10_000 for name in ("slice as a stream", "take", "select, flattened"))
PY
