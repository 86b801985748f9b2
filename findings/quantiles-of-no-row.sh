#!/usr/bin/env bash
# What:     ten episodes of 200 frames are recorded with LeRobot: in every other one the arm works on
#           the left (-1), else on the right (+1), with a noise of 5 %. Then the positions are
#           normalised with the quantiles that LeRobot wrote.
# Versions: lerobot 0.6.1, datasets 4.8.5, pyarrow 26.0.1, pandas 2.3.3, numpy 2.2.6, torch 2.7.1.
# Expected: q01 and q99 are those of the column, -1.10 and 1.10, to within a hundredth (they come
#           from histograms of 5000 bins), and 98 % of what is normalised lies in [-1, 1].
# Seen:     q01 is -0.13, q10 -0.06, q90 0.06, q99 0.11: positions in which no frame is. Quantiles are
#           taken episode by episode, and stats.json has their mean. Every single frame is normalised to
#           beyond ±6, outside the range that the mode QUANTILES is there for. Minimum, maximum and
#           deviation are those of the column; with one episode the quantiles are, too.
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

NAME, QUANTILES = "observation.state", {"q01": 0.01, "q10": 0.1, "q90": 0.9, "q99": 0.99}
sides = np.where(np.arange(10) % 2, -1, 1)[:, None, None]
noise = np.random.default_rng(0).normal(0, 0.05, (10, 200, 1))
episodes = (sides * (1 + noise)).astype(np.float32)


def record(name: str, episodes: np.ndarray) -> dict[str, np.ndarray]:
    """The statistics that LeRobot writes for the positions (episode, frame, 1)."""
    feature = {"dtype": "float32", "shape": (1,), "names": None}
    dataset = LeRobotDataset.create(
        f"me/{name}", fps=10, features={NAME: feature}, root=name, use_videos=False
    )
    for episode in episodes:
        for row in episode:
            dataset.add_frame({NAME: row, "task": "sort"})
        dataset.save_episode()
    dataset.finalize()
    return LeRobotDataset(f"me/{name}", root=name).meta.stats


stats = record("both", episodes)
written = {key: float(stats[NAME][key][0]) for key in QUANTILES}
true = {key: float(np.quantile(episodes, level)) for key, level in QUANTILES.items()}
step = NormalizerProcessorStep(
    features={NAME: PolicyFeature(FeatureType.STATE, (1,))},
    norm_map={FeatureType.STATE: NormalizationMode.QUANTILES},
    stats=stats,
)
batch = create_transition(observation={NAME: torch.from_numpy(episodes.reshape(-1, 1))})
normalised = step(batch)[TransitionKey.OBSERVATION][NAME].abs()
print("written:", {key: round(value, 3) for key, value in written.items()})
print("true:   ", {key: round(value, 3) for key, value in true.items()})
print(f"normalised: {normalised.min():.1f} to {normalised.max():.1f} away from 0")
assert max(map(abs, written.values())) < 0.2 < np.abs(episodes).min()
assert abs(true["q01"] + 1.1) < 0.02 and abs(true["q99"] - 1.1) < 0.02
assert normalised.min() > 5
for key, value in {"min": episodes.min(), "max": episodes.max(), "std": episodes.std()}.items():
    assert np.isclose(stats[NAME][key], value, atol=1e-3), key
alone = record("left", episodes[1:2])[NAME]
for key, level in QUANTILES.items():
    assert abs(float(alone[key][0]) - np.quantile(episodes[1], level)) < 0.05
PY
