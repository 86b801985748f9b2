"""What decision rules do to whole episodes: LeRobot's threshold, ours, hold, hold and gate.

    python -m tests.bench.decision [TASK...] [--episodes 32] [--encoder random] [--kept DIR]

A classifier is trained on each task; every episode is predicted by the classifiers of the folds
that did not see it. Rules are chosen on one half of the episodes (even or odd numbers) and measured
on the other, and the counts of both halves are added. A ResNet10 of random weights flatters nobody:
figures compare rules, not classifiers. Without a TASK it is those for reporting.
"""

import argparse
from pathlib import Path

import numpy as np

from classifier.evaluate import ScoredFrames, choose_threshold
from labeler.decision import (
    FrameScores,
    Interval,
    Rule,
    choose_rule,
    propose_gates,
    rule_figures,
)
from tests.bench.decision.scores import scores_of
from tests.bench.decision.tasks import REPORTING, TASKS

PRECISION = 0.98
RULES = ("a: threshold 0.5", "b: 98% precision", "c: hold", "d: hold and gate")


def rules_for(scores: FrameScores, fps: float) -> dict[str, Rule]:
    """The rules to compare, as they would be chosen on these frames."""
    arrays = scores.episodes, scores.frames, scores.labels, scores.probabilities
    chosen = choose_rule(scores, fps)
    proposals = propose_gates(scores, chosen, fps, scores.columns)
    best = proposals[0].after.rule if proposals else chosen.rule
    precise = choose_threshold(ScoredFrames(*arrays), PRECISION).threshold
    return dict(zip(RULES, (Rule(), Rule(threshold=precise), chosen.rule, best), strict=True))


def half(scores: FrameScores, odd: int) -> FrameScores:
    """The episodes with even numbers, or with odd ones."""
    mask = scores.episodes % 2 == odd
    return FrameScores(
        scores.episodes[mask], scores.frames[mask], scores.probabilities[mask],
        scores.labels[mask], {name: values[mask] for name, values in scores.columns.items()},
    )  # fmt: skip


def measured(scores: FrameScores, fps: float) -> dict[str, str]:
    """What each rule does to the half that it was not chosen on, of both halves, in words."""
    found: dict[str, list[tuple[Interval, Interval, tuple[int, ...]]]] = {n: [] for n in RULES}
    for odd in (0, 1):
        for name, rule in rules_for(half(scores, odd), fps).items():
            one = rule_figures(half(scores, 1 - odd), rule, fps)
            found[name].append((one.false, one.missed, one.delays))
    return {name: _words(parts, fps) for name, parts in found.items()}


def _words(parts: list[tuple[Interval, Interval, tuple[int, ...]]], fps: float) -> str:
    false, missed = (
        (sum(one[at].count for one in parts), sum(one[at].of for one in parts)) for at in (0, 1)
    )
    delays = np.array([frames for *_, one in parts for frames in one]) / fps
    late = f"{np.median(delays):.2f} s" if len(delays) else "–"
    return f"{false[0]} of {false[1]}, {missed[0]} of {missed[1]}, {late}"


def main() -> None:
    """Print a row for each task: falsely successful, missed, median delay of each rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.decision", description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=", ".join(TASKS))
    parser.add_argument("--episodes", type=int, default=32)
    parser.add_argument("--encoder", default="random", help="as --policy.model_name takes it")
    parser.add_argument("--kept", type=Path, help="folder that keeps probabilities for next time")
    chosen = parser.parse_args()
    print(f"| task | {' | '.join(RULES)} |\n|---|{'---|' * len(RULES)}")
    for name in chosen.tasks or REPORTING:
        found = measured(*scores_of(name, chosen.episodes, chosen.encoder, chosen.kept))
        print(f"| {name} | {' | '.join(found[rule] for rule in RULES)} |", flush=True)


if __name__ == "__main__":
    main()
