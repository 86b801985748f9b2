"""How much work suggestions save, on generated recordings whose true labels are known.

    python -m tests.bench.review [--episodes 100] [--variants easy hard] [--json FILE]

A simulated operator labels some episodes by hand, trains, and goes on with the least certain
suggestions, training anew after each round. The classifier is the real one, with the random encoder
that the demo uses; every training is a real `labeler-train`.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from labeler.dataset import open_dataset
from labeler.labels import State
from labeler.review import Scores
from labeler.review.disagreement import Disagreements
from labeler.review.guess import LIFT_SECONDS, guess, read_signal, source_of, turning_point
from labeler.review.order import ReviewOrder, ranks
from labeler.review.suggestion import Suggestion, confidence_word
from tests.bench.review.operator import is_good, keys_by_hand, keys_with, with_errors
from tests.bench.review.recordings import FPS, VARIANTS, Labels, write_variant
from tests.bench.review.training import Trainer

console = Console(highlight=False, soft_wrap=True)
Figures = dict[str, Any]
Hints = dict[int, Suggestion | None]
ENOUGH = 0.9
REFRESHED = 3  # times
FIRST = 4  # of both kinds, before the first training


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.review", description=__doc__)
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--round", type=int, default=6, help="labels between two trainings")
    parser.add_argument("--rounds", type=int, default=10, help="trainings at most")
    parser.add_argument("--seeds", type=int, default=3, help="sets of label errors")
    parser.add_argument("--folds", type=int, default=5, help="of the search for wrong labels")
    parser.add_argument("--work", type=Path, help="folder for recordings and features, 1 GB")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="labeler-review-", dir=chosen.work))
    figures: Figures = {"load": os.getloadavg()[0]}
    try:
        for variant in chosen.variants:
            figures[variant] = measured(variant, work / variant, chosen)
    finally:
        shutil.rmtree(work)
        if chosen.json:
            chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures, chosen)


def measured(variant: str, folder: Path, chosen: argparse.Namespace) -> Figures:
    """Everything about one recording."""
    folder.mkdir()
    root = folder / "recording"
    truth = write_variant(variant, root, chosen.episodes)
    say(f"{variant}: {chosen.episodes} episodes are written")
    trainer = Trainer(root, folder)
    hints = guesses(root, truth)
    found = labelled(truth, trainer, chosen, hints)
    found["guess"] = guessed(hints, truth)
    found["refresh"] = refreshed(truth, trainer)
    say(f"{variant}: refreshed in {found['refresh']}")
    found["errors"] = [
        errors_found(truth, trainer, seed, chosen.folds) for seed in range(chosen.seeds)
    ]
    say(f"{variant}: errors found {found['errors']}")
    return found


def labelled(truth: Labels, trainer: Trainer, chosen: argparse.Namespace, hints: Hints) -> Figures:
    """Rounds of labelling until suggestions are good for most of the rest; then accept the rest.

    The first episodes are labelled by hand, and for comparison with hints from signals, which the
    window shows until there is a classifier.
    """
    hand = {episode: keys_by_hand(label) for episode, label in truth.items()}
    labels = first_labels(truth)
    keys, rounds = sum(hand[episode] for episode in labels), []
    spared = keys - sum(keys_with(hints[episode], truth[episode]) for episode in labels)
    while True:
        scores = trainer.scores(labels, folds=0)
        found = Disagreements(scores, labels)
        rest = {e: found.suggestion(e) for e in truth if e not in labels}
        good = [is_good(suggestion, truth[e]) for e, suggestion in rest.items()]
        rounds.append((len(labels), float(np.mean(good)), keys))
        say(f"{len(labels)} labels, {np.mean(good):.0%} good, {trainer.seconds[-1]:.1f} s")
        few = len(rest) <= chosen.round  # nothing would be left to judge
        if np.mean(good) >= ENOUGH or len(rounds) >= chosen.rounds or few:
            break
        order = np.argsort(ranks(ReviewOrder.CONFIDENCE, found), kind="stable")
        for episode in order[: chosen.round].tolist():
            keys += keys_with(rest[episode], truth[episode])
            labels[episode] = truth[episode]
    left = sum(keys_with(suggestion, truth[e]) for e, suggestion in rest.items())
    words = [confidence_word(suggestion.confidence) for suggestion in rest.values()]
    return {
        "rounds": rounds,
        "labels": len(labels),
        "keys until good": keys,
        "keys": keys + left,
        "keys with hints first": keys + left - spared,
        "keys by hand": sum(hand.values()),
        "good by confidence": {
            word: [sum(g for g, w in zip(good, words, strict=True) if w == word), words.count(word)]
            for word in ("high", "medium", "low")
        },
    }


def first_labels(truth: Labels) -> Labels:
    """Episodes in order until there are `FIRST`, and both kinds among them."""
    labels: Labels = {}
    for episode, label in truth.items():
        labels[episode] = label
        if len(labels) >= FIRST and len({one.state for one in labels.values()}) > 1:
            break
    return labels


def guesses(root: Path, truth: Labels) -> Hints:
    """What signals alone say of each episode."""
    with open_dataset(root) as dataset:
        source = source_of(dataset)
        assert source is not None
        turns = {
            e: turning_point(read_signal(dataset, source, e), FPS, gripper=True) for e in truth
        }
    return {e: guess(turn, 100, round(LIFT_SECONDS * FPS)) for e, turn in turns.items()}


def guessed(found: Hints, truth: Labels) -> Figures:
    """How good guesses from signals are for the episodes that succeed for good."""
    lifts = [e for e, label in truth.items() if label.cutoff is not None]
    others = [e for e, label in truth.items() if label.state is State.NEVER]
    return {
        "good": sum(found[e] is not None and is_good(found[e], truth[e]) for e in lifts),
        "lifts": len(lifts),
        "wrong for never": sum(found[e] is not None for e in others),
        "never": len(others),
        "keys": sum(keys_with(found[e], label) for e, label in truth.items()),
    }


def errors_found(truth: Labels, trainer: Trainer, seed: int, folds: int) -> tuple[int, int, int]:
    """Of the wrong labels, how many stand in the first tenth; how many there are; the queue."""
    labels, wrong = with_errors(truth, 0.05, seed)
    found = Disagreements(trainer.scores(labels, folds=folds, seed=seed), labels)
    keys = ranks(ReviewOrder.DISAGREEMENT, found)
    first = np.argsort(keys, kind="stable")[: max(len(truth) // 10, 1)]
    return len(wrong & set(first.tolist())), len(wrong), len(found.worth_a_look())


def refreshed(truth: Labels, trainer: Trainer) -> Figures:
    """Seconds from a label to compared probabilities of all episodes, everything encoded before.

    By a run for suggestions, as the window starts it while labelling goes on, and by a training
    with default settings; wall time, processor time, and good suggestions of the other episodes.
    """
    runs: dict[str, Callable[[Labels], Scores]] = {
        "suggestions": trainer.refreshed,
        "training": lambda labels: trainer.scores(labels, folds=0),
    }
    half, found = len(truth) // 2, {}
    for name, run in runs.items():
        labels, samples = dict(list(truth.items())[:half]), []
        for number in range(REFRESHED):
            labels[half + number] = truth[half + number]
            began = time.perf_counter()
            compared = Disagreements(run(labels), labels)
            samples.append(time.perf_counter() - began)
        good = [is_good(compared.suggestion(e), truth[e]) for e in truth if e not in labels]
        found[name] = {
            "wall": samples,
            "cpu": trainer.cpu[-REFRESHED:],
            "good": float(np.mean(good)),
        }
    return found


def show(figures: Figures, chosen: argparse.Namespace) -> None:
    table = Table("", *chosen.variants, title=f"Review, {chosen.episodes} episodes of 100 frames")
    found = [figures[variant] for variant in chosen.variants]
    rows = {
        "labels until 90% of the rest are within 2 frames": [
            f"{one['labels']} ({one['rounds'][-1][1]:.0%})" for one in found
        ],
        "keys until then": [f"{one['keys until good']}" for one in found],
        "keys for all episodes": [f"{one['keys']}" for one in found],
        "keys with hints until the first training": [
            f"{one['keys with hints first']}" for one in found
        ],
        "keys by hand": [f"{one['keys by hand']}" for one in found],
        "keys with guesses from signals alone": [f"{one['guess']['keys']}" for one in found],
        "guesses within 2 frames": [
            f"{one['guess']['good']} of {one['guess']['lifts']}" for one in found
        ],
        "good suggestions by confidence: high": [_share(one, "high") for one in found],
        "medium": [_share(one, "medium") for one in found],
        "low": [_share(one, "low") for one in found],
        "5% wrong labels, in the first 10% of the queue": [_errors(one) for one in found],
        "labels to look at": [str([errors[2] for errors in one["errors"]]) for one in found],
    }
    rows |= _refresh_rows([one["refresh"] for one in found])
    for name, cells in rows.items():
        table.add_row(name, *cells)
    console.print(table)
    console.print(f"{os.cpu_count()} processors, load {figures['load']:.1f} at the start")


def _refresh_rows(found: list[Figures]) -> dict[str, list[str]]:
    rows = {}
    for name, words in (("suggestions", "refreshed suggestions"), ("training", "a training")):
        runs = [one[name] for one in found]
        rows[f"last label to {words}, cached"] = [_seconds(run["wall"]) for run in runs]
        rows[f"last label to {words}, processor time"] = [_seconds(run["cpu"]) for run in runs]
        rows[f"good suggestions of {words}, half labelled"] = [f"{r['good']:.0%}" for r in runs]
    return rows


def _share(one: Figures, word: str) -> str:
    good, count = one["good by confidence"][word]
    return f"{good} of {count}"


def _errors(one: Figures) -> str:
    hits, wrong = (sum(errors[place] for errors in one["errors"]) for place in (0, 1))
    return f"{hits} of {wrong} ({hits / wrong:.0%})" if wrong else "-"


def _seconds(samples: list[float]) -> str:
    return f"{np.median(samples):.1f} s (least {min(samples):.1f})" if samples else "-"


def say(text: str) -> None:
    console.print(f"[dim]{time.strftime('%H:%M:%S')} {text}[/]")


if __name__ == "__main__":
    main()
