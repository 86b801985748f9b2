#!/usr/bin/env bash
# What:     one recording, two parquet files whose DataFrames carry a RangeIndex (100–105 and
#           106–111); one filter over both, asked of pandas.
# Versions: pandas 3.1.1, pyarrow 26.0.1.
# Expected: the index of each surviving row is the one under which it was written (103–108), or a
#           new one from 0.
# Seen:     100–105. The range stands in the metadata of the first file and is laid over whatever
#           comes back, as soon as that has the same number of rows. In the other order of the files
#           the same rows are called 106–111; where the count differs, the index starts from 0.
#           `.loc[103]` is a row of another episode, without a warning.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment pandas==3.1.1 pyarrow==26.0.1

cd "$work" && "$python" - <<'PY'
import pandas as pd

first = pd.DataFrame({"episode_index": [0, 0, 0, 1, 1, 1]}, index=pd.RangeIndex(100, 106))
second = pd.DataFrame({"episode_index": [1, 1, 1, 2, 2, 2]}, index=pd.RangeIndex(106, 112))
first["written_as"], second["written_as"] = first.index, second.index
first.to_parquet("first.parquet")
second.to_parquet("second.parquet")


def labels(files: list[str], episode: int) -> tuple[list[int], list[int]]:
    rows = pd.read_parquet(files, filters=[("episode_index", "==", episode)])
    return list(rows.index), list(rows["written_as"])


answers = {
    "first, second": labels(["first.parquet", "second.parquet"], 1),
    "second, first": labels(["second.parquet", "first.parquet"], 1),
    "three rows": labels(["first.parquet", "second.parquet"], 2),
}
for files, (index, written) in answers.items():
    print(f"{files}: index {index}, written as {written}")
assert answers["first, second"] == (list(range(100, 106)), list(range(103, 109)))
assert answers["second, first"][0] == list(range(106, 112))
assert answers["three rows"] == ([0, 1, 2], [109, 110, 111])
PY
