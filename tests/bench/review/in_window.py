"""Keys, seconds and wrong labels of a simulated operator in the real window.

    python -m tests.bench.review.in_window [--episodes 50] [--variant easy] [--json FILE]

Nothing is counted by a model: keys are pressed in the window, which opens episodes, hints, asks and
moves on as it does for people. First come hints from signals, then, from the first labels on, the
suggestions of a classifier that is refreshed once as the window refreshes it. What the label file
says at the end is compared with the truth. Seconds are those of the machine, from the first key for
an episode to the picture of the next one; nobody looks or thinks meanwhile.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from rich.console import Console
from rich.table import Table

from labeler.labels import EpisodeLabel, Origin
from labeler.labels.dialects import read_own
from labeler.ui.desk.desk import Desk
from labeler.ui.window.app import make_application
from tests.bench.review.operator import is_good
from tests.bench.review.recordings import VARIANTS, Labels, write_variant
from tests.bench.review.training import Trainer
from tests.bench.window.operator import Operator

console = Console(highlight=False, soft_wrap=True)
FIRST = 4  # labels, of both kinds, before the classifier is trained: as many as the window needs
HINTS, SUGGESTIONS = "hints from signals", "suggestions of a classifier"
_HINT = 5.0  # s that a hint is waited for
_TENS, _SHIFT = 10, Qt.KeyboardModifier.ShiftModifier


@dataclass
class Phase:
    """Of each episode that was labelled: keys, seconds, and more.

    distances: frames between label and truth; -1 where the state or the ranges are others
    accepted: whether it is a suggestion that was accepted
    blind: whether the window showed none, to measure what suggestions do
    """

    keys: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    distances: list[int] = field(default_factory=list)
    accepted: list[bool] = field(default_factory=list)
    blind: list[bool] = field(default_factory=list)

    @property
    def keys_with_help(self) -> float:
        """Keys per episode that was not blind."""
        pairs = zip(self.keys, self.blind, strict=True)
        return float(np.mean([keys for keys, blind in pairs if not blind]))


class Hand:
    """Labels the episode shown as the truth says, with as few keys as the window allows."""

    def __init__(self, operator: Operator, truth: Labels) -> None:
        self.operator, self.truth = operator, truth
        assert operator.window.desk is not None
        self.desk = operator.window.desk
        self.keys = 0

    def label(self) -> None:
        """Enter where the suggestion is good, twice where the window asks for a look first."""
        episode = self.desk.episode
        suggestion, truth = self.desk.best_suggestion(), self.truth[episode]
        if suggestion is not None and is_good(suggestion, truth):
            while not self.desk.session.label(episode).decided:
                self.press(Qt.Key.Key_Return)
        elif not truth.success:
            if suggestion is None:
                self.press(Qt.Key.Key_End)  # the outcome is not to be seen where it opens
            self.press(Qt.Key.Key_X)
        elif truth.cutoff is not None:
            self.go(truth.cutoff)
            while not self.desk.session.label(episode).decided:
                self.press(Qt.Key.Key_S)
        else:
            self.ranges(truth)

    def ranges(self, truth: EpisodeLabel) -> None:
        """R at the first and at the last frame of each; then on to the next episode."""
        for part in truth.success:
            self.go(part.start)
            self.press(Qt.Key.Key_R)
            self.go(part.end - 1)
            self.press(Qt.Key.Key_R)
        self.press(Qt.Key.Key_U)

    def go(self, frame: int) -> None:
        """Tens, then ones, perhaps back from the next ten."""
        while (left := frame - self.desk.playhead.frame) != 0:
            far = abs(left) >= _TENS or abs(left) > _TENS - abs(left) + 1
            far = far and 0 <= self.desk.playhead.frame + np.sign(left) * _TENS < 100
            key = Qt.Key.Key_Right if left > 0 else Qt.Key.Key_Left
            self.press(key, _SHIFT if far else Qt.KeyboardModifier.NoModifier)

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press a key and wait for the picture that it leads to."""
        self.keys += 1
        self.operator.press(key, modifiers)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.review.in_window")
    parser.add_argument("--episodes", type=int, default=50)
    parser.add_argument("--variant", choices=VARIANTS, default=VARIANTS[0])
    parser.add_argument("--hints-only", action="store_true", help="train no classifier")
    parser.add_argument("--work", type=Path, help="folder for recording and features")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="labeler-review-", dir=chosen.work))
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(work / name.lower())
    load = os.getloadavg()[0]
    try:
        truth = write_variant(chosen.variant, work / "recording", chosen.episodes)
        phases = measured(work, truth, train=not chosen.hints_only)
    finally:
        shutil.rmtree(work)
    if chosen.json:
        figures = {name: asdict(phase) for name, phase in phases.items()}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    show(phases, f"{chosen.episodes} {chosen.variant} episodes")
    console.print(f"{os.cpu_count()} processors, load {load:.1f} to {os.getloadavg()[0]:.1f}")


def measured(work: Path, truth: Labels, *, train: bool) -> dict[str, Phase]:
    """The phases, one after the other, in one window."""
    root = work / "recording"
    phases = {HINTS: Phase(), **({SUGGESTIONS: Phase()} if train else {})}
    operator = Operator(make_application())
    operator.open(root)
    hand = Hand(operator, truth)
    desk = hand.desk

    def enough() -> bool:
        labels = decided(desk)
        return len(labels) >= FIRST and len({label.state for label in labels.values()}) > 1

    went_through(hand, phases[HINTS], enough if train else lambda: all_decided(hand))
    if train:
        desk.use_scores(Trainer(root, work).refreshed(decided(desk)))
        desk.show_episode(desk.queue.next_undecided(desk.episode)[0])
        went_through(hand, phases[SUGGESTIONS], lambda: all_decided(hand))
    file = desk.session.file
    operator.close()
    told = read_own(file).touched
    assert all(told[episode] == desk.session.label(episode) for episode in truth)
    return phases


def went_through(hand: Hand, phase: Phase, done: Callable[[], bool]) -> None:
    """Label one episode after the other until it is enough."""
    while not done():
        desk = hand.desk
        episode = desk.episode
        wait_for_help(hand)
        phase.blind.append(desk.blind)
        hand.keys, start = 0, time.perf_counter()
        hand.label()
        phase.seconds.append(time.perf_counter() - start)
        phase.keys.append(hand.keys)
        label = desk.session.label(episode)
        phase.accepted.append(label.origin is Origin.ACCEPTED)
        phase.distances.append(distance(label, hand.truth[episode]))


def wait_for_help(hand: Hand) -> None:
    """Hints are read beside the window; a person looks longer than that takes."""
    end = time.monotonic() + _HINT
    desk = hand.desk
    while desk.best_suggestion() is None and not desk.blind and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def decided(desk: Desk) -> Labels:
    """Labels that say something of every frame."""
    return {e: label for e, label in desk.session.table.touched.items() if label.decided}


def all_decided(hand: Hand) -> bool:
    session = hand.desk.session
    return all(session.label(episode).decided for episode in hand.truth)


def distance(label: EpisodeLabel, truth: EpisodeLabel) -> int:
    """Frames by which the farthest edge is away; -1 where the state or the ranges are others."""
    if label.state is not truth.state or len(label.success) != len(truth.success):
        return -1
    pairs = zip(label.success, truth.success, strict=True)
    return max((max(abs(a.start - b.start), abs(a.end - b.end)) for a, b in pairs), default=0)


def show(phases: dict[str, Phase], what: str) -> None:
    table = Table("", *phases, "all", title=f"A simulated operator in the window, {what}")
    whole = Phase()
    for phase in phases.values():
        whole.keys += phase.keys
        whole.seconds += phase.seconds
        whole.distances += phase.distances
        whole.accepted += phase.accepted
        whole.blind += phase.blind
    columns = [*phases.values(), whole]
    rows: dict[str, Callable[[Phase], str]] = {
        "episodes": lambda one: str(len(one.keys)),
        "of them blind, without help": lambda one: str(sum(one.blind)),
        "keys per episode": lambda one: f"{np.mean(one.keys):.2f}",
        "keys per episode that is not blind": lambda one: f"{one.keys_with_help:.2f}",
        "seconds per episode, median": lambda one: f"{np.median(one.seconds):.3f}",
        "seconds per episode, p95": lambda one: f"{np.percentile(one.seconds, 95):.3f}",
        "suggestions accepted": lambda one: str(sum(one.accepted)),
        "wrong labels": lambda one: str(sum(d < 0 or d > 2 for d in one.distances)),
        "exact labels": lambda one: str(sum(d == 0 for d in one.distances)),
    }
    for name, cell in rows.items():
        table.add_row(name, *(cell(column) for column in columns))
    console.print(table)


if __name__ == "__main__":
    main()
