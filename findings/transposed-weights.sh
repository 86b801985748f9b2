#!/usr/bin/env bash
# What:     a numpy matrix in column-major order, as `.T`, `np.asfortranarray` and many solvers
#           return it, is saved with `safetensors.numpy` and loaded again. It is contiguous and dense,
#           which is what the function asks for, only not by rows.
# Versions: safetensors 0.8.0, numpy 2.5.5.
# Expected: the values come back as they were; at worst an exception, as the torch side of the same
#           package raises for a transposed tensor.
# Seen:     no exception and the right shape, but the numbers are in the wrong places: the memory is
#           written as it lies, under the shape of the matrix. `np.ascontiguousarray` first is right.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment safetensors==0.8.0 numpy==2.5.5

"$python" - <<'PY'
import numpy as np
from safetensors.numpy import load, save

weights = np.asfortranarray([[0, 2, 4], [1, 3, 5]], np.float32)
assert weights.flags.f_contiguous and weights.flags.forc
back = load(save({"weights": weights, "by rows": np.ascontiguousarray(weights)}))
print(weights.tolist(), "came back as", back["weights"].tolist())
assert back["weights"].shape == weights.shape
assert back["weights"].tolist() == [[0, 1, 2], [3, 4, 5]]
assert np.array_equal(back["by rows"], weights)
PY
