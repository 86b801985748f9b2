#!/usr/bin/env bash
# What:     eight episodes of 200 frames, in order, in five partitions (so most episodes lie in two);
#           dask groups them by episode, or makes the episode the index.
# Versions: dask 2026.8.0, pandas 3.1.1, pyarrow 26.0.1, numpy 2.5.5.
# Expected: within an episode the frames stay in order: `groupby` keeps the order of rows in a group
#           in pandas, and `set_index` on a column that is in order already has nothing to move.
# Seen:     `groupby(...).apply` is given three of the eight episodes with their two halves swapped,
#           and `set_index` swaps those of two to four, from run to run, without a word. What looks
#           for the first success, or for differences between frames, is wrong for them. Only
#           `set_index(..., sorted=True)` keeps all; with one partition nothing shows.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment "dask[dataframe]==2026.8.0" pandas==3.1.1 pyarrow==26.0.1 numpy==2.5.5

quiet_python <<'PY'
import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd

EPISODES, LENGTH = 8, 200
rows = pd.DataFrame(
    {
        "episode_index": np.repeat(range(EPISODES), LENGTH),
        "frame_index": np.tile(range(LENGTH), EPISODES),
    }
)


def in_order(episode: pd.DataFrame) -> bool:
    return bool(episode["frame_index"].is_monotonic_increasing)


def count(frame: pd.DataFrame) -> int:
    """Episodes whose frames are in order."""
    return sum(in_order(episode) for _, episode in frame.groupby("episode_index"))


split = dd.from_pandas(rows, npartitions=5)
with dask.config.set(scheduler="synchronous"):
    seen = {
        "groupby": int(split.groupby("episode_index").apply(in_order, meta=("", bool)).compute().sum()),
        "set_index": count(split.set_index("episode_index").compute()),
        "set_index, sorted": count(split.set_index("episode_index", sorted=True).compute()),
        "pandas, set_index": count(rows.set_index("episode_index").sort_index()),
    }
print(f"episodes of {EPISODES} whose frames are in order: {seen}")
assert seen["groupby"] < EPISODES and seen["set_index"] < EPISODES
assert seen["set_index, sorted"] == seen["pandas, set_index"] == EPISODES
PY
