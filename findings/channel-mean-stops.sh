#!/usr/bin/env bash
# What:     the mean of each colour channel over 500 images of 200 × 200 pixels, all white, as
#           float32 in the order in which decoders give them (image, row, column, channel).
# Versions: numpy 2.5.5, torch 2.7.1.
# Expected: 1.0. numpy adds in pairs, so float32 is good for many millions of values.
# Seen:     0.84, and a deviation of 0.16 where there is none. numpy adds in pairs only along the axis
#           that lies closest in memory; with the channels there, each channel is one long sum, which
#           stops at 2^24 = 16,777,216 as adding 1 no longer changes it. Channel by channel, with the
#           channels first, or with torch, the mean is 1.0.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment numpy==2.5.5 torch==2.7.1

"$python" - <<'PY'
import numpy as np
import torch

white = np.ones((500, 200, 200, 3), np.float32)
seen = {
    "numpy, channels last": white.mean(axis=(0, 1, 2)).tolist(),
    "numpy, channels last, std": white.std(axis=(0, 1, 2)).tolist(),
    "numpy, rows": white.reshape(-1, 3).mean(axis=0).tolist(),
    "numpy, all at once": [float(white.mean())],
    "numpy, channel by channel": [float(white[..., channel].mean()) for channel in range(3)],
    "numpy, channels first": np.ones((500, 3, 200, 200), np.float32).mean(axis=(0, 2, 3)).tolist(),
    "torch, channels last": torch.from_numpy(white).mean((0, 1, 2)).tolist(),
}
for name, means in seen.items():
    print(f"{name}: {means}")
stopped = 2**24 / (500 * 200 * 200)
for name in ("numpy, channels last", "numpy, rows"):
    assert np.allclose(seen.pop(name), stopped), name
assert min(seen.pop("numpy, channels last, std")) > 0.1
assert all(value == 1.0 for means in seen.values() for value in means)
PY
