"""What decision rules do to whole episodes: LeRobot's threshold, ours, hold, hold and gate.

    python -m tests.bench.decision [TASK...] [--episodes 16] [--work DIR]

A classifier on a ResNet10 of random weights is trained on each task; every episode is predicted by
the classifiers of the folds that did not see it. Rules are chosen on one half of the episodes (even
or odd numbers) and measured on the other, and the counts of both halves are added. A random encoder
flatters nobody: figures compare rules, not classifiers.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from classifier.data import possible_columns
from classifier.evaluate import ScoredFrames, choose_threshold
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import identity_of, labels_of
from labeler.decision import (
    FrameScores,
    Interval,
    Rule,
    choose_rule,
    propose_gates,
    rule_figures,
)
from labeler.demo.motion import closing_on_air, slipping
from labeler.demo.recording import Action, lifting_at, story_of, write_stories
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.dialects import read_labels
from labeler.labels.document import to_text
from labeler.labels.rewards import from_rewards, success_mask

LENGTH, PRECISION = 40, 0.98
GRIPPER, HEAD = "observation.images.gripper", "observation.images.head"
LAMP = Path(__file__).parents[3] / "shared" / "recordings" / "lamp-128"
RULES = ("a: threshold 0.5", "b: 98% precision", "c: hold", "d: hold and gate")


def action(number: int) -> Action:
    """Half of the episodes lift the cube; of the others it closes on air or the cube slips out."""
    frame = 14 + number % 9
    if number % 4 < 2:
        return lifting_at(frame)
    if number % 8 in (2, 7):  # of both halves that are compared
        return lambda place, length: closing_on_air(place, frame, length)
    return lambda place, length: slipping(place, frame, length)


def generated(
    first: int, look: Callable[[int], Mapping[str, float]]
) -> Callable[[Path, int], tuple[Path, Path, str]]:
    """Function that writes a recording with its true labels: root, label file, camera."""

    def write(folder: Path, count: int) -> tuple[Path, Path, str]:
        stories = [story_of(first + n, action(n), length=LENGTH, **look(n)) for n in range(count)]
        write_stories(folder / "recording", stories, "v3.0")
        labels = {
            n: from_rewards(story.motion().lifted, EpisodeLabel(LENGTH))
            for n, story in enumerate(stories)
        }
        with open_dataset(folder / "recording") as dataset:
            known = DatasetLabels([LENGTH] * count, labels, identity_of(dataset))
        (folder / "labels.json").write_text(to_text(known))
        return folder / "recording", folder / "labels.json", GRIPPER

    return write


def lamp(folder: Path, count: int) -> tuple[Path, Path, str]:
    """The sample recording's first episodes with the rewards that it brings along."""
    with open_dataset(LAMP) as dataset:
        known = labels_of(dataset)
    few = replace(known, touched={n: known[n] for n in range(count)})
    (folder / "labels.json").write_text(to_text(few))
    return LAMP, folder / "labels.json", HEAD


TASKS: dict[str, Callable[[Path, int], tuple[Path, Path, str]]] = {
    "steady": generated(4000, lambda n: {}),
    "changing light": generated(5000, lambda n: {"brightness": (1.0, 0.7, 0.45)[n % 3]}),
    "turned camera": generated(6000, lambda n: {"turn": (0.0, 0.25, 0.5)[n % 3]}),
    "lamp-128 (real)": lamp,
}


def scores_of_folds(root: Path, labels: Path, camera: str, work: Path) -> tuple[FrameScores, float]:
    """Out-of-fold probabilities with labels and all columns that gates could compare; and fps."""
    command = [sys.executable, "-m", "classifier", str(root), f"--labels={labels}"]
    command += [f"--camera={camera}", "--policy.model_name=random", "--train.folds=8"]
    command += [f"--output_dir={work / 'run'}", "--save_checkpoint=false"]
    subprocess.run(command, check=True, capture_output=True)
    table = pq.read_table(work / "run" / "probabilities.parquet")
    with open_dataset(root) as dataset:
        known = read_labels(labels, dataset.lengths.tolist()).labels
    decided = [e for e, label in enumerate(known) if label.decided]
    table = table.filter(pc.is_in(table["episode"], pa.array(decided, table["episode"].type)))
    table = table.sort_by([("episode", "ascending"), ("frame", "ascending")])
    episodes, frames = (table[name].to_numpy().astype(np.int64) for name in ("episode", "frame"))
    with open_dataset(root) as dataset:
        columns = possible_columns(dataset, episodes, frames)
        fps = dataset.fps
    masks = {e: success_mask(known[e]) for e in np.unique(episodes).tolist()}
    success = np.array(
        [masks[e][f] for e, f in zip(episodes.tolist(), frames.tolist(), strict=True)]
    )
    found = table["probability"].to_numpy().astype(np.float64)
    return FrameScores(episodes, frames, found, success, columns), fps


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=list(TASKS), metavar="TASK")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--work", type=Path)
    chosen = parser.parse_args()
    print(f"| task | {' | '.join(RULES)} |\n|---|{'---|' * len(RULES)}")
    for name in chosen.tasks:
        with tempfile.TemporaryDirectory(dir=chosen.work) as folder:
            made = TASKS[name](Path(folder), chosen.episodes)
            told = measured(*scores_of_folds(*made, Path(folder)))
        print(f"| {name} | {' | '.join(told[rule] for rule in RULES)} |", flush=True)


if __name__ == "__main__":
    main()
