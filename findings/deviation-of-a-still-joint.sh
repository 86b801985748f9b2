#!/usr/bin/env bash
# What:     three joints that hardly move (500 frames of 100, 2048 and 10,000 with a noise of 0.1: an
#           angle in degrees, encoder ticks, millimetres) are recorded with LeRobot, and normalised
#           with the statistics that it writes.
# Versions: lerobot 0.6.1, datasets 4.8.5, pyarrow 26.0.1, pandas 2.3.3, numpy 2.2.6, torch 2.7.1.
# Expected: the standard deviation in stats.json is that of the column, 0.1, within a percent, and
#           normalised values lie within about four of zero.
# Seen:     0.0988 for 0.0979 at 100, but 0.7071 for 0.0957 at 2048 and 0 for 0.1020 at 10,000: the
#           variance is the mean of the squares less the square of the mean, both in float32, where
#           squares of 2048 come in steps of 0.5. A policy then sees a range of 0.6 instead of 4, or
#           values of 3·10^7. Minimum and maximum are right.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment "lerobot[dataset]==0.6.1" datasets==4.8.5 pyarrow==26.0.1 pandas==2.3.3 \
  numpy==2.2.6 torch==2.7.1 torchvision==0.22.1 av==15.1.0

cd "$work" && quiet_python <<'PY'
import numpy as np
import torch
from lerobot.configs.types import FeatureType, NormalizationMode, PolicyFeature
from lerobot.datasets.lerobot_dataset import LeRobotDataset
from lerobot.processor import NormalizerProcessorStep, TransitionKey
from lerobot.processor.converters import create_transition

NAME, LEVELS = "observation.state", (100, 2048, 10_000)
noise = np.random.default_rng(0).normal(0, 0.1, (500, len(LEVELS)))
column = (np.array(LEVELS) + noise).astype(np.float32)

feature = {"dtype": "float32", "shape": (len(LEVELS),), "names": None}
dataset = LeRobotDataset.create(
    "me/still", fps=10, features={NAME: feature}, root="still", use_videos=False
)
for row in column:
    dataset.add_frame({NAME: row, "task": "hold"})
dataset.save_episode()
dataset.finalize()

stats = LeRobotDataset("me/still", root="still").meta.stats
step = NormalizerProcessorStep(
    features={NAME: PolicyFeature(FeatureType.STATE, (len(LEVELS),))},
    norm_map={FeatureType.STATE: NormalizationMode.MEAN_STD},
    stats=stats,
)
batch = create_transition(observation={NAME: torch.from_numpy(column)})
largest = step(batch)[TransitionKey.OBSERVATION][NAME].abs().amax(0).tolist()
true, written = column.astype(float).std(0), np.asarray(stats[NAME]["std"])
for level, *figures in zip(LEVELS, true, written, largest, strict=True):
    print("at {}: deviation {:.4f}, written as {:.4f}; largest normalised value {:.3g}".format(
        level, *figures))
wrong = np.abs(written / true - 1)
assert np.all(np.abs(true - 0.1) < 0.01)
assert wrong[1] > 0.5 and wrong[2] > 0.5
assert np.allclose(stats[NAME]["min"], column.min(0)) and np.allclose(stats[NAME]["max"], column.max(0))
PY
