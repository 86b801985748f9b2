#!/usr/bin/env bash
# What:     a checkpoint is loaded with `safetensors.torch.load_file`, then a tool of the kind of
#           `rsync --inplace` writes other weights of the same size into the same file.
# Versions: safetensors 0.8.0, torch 2.7.1.
# Expected: what was loaded is a copy in memory and stays what it was.
# Seen:     the loaded tensors are the file: they turn into the new weights, and so does a model that
#           took them over with `load_state_dict(..., assign=True)`; one that took them over without
#           `assign` has a copy. The other way round nothing is shared: what is written into the
#           tensors does not reach the file.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment safetensors==0.8.0 torch==2.7.1 numpy==2.5.5

cd "$work" && "$python" - <<'PY'
from pathlib import Path

import torch
from safetensors.torch import load_file, save, save_file

FILE = Path("model.safetensors")


def weights(value: float) -> dict[str, torch.Tensor]:
    return {"weight": torch.full((256, 256), value), "bias": torch.full((256,), value)}


save_file(weights(1.0), FILE)
loaded = load_file(FILE)
assigned, copied = torch.nn.Linear(256, 256), torch.nn.Linear(256, 256)
assigned.load_state_dict(load_file(FILE), assign=True)
copied.load_state_dict(load_file(FILE))
with torch.no_grad():
    scratch = load_file(FILE)["weight"]
    scratch += 5
assert load_file(FILE)["weight"].unique().tolist() == [1.0]

with FILE.open("r+b") as file:  # same size, same file
    file.write(save(weights(2.0)))
seen = {
    "loaded": loaded["weight"].unique().tolist(),
    "assigned": assigned.weight.unique().tolist(),
    "copied": copied.weight.unique().tolist(),
}
for name, values in seen.items():
    print(f"{name}: 1.0 became {values}")
assert seen == {"loaded": [2.0], "assigned": [2.0], "copied": [1.0]}
PY
