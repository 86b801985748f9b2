"""What the convex recipe is worth on the families, beside a logistic regression of fixed strength.

    python -m tests.bench.families [FAMILY...] [--frames 40] [--test 6] [--encoder FOLDER]

Features are those of images as they are drawn, without a video in between, under a ResNet10 of
random weights unless an encoder is given. Whoever chooses a recipe names families for choosing.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from classifier.convex import (
    best_strength,
    fit_calibration,
    kernel_of,
    out_of_fold_logits,
    solve,
)
from classifier.data import LabelledFrames, folds_up_to
from classifier.encoder import Encoder, load_encoder
from tests.bench.families.protocol import FAMILIES, JUDGED, REPORTING, TRAIN
from tests.interop.encoder import write_encoder

_AT_ONCE = 20
_FOLDS = 5
_LEAST = 0.1  # of the mean deviation, as in classifier.train.statistics
_BINS = 10

Floats = NDArray[np.float64]


def features_of(
    encoder: Encoder, family: str, dataset: int, episodes: range, frames: int
) -> tuple[NDArray[np.float32], LabelledFrames]:
    """Features (n, d) of episodes, and their labels."""
    found, numbers, success = [], [], []
    for index in episodes:
        episode = FAMILIES[family](dataset, index, frames)
        images = torch.from_numpy(np.stack(list(episode.images))).permute(0, 3, 1, 2) / 255
        with torch.inference_mode():
            found += [encoder.features(part).flatten(1).half() for part in images.split(_AT_ONCE)]
        numbers += [index] * frames
        success.append(episode.success)
    order = np.tile(np.arange(frames, dtype=np.int64), len(episodes))
    targets = np.concatenate(success).astype(np.int64)
    labels = LabelledFrames(np.array(numbers, dtype=np.int64), order, targets)
    return torch.cat(found).float().numpy(), labels


def convex(train, labels: LabelledFrames, test, seed: int) -> Floats:
    """Logits of the product's recipe: strength and calibration from folds, then one solution."""
    kernel, success, episodes = kernel_of(train), labels.success, labels.episodes
    held = [split.held_out for split in folds_up_to(labels, _FOLDS, seed)]
    best = best_strength(list(out_of_fold_logits(kernel, success, episodes, held)))
    calibration = fit_calibration(best.logits, success, episodes, held)
    found = solve(kernel.products, success.astype(np.float64), best.strength)
    return calibration.logits(found.logits((test @ train.T).astype(np.float64) / kernel.unit))


def plain(train, labels: LabelledFrames, test, strength: float) -> Floats:
    """Logits of scikit-learn's logistic regression with C = `strength`."""
    model = LogisticRegression(C=strength, max_iter=3000)
    return model.fit(train, labels.success).decision_function(test)


def figures(logits: Floats, success: NDArray[np.bool_]) -> str:
    """Accuracy at one half, and expected calibration error over ten bins of equal width."""
    chance = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    place = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in np.unique(place):
        part = place == number
        error += part.mean() * abs(chance[part].mean() - success[part].mean())
    return f"{np.mean((logits > 0) == success):.1%} ({error:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.families", description=__doc__)
    parser.add_argument("families", nargs="*", help="those for reporting unless named")
    parser.add_argument("--datasets", type=int, nargs="*", default=[0])
    parser.add_argument("--frames", type=int, default=40, help="of an episode")
    parser.add_argument("--train", type=int, default=TRAIN, help="episodes to train on")
    parser.add_argument("--test", type=int, default=6, help="episodes to judge by")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1000, 1, 2])
    parser.add_argument("--encoder", type=Path, help="folder of an encoder")
    chosen = parser.parse_args()
    print("family, dataset: accuracy (calibration error) by seed | C = 0.001 | C = 0.01")
    with TemporaryDirectory() as folder:
        encoder = load_encoder(str(chosen.encoder or write_encoder(Path(folder) / "resnet10")))
        for family in chosen.families or REPORTING:
            for dataset in chosen.datasets:
                print(f"{family}, {dataset}:", row(encoder, family, dataset, chosen), flush=True)


def row(encoder: Encoder, family: str, dataset: int, chosen: argparse.Namespace) -> str:
    """Figures of one dataset."""
    of = encoder, family, dataset
    train, labels = features_of(*of, range(chosen.train), chosen.frames)
    test, truth = features_of(*of, range(JUDGED, JUDGED + chosen.test), chosen.frames)
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.maximum(std, std.mean() * _LEAST)
    train, test = (train - mean) / std, (test - mean) / std
    told = [figures(convex(train, labels, test, seed), truth.success) for seed in chosen.seeds]
    fixed = [figures(plain(train, labels, test, c), truth.success) for c in (0.001, 0.01)]
    return f"{', '.join(told)} | {' | '.join(fixed)}"


if __name__ == "__main__":
    main()
