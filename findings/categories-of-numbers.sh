#!/usr/bin/env bash
# What:     four ordered categorical columns (text, integers, floats, booleans) go from pandas
#           through parquet back to pandas.
# Versions: pandas 3.1.1, pyarrow 26.0.1.
# Expected: the file's pandas metadata says "categorical", with order and number of categories, for
#           all four, so all four come back as they went.
# Seen:     only the text column does. The others come back as int64, float64 and bool: their order
#           and the categories that no row uses are gone, and sorting by episode is by number again.
#           `groupby(..., observed=False)` then loses the empty episode, too. Through Arrow's own
#           file format all four survive.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment pandas==3.1.1 pyarrow==26.0.1

cd "$work" && "$python" - <<'PY'
import json

import pandas as pd
import pyarrow.parquet as pq

rows = pd.DataFrame(
    {
        "task": pd.Categorical(["b", "a", "b"], categories=["b", "a", "c"], ordered=True),
        "episode": pd.Categorical([3, 5, 3], categories=[5, 3, 7], ordered=True),
        "speed": pd.Categorical([0.5, 1.5, 0.5], categories=[1.5, 0.5, 2.5], ordered=True),
        "success": pd.Categorical([True, False, True], categories=[True, False], ordered=True),
    }
)
rows.to_parquet("rows.parquet")
rows.to_feather("rows.feather")
metadata = json.loads(pq.read_schema("rows.parquet").metadata[b"pandas"])
said = [column["pandas_type"] for column in metadata["columns"]]
back = pd.read_parquet("rows.parquet")
print("metadata:", said)
print("parquet: ", [str(kind) for kind in back.dtypes])
print("feather: ", [str(kind) for kind in pd.read_feather("rows.feather").dtypes])
print("episodes:", rows.sort_values("episode")["episode"].tolist(), "became",
      back.sort_values("episode")["episode"].tolist())
counted = [len(each.groupby("episode", observed=False).size()) for each in (rows, back)]
print("groups with the empty episode 7:", counted)
assert said == ["categorical"] * 4
assert [str(kind) for kind in back.dtypes] == ["category", "int64", "float64", "bool"]
assert (back["task"].dtype == rows["task"].dtype) and counted == [3, 2]
assert list(pd.read_feather("rows.feather").dtypes) == list(rows.dtypes)
PY
