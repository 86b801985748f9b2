"""A classifier is watched by the rule of its checkpoint, as `predict` and the robot's step decide.

Recordings are slow, so that no image drops while the machine is busy.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from classifier.data import gate_columns
from labeler.contracts.checkpoint import FILE, read_contract
from labeler.dataset import open_dataset
from labeler.decision import FrameScores, Rule, decisions, read_gate
from labeler.ui.watching.watch_panel import WatchPanel
from labeler.ui.watching.watching import TRACE
from tests.conftest import recording_maker
from tests.interop.test_robot_rule import widest_gap
from tests.labeler.ui.conftest import OpenWindow, Press
from tests.labeler.ui.training.conftest import wait_for
from tests.labeler.ui.watching.conftest import GRIPPER, trained

FPS, LENGTH, EPISODES = 5, 40, 4
STATE = "observation.state"
GATES = [read_gate(f"{STATE}[{entry}] {side} 0") for entry in range(6) for side in "<>"]
ENTRIES = {f"{STATE}[{entry}]": entry for entry in range(6)}
HOLD = 0.4
_TRIES = 5
"""An image may drop all the same."""

Decisions = NDArray[np.bool_]


@dataclass(frozen=True)
class Ruled:
    """A checkpoint with a rule, and what its classifier says of a recording."""

    root: Path
    checkpoint: Path
    scores: FrameScores

    def use(self, rule: Rule) -> None:
        """Write a rule into the checkpoint."""
        contract = read_contract(self.checkpoint)
        assert contract is not None
        changed = {"rule": rule, "rule_fps": FPS, "gate_entries": ENTRIES}
        text = contract.model_copy(update=changed).text()
        (self.checkpoint / FILE).write_text(text, encoding="utf-8")

    def by(self, rule: Rule, **changes: object) -> Decisions:
        """What a rule decides, bool (episodes, frames)."""
        changed = rule.model_copy(update=changes)
        return decisions(self.scores, changed, FPS).reshape(EPISODES, LENGTH)


def classifier(*arguments: object) -> None:
    """Run a command of `labeler-train`."""
    command = [sys.executable, "-m", "classifier", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="session")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Ruled:
    folder = tmp_path_factory.mktemp("ruled")
    make = recording_maker(folder)
    root = make(lengths=(LENGTH,) * EPISODES, fps=FPS, cameras=(GRIPPER,), name="slow")
    checkpoint = trained(root, folder)
    classifier("predict", checkpoint, root, "--out", folder / "scores.parquet")
    table = pq.read_table(folder / "scores.parquet")
    episodes, frames = (table[name].to_numpy() for name in ("episode", "frame"))
    found = table["probability"].to_numpy().astype(np.float64)
    with open_dataset(root) as dataset:
        columns = gate_columns(dataset, GATES, episodes, frames)
    nothing = np.zeros(len(table), np.bool_)
    return Ruled(root, checkpoint, FrameScores(episodes, frames, found, nothing, columns))


@pytest.fixture
def slow_panel(ruled: Ruled, open_window: OpenWindow) -> WatchPanel:
    """The panel beside the slow recording, its checkpoint chosen."""
    window = open_window(ruled.root)
    window.actions_by_id["train.watch"].trigger()
    assert window.page is not None
    panel = window.page.single.watch_panel
    panel.form.use_checkpoint(ruled.checkpoint)
    return panel


@pytest.fixture
def watch(slow_panel: WatchPanel, qtbot: QtBot) -> Callable[[int], list[str]]:
    """Function that watches an episode to its end: what the panel said at each frame."""
    said: dict[int, str] = {}

    def look() -> None:
        now = slow_panel.watching.now
        assert now is not None
        said[now.frame] = slow_panel.verdict.text()

    slow_panel.watching.scored.connect(look)
    window = slow_panel.window()

    def to_its_end(episode: int) -> list[str]:
        window.desk.show_episode(episode)
        for _ in range(_TRIES):
            said.clear()
            slow_panel.start_button.click()
            wait_for(qtbot, lambda: not slow_panel.watching.running)
            assert slow_panel.watching.failure is None
            if sorted(said) == list(range(LENGTH)):
                break
        assert sorted(said) == list(range(LENGTH)), "images dropped again and again"
        return [said[frame] for frame in range(LENGTH)]

    return to_its_end


def decided(said: list[str]) -> list[bool]:
    """Whether each verdict is a success."""
    words = [text.partition("   ")[2] for text in said]
    assert set(words) <= {"success", "no success"}
    return [word == "success" for word in words]


def frames_that_need_every_part(ruled: Ruled, rule: Rule) -> NDArray[np.int64]:
    """Frames of each episode that are decided otherwise without hold, release or gates: the fewest.

    int64 (episodes,)
    """
    parts: list[tuple[str, object]] = [("hold", 0.0), ("release", None), ("gates", ())]
    without = [ruled.by(rule, **{part: nothing}) for part, nothing in parts]
    found: NDArray[np.int64] = (np.stack(without) != ruled.by(rule)).sum(axis=2).min(axis=0)
    return found


def on_the_robot(folder: Path, ruled: Ruled, episode: int) -> list[bool]:
    """What the exported step decides at each frame, given what LeRobot observes."""
    spec = importlib.util.spec_from_file_location("watched_rule", folder / "reward_rule.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule = module.RewardRule.read(folder / "reward_rule.json", FPS)
    own = ruled.scores.episodes == episode
    with open_dataset(ruled.root) as dataset:
        state = torch.tensor(dataset.rows(episode, [STATE])[STATE].to_pylist())
    probabilities = ruled.scores.probabilities[own]
    return [
        rule.decide(probability, {STATE: state[frame : frame + 1]})
        for frame, probability in enumerate(probabilities)
    ]


def test_hold_gate_and_release_decide_as_in_predict_and_on_the_robot(
    ruled: Ruled, watch: Callable[[int], list[str]], slow_panel: WatchPanel, tmp_path: Path
) -> None:
    found = ruled.scores.probabilities
    high, low = widest_gap(found, 0.5, 0.7), widest_gap(found, 0.3, 0.5)
    rules = [Rule(threshold=high, release=low, hold=HOLD, gates=(gate,)) for gate in GATES]
    least = np.array([frames_that_need_every_part(ruled, rule) for rule in rules])
    number, episode = map(int, np.unravel_index(least.argmax(), least.shape))
    assert least[number, episode], "hold, release and gate have to make a difference"
    rule = rules[number]
    ruled.use(rule)
    out = tmp_path / "scores.parquet"
    classifier("predict", ruled.checkpoint, ruled.root, "--out", out)
    column = pq.read_table(out)["decision"].to_numpy(zero_copy_only=False)
    predicted = column.reshape(EPISODES, LENGTH)[episode].tolist()
    exported = tmp_path / "pretrained_model"
    classifier("export", ruled.checkpoint, "--with-step", "--out", exported)
    watched = decided(watch(episode))
    assert slow_panel.rule.text() == f"Success: {rule.text}."
    assert watched == predicted == on_the_robot(exported, ruled, episode)


def test_another_threshold_decides_by_more_of_the_past_than_is_drawn(
    ruled: Ruled, watch: Callable[[int], list[str]], slow_panel: WatchPanel, press: Press
) -> None:
    found = ruled.scores.probabilities.reshape(EPISODES, LENGTH)
    hold = TRACE + 0.4
    lowest = found[:, -round(hold * FPS) - 1 :].min(axis=1)
    episode = int(np.argmax(lowest))
    rule = Rule(threshold=float(lowest[episode]) - 0.03, release=0.2, hold=hold)
    ruled.use(rule)
    assert decided(watch(episode))[-1]
    slow_panel.slider.setFocus()
    press(slow_panel.window(), "Right")
    higher = rule.at(slow_panel.threshold)
    assert 0 < higher.threshold - rule.threshold < 0.02
    assert slow_panel.rule.text() == f"Success: {higher.text}."
    assert slow_panel.verdict.text().endswith("   success")
    assert decided(watch(episode)) == ruled.by(higher)[episode].tolist()


def test_a_threshold_that_was_low_at_the_start_does_not_lower_the_release_for_good(
    ruled: Ruled, watch: Callable[[int], list[str]], slow_panel: WatchPanel, press: Press
) -> None:
    found = ruled.scores.probabilities
    rule = Rule(threshold=widest_gap(found, 0.5, 0.7), release=widest_gap(found, 0.4, 0.5))
    ruled.use(rule)
    slow_panel.slider.setFocus()
    press(slow_panel.window(), "Home")
    assert all(decided(watch(0)))
    assert slow_panel.rule.text() == f"Success: {rule.at(0.0).text}."
    slow_panel.slider.setValue(round(rule.threshold * 1000))
    again = rule.at(slow_panel.threshold)
    assert again.release == rule.release
    assert slow_panel.rule.text() == f"Success: {again.text}."
    assert decided(watch(0)) == ruled.by(again)[0].tolist()
