"""What the convex recipe is worth on the families, beside a logistic regression of fixed strength.

    python -m tests.bench.families [FAMILY...] [--datasets 0 1 2] [--train 3 5 10] [--test 20]

Features are those of images as they are drawn, without a video in between, under a ResNet10 of
random weights unless an encoder is given (`tests.bench.trained_encoder` makes a trained one). A
line for each dataset and number of episodes to train on has accuracy at one half and, in
parentheses, the expected calibration error: of the recipe, of the recipe without its changed views,
and of scikit-learn's logistic regression with two strengths. Behind the accuracies is their
standard error by episode. No seed changes any of this. Whoever chooses a recipe names families for
choosing.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from classifier.convex import (
    Kernel,
    best_strength,
    fit_calibration,
    kernel_of,
    out_of_fold_logits,
    solve,
)
from classifier.data import LabelledFrames, folds_for_choosing
from classifier.encoder import load_encoder
from tests.bench.families.features import Features
from tests.bench.families.protocol import FAMILIES, JUDGED, REPORTING, TRAIN
from tests.interop.encoder import write_encoder

_LEAST = 0.1  # of the mean deviation, as in classifier.train.statistics
_MOST_CHANGED = 500  # frames, as in classifier.train.preflight
_MOST_FRAMES = 1500  # as in classifier.train.convex_training
_BINS = 10
_STRENGTHS = (0.001, 0.01)

Floats = NDArray[np.float64]
Table = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.families")
    parser.add_argument("families", nargs="*", help="those for reporting unless named")
    parser.add_argument("--datasets", type=int, nargs="*", default=[0])
    parser.add_argument("--frames", type=int, default=40, help="of an episode")
    parser.add_argument(
        "--train", type=int, nargs="*", default=[TRAIN], help="episodes to train on"
    )
    parser.add_argument("--test", type=int, default=20, help="episodes to judge by")
    parser.add_argument("--encoder", type=Path, help="folder of an encoder")
    parser.add_argument("--features", type=Path, help="folder that keeps encoded frames")
    chosen = parser.parse_args()
    print("family, dataset, episodes: convex | without views | C = 0.001 | C = 0.01")
    with TemporaryDirectory() as folder:
        encoder = load_encoder(str(chosen.encoder or write_encoder(Path(folder) / "resnet10")))
        features = Features(encoder, chosen.features)
        for family in chosen.families or REPORTING:
            for dataset in chosen.datasets:
                for count in chosen.train:
                    told = row(features, family, dataset, count, chosen)
                    print(f"{family}, {dataset}, {count}: {told}", flush=True)


def row(
    features: Features, family: str, dataset: int, count: int, chosen: argparse.Namespace
) -> str:
    """Figures of one dataset."""
    assert family in FAMILIES
    frames, episodes = chosen.frames, range(count)
    judged = range(JUDGED, JUDGED + chosen.test)
    plain, labels = features.of(family, dataset, episodes, frames)
    test, truth = features.of(family, dataset, judged, frames)
    mean, std = plain.mean(axis=0), plain.std(axis=0)
    std = np.maximum(std, std.mean() * _LEAST)
    train, test = (plain - mean) / std, (test - mean) / std
    told = [without := convex(train, labels, test)]
    if len(train) <= _MOST_CHANGED:
        changed, _ = features.of(family, dataset, episodes, frames, view=1)
        told = [convex(np.concatenate([train, (changed - mean) / std]), labels, test, 1), without]
    else:
        told = [without, without]
    told += [regression(train, labels, test, each) for each in _STRENGTHS]
    return " | ".join(figures(logits, truth) for logits in told)


def convex(train: Table, labels: LabelledFrames, test: Table, views: int = 0) -> Floats:
    """Logits of the product's recipe: strength and calibration from folds, then one solution.

    `train` has all frames and after them, `views` times, all of them changed.
    """
    if len(labels) > _MOST_FRAMES:
        rows = np.unique(np.linspace(0, len(labels) - 1, _MOST_FRAMES).round().astype(np.int64))
        labels = LabelledFrames(labels.episodes[rows], labels.frames[rows], labels.targets[rows])
        train = train[rows]
    kernel: Kernel = kernel_of(train)
    success, episodes = labels.success, labels.episodes
    held = [split.held_out for split in folds_for_choosing(labels)]
    best = best_strength(list(out_of_fold_logits(kernel, success, episodes, held, views=views)))
    calibration = fit_calibration(best.logits, success, episodes, held)
    targets = np.tile(success.astype(np.float64), views + 1)
    found = solve(kernel.products, targets, best.strength * (views + 1))
    return calibration.logits(found.logits((test @ train.T).astype(np.float64) / kernel.unit))


def regression(train: Table, labels: LabelledFrames, test: Table, strength: float) -> Floats:
    """Logits of scikit-learn's logistic regression with C = `strength`."""
    model = LogisticRegression(C=strength, max_iter=3000)
    found: Floats = model.fit(train, labels.success).decision_function(test)
    return found


def figures(logits: Floats, truth: LabelledFrames) -> str:
    """Accuracy at one half, its standard error, and the expected calibration error.

    The standard error is that of the mean over episodes; the calibration has ten bins of equal
    width.
    """
    success = truth.success
    right = (logits > 0) == success
    by_episode = [right[truth.episodes == one].mean() for one in truth.episode_list()]
    spread = np.std(by_episode, ddof=1) / np.sqrt(len(by_episode)) if len(by_episode) > 1 else 0.0
    chance = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    place = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in np.unique(place):
        part = place == number
        error += part.mean() * abs(chance[part].mean() - success[part].mean())
    return f"{right.mean():.1%} ± {spread:.1%} ({error:.3f})"


if __name__ == "__main__":
    main()
