"""How many labels a classifier needs to be right on unseen episodes, by the order of the queue.

    python -m tests.bench.queue [TASK...] [--most 14] [--seeds 2] [--encoder FOLDER]

Two episodes are labelled in the order of the file; then one after another, in that order, in random
order, or the one on which the classifiers of the folds differ most, as the window's *Undecided* has
it. After each label the product's convex recipe is solved anew, without the changed views of few
frames. What counts is the number of labels from which on 95% of the frames of six other episodes
are right, at that number and the next one. Features are standardised over the whole pool, labelled
or not; of the real recording every 12th frame is used.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from classifier.config import CameraInput
from classifier.convex import (
    Kernel,
    best_strength,
    fit_calibration,
    kernel_of,
    out_of_fold_logits,
    solve,
)
from classifier.data import LabelledFrames, folds_for_choosing, frame_images
from classifier.encoder import Encoder, load_encoder
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_of
from labeler.labels.rewards import success_mask
from tests.bench.decision.tasks import HEAD, LAMP
from tests.bench.families.features import Features, Floats
from tests.bench.families.protocol import JUDGED
from tests.interop.encoder import write_encoder

ENOUGH, UNSEEN, POOL = 0.95, 6, 24
_FRAMES, _EVERY = 24, 12
REAL = "lamp-128 (real)"
TASKS = ("occlusion", "tiny", "regained", REAL)

Next = Callable[[list[int], Floats], int]
"""From the episodes that are labelled and the doubt of each in the pool to the next one."""


@dataclass(frozen=True)
class Pool:
    """Frames of episodes that may be labelled, and those of others that never are.

    products: of the features of all frames with each other, float64 (n, n)
    """

    products: Floats
    episodes: np.ndarray
    success: np.ndarray
    unseen: np.ndarray
    """Whether each frame is of the others, bool (n,)."""


def pool_of(task: str, encoder: Encoder) -> Pool:
    """A task's frames, encoded."""
    if task == REAL:
        features, labels = _recorded(encoder)
    else:
        parts = [
            Features(encoder).of(task, 0, numbers, _FRAMES)
            for numbers in (range(POOL), range(JUDGED, JUDGED + UNSEEN))
        ]
        features = np.concatenate([part[0] for part in parts])
        each = [(one.episodes, one.frames, one.targets) for _, one in parts]
        labels = LabelledFrames(*(np.concatenate(column) for column in zip(*each, strict=True)))
    unseen = ~np.isin(labels.episodes, np.unique(labels.episodes)[:POOL])
    mean, std = features[~unseen].mean(axis=0), features[~unseen].std(axis=0)
    kernel = kernel_of((features - mean) / np.maximum(std, std.mean() / 10))
    return Pool(kernel.products, labels.episodes, labels.success, unseen)


def _recorded(encoder: Encoder) -> tuple[np.ndarray, LabelledFrames]:
    with open_dataset(LAMP) as dataset:
        known = labels_of(dataset)
        places = [
            (episode, frame)
            for episode in range(POOL + UNSEEN)
            for frame in range(0, int(dataset.lengths[episode]), _EVERY)
        ]
        found = []
        for image in frame_images(dataset, CameraInput(HEAD, 128, 128), places):
            with torch.inference_mode():
                found.append(encoder.features(image[None]).flatten(1).half())
        masks = {episode: success_mask(known[episode]) for episode in range(POOL + UNSEEN)}
    episodes, frames = np.array(places, dtype=np.int64).T
    success = np.array([masks[e][f] for e, f in places], dtype=np.int64)
    return torch.cat(found).float().numpy(), LabelledFrames(episodes, frames, success)


def classified(pool: Pool, labelled: list[int]) -> tuple[float, Floats]:
    """Accuracy on the unseen episodes, and mean spread of the folds on each in the pool."""
    rows = np.flatnonzero(np.isin(pool.episodes, labelled))
    episodes, success = pool.episodes[rows], pool.success[rows]
    frames = LabelledFrames(episodes, np.arange(len(rows)), success.astype(np.int64))
    products = pool.products[np.ix_(rows, rows)]
    folds = folds_for_choosing(frames)
    held = [fold.held_out for fold in folds]
    best = best_strength(list(out_of_fold_logits(Kernel(products, 1.0), success, episodes, held)))
    calibration = fit_calibration(best.logits, success, episodes, held)

    def logits(train: np.ndarray) -> Floats:
        part = products[np.ix_(train, train)]
        found = solve(part, success[train].astype(np.float64), best.strength)
        return calibration.logits(found.logits(pool.products[:, rows[train]]))

    right = (logits(np.arange(len(rows))) > 0) == pool.success
    chances = [1 / (1 + np.exp(-np.clip(logits(fold.train), -30, 30))) for fold in folds]
    spread = np.std(chances, axis=0)
    doubt = [spread[pool.episodes == e].mean() for e in np.unique(pool.episodes[~pool.unseen])]
    return float(right[pool.unseen].mean()), np.array(doubt)


def labels_needed(pool: Pool, choose: Next, first: list[int], most: int) -> int | None:
    """The number of labels from which on it is good enough; None if `most` are not enough."""
    labelled, reached = list(first), None
    while len(labelled) <= most:
        accuracy, doubt = classified(pool, labelled)
        if accuracy < ENOUGH:
            reached = None
        elif reached is not None:
            return reached
        else:
            reached = len(labelled)
        labelled.append(choose(labelled, doubt))
    return None


def in_order(order: list[int]) -> Next:
    """The next of an order."""
    return lambda labelled, doubt: next(one for one in order if one not in labelled)


def undecided(labelled: list[int], doubt: Floats) -> int:
    """The one on which the folds differ most."""
    rest = [one for one in range(len(doubt)) if one not in labelled]
    return max(rest, key=lambda one: float(doubt[one]))


def row(pool: Pool, most: int, seeds: int) -> list[str]:
    """Labels needed in the order of the file, at random (each seed) and undecided first."""
    shuffled = [np.random.default_rng(seed).permutation(POOL).tolist() for seed in range(seeds)]
    needed = [labels_needed(pool, in_order(list(range(POOL))), [0, 1], most)]
    needed += [labels_needed(pool, in_order(order), order[:2], most) for order in shuffled]
    needed.append(labels_needed(pool, undecided, [0, 1], most))
    told = [f"more than {most - 1}" if one is None else str(one) for one in needed]
    return [told[0], ", ".join(told[1:-1]), told[-1]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.queue", description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"{', '.join(TASKS)}, or a family")
    parser.add_argument("--most", type=int, default=14, help="labels")
    parser.add_argument("--seeds", type=int, default=2, help="random orders")
    parser.add_argument("--encoder", type=Path, help="folder; a ResNet10 of random weights if none")
    chosen = parser.parse_args()
    print("| task | file order | random | undecided first |\n|---|---|---|---|")
    with TemporaryDirectory() as folder:
        encoder = load_encoder(str(chosen.encoder or write_encoder(Path(folder) / "resnet10")))
        for task in chosen.tasks or TASKS:
            told = row(pool_of(task, encoder), chosen.most, chosen.seeds)
            print(f"| {task} | {' | '.join(told)} |", flush=True)


if __name__ == "__main__":
    main()
