#!/usr/bin/env bash
# What:     the same tensors with the same three metadata entries are serialised thirty times.
# Versions: safetensors 0.8.0, numpy 2.5.5.
# Expected: the same bytes each time (tensors are laid out in a fixed order), so that a digest names
#           a checkpoint, equal files are stored once, and a rebuilt file can be compared.
# Seen:     up to six different files, even within one process: the entries of `__metadata__` come in
#           another order each time. With one entry or none the bytes are always the same.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment safetensors==0.8.0 numpy==2.5.5

"$python" - <<'PY'
import json
from hashlib import sha256

import numpy as np
from safetensors.numpy import save

TENSORS = {"b": np.zeros(3, np.float32), "a": np.ones(2, np.float32)}


def files(metadata: dict[str, str]) -> set[bytes]:
    return {save(TENSORS, metadata=metadata) for _ in range(30)}


def order(file: bytes) -> list[str]:
    size = int.from_bytes(file[:8], "little")
    return list(json.loads(file[8 : 8 + size])["__metadata__"])


one, three = files({"format": "pt"}), files({"format": "pt", "step": "300", "task": "pick"})
for file in sorted(three):
    print(sha256(file).hexdigest()[:12], order(file))
assert len(one) == 1
assert len(three) > 1  # 30 times the same order of three by chance: 6 in 6^30
assert len({file[-20:] for file in three}) == 1  # the tensors are the same
PY
