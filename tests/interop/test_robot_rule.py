"""A rule on the robot: LeRobot's own processing with our step decides as we do, frame by frame."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from classifier.checkpoint import Card, save_checkpoint
from classifier.config import CameraInput, RewardModel
from classifier.data import gate_entries
from classifier.encoder import load_encoder
from classifier.model import PixelStatistics, RewardClassifier
from labeler.dataset import open_dataset
from labeler.decision import FrameScores, Gate, Rule, decisions, robot_rule_text
from labeler.resource import resource
from tests.classifier.cli.walking import call
from tests.interop.lerobot_process import LerobotError, LerobotProcess
from tests.interop.releases import Release
from tests.interop.test_classifier import DIALECTS, encoder_folder

__all__ = ["encoder_folder"]

pytestmark = pytest.mark.interop

CAMERA, STATE = "observation.images.gripper", "observation.state"
LENGTHS, FPS = (24, 16, 9), 10
GATE = Gate(column=STATE, entry="z", comparison=">", bound=0.25)
REWARD = {"0.3.3": 1.0, "0.4.4": 10.0, "0.6.1": 10.0}
"""0.3 always pays 1; the others what `success_reward` says."""


CardOf = Callable[[RewardClassifier], Card]
"""What a checkpoint is to say of itself, given its classifier."""


def frames(folder: Path, width: int = 2) -> tuple[Path, np.ndarray]:
    """Images that become brighter and darker again, and states; all episodes one after another.

    Of the `width` numbers of a state only the last one changes, which comes back.
    """
    random = torch.Generator().manual_seed(3)
    count = sum(LENGTHS)
    light = (torch.sin(torch.arange(count) / 3) + 1) / 2
    noise = torch.rand(count, 3, 128, 128, generator=random)
    images = (noise * light.reshape(-1, 1, 1, 1) * 255).to(torch.uint8)
    states = torch.zeros(count, width)
    states[:, -1] = torch.rand(count, generator=random)
    place = folder / "frames.safetensors"
    save_file({CAMERA: images, STATE: states}, place)
    return place, states[:, -1].double().numpy()


def a_checkpoint(
    folder: Path, encoder: Path, release: Release, card_of: CardOf | None = None
) -> RewardClassifier:
    torch.manual_seed(1)
    settings = RewardModel(hidden_dim=16, latent_dim=12)
    pixels = None if release.v3 else PixelStatistics()
    cameras = (CameraInput(CAMERA, 128, 128),)
    model = RewardClassifier(load_encoder(str(encoder)), cameras, settings, pixels).eval()
    with torch.no_grad():
        model.classifier_head[4].weight *= 20
    card = None if card_of is None else card_of(model)
    save_checkpoint(folder, model, DIALECTS[release.name], card)
    return model


def scores_of(found: np.ndarray, gate: Gate, values: np.ndarray) -> FrameScores:
    """The frames as our own decisions take them; labels do not matter."""
    numbers = np.concatenate([np.full(length, i) for i, length in enumerate(LENGTHS)])
    places = np.concatenate([np.arange(length) for length in LENGTHS])
    labels = np.zeros(len(found), np.bool_)
    return FrameScores(numbers, places, found, labels, {gate.source: values})


def probabilities(model: RewardClassifier, place: Path) -> np.ndarray:
    with torch.no_grad():
        logits = model([load_file(place)[CAMERA].float() / 255])
    return np.asarray(model.probabilities(logits).double())


def widest_gap(values: np.ndarray, low: float, high: float) -> float:
    """A threshold that rounding cannot reach, between two quantiles of the values."""
    ordered = np.sort(values)
    some = ordered[int(low * len(ordered)) : int(high * len(ordered))]
    at = int(np.argmax(np.diff(some)))
    assert some[at + 1] - some[at] > 1e-5, "the comparison needs images that differ"
    return float((some[at] + some[at + 1]) / 2)


@pytest.mark.parametrize("kind", ["threshold", "hold", "release", "gate", "all"])
def test_lerobot_decides_frame_by_frame_as_we_do(
    release: Release, lerobot: LerobotProcess, encoder_folder: Path, tmp_path: Path, kind: str
) -> None:
    model = a_checkpoint(tmp_path / "pretrained_model", encoder_folder, release)
    place, heights = frames(tmp_path)
    found = probabilities(model, place)
    rule = Rule(
        threshold=widest_gap(found, 0.4, 0.6),
        hold=0.3 if kind in ("hold", "all") else 0,
        release=widest_gap(found, 0.1, 0.3) if kind in ("release", "all") else None,
        gates=(GATE,) if kind in ("gate", "all") else (),
    )
    expected = decisions(scores_of(found, GATE, heights), rule, FPS)
    assert 0 < expected.sum() < len(expected), "the comparison needs both answers"
    file = tmp_path / "reward_rule.json"
    file.write_text(robot_rule_text(rule, {GATE.source: 1}), encoding="utf-8")
    told = lerobot.ask(
        "decide_by_rule", checkpoint=tmp_path / "pretrained_model", frames=place,
        lengths=LENGTHS, step=resource("robot/reward_rule.py"), rule=file, fps=FPS,
    )  # fmt: skip
    assert [done for _, done in told] == expected.tolist()
    assert [reward for reward, _ in told] == (expected * REWARD[release.name]).tolist()


def test_an_exported_gate_decides_in_lerobot(
    release: Release,
    lerobot: LerobotProcess,
    encoder_folder: Path,
    make_recording: Callable[..., Path],
    tmp_path: Path,
) -> None:
    """What the export writes, and nothing else: checkpoint, step, and the gate by its number."""
    place, gripper = frames(tmp_path, width=6)
    gate = Gate(column=STATE, entry="gripper.pos", comparison="<", bound=0.6)
    with open_dataset(make_recording(lengths=(3,), size=(32, 32))) as dataset:
        entries = gate_entries(dataset, [gate])
    rules: list[Rule] = []

    def card_of(model: RewardClassifier) -> Card:
        threshold = widest_gap(probabilities(model, place), 0.3, 0.5)
        rules.append(Rule(threshold=threshold, hold=0.2, gates=(gate,)))
        return Card(rule=rules[0], rule_fps=FPS, gate_entries=entries)

    model = a_checkpoint(tmp_path / "kept", encoder_folder, release, card_of)
    out = tmp_path / "exported"
    ended = call(
        "labeler-train export", tmp_path / "kept", "--with-step", "--out", out,
        "--export-for", DIALECTS[release.name],
    )  # fmt: skip
    assert ended.exit_code == 0, ended.output
    scores = scores_of(probabilities(model, place), gate, gripper)
    expected = decisions(scores, rules[0], FPS)
    ungated = decisions(scores, rules[0].model_copy(update={"gates": ()}), FPS)
    assert expected.any() and (ungated & ~expected).any(), "the gate has to make a difference"
    told = lerobot.ask(
        "decide_by_rule", checkpoint=out, frames=place, lengths=LENGTHS,
        step=out / "reward_rule.py", rule=out / "reward_rule.json", fps=FPS,
    )  # fmt: skip
    assert [done for _, done in told] == expected.tolist()
    assert [reward for reward, _ in told] == (expected * REWARD[release.name]).tolist()


def test_a_gate_on_what_the_robot_does_not_observe_is_an_error(
    release: Release, lerobot: LerobotProcess, encoder_folder: Path, tmp_path: Path
) -> None:
    a_checkpoint(tmp_path / "pretrained_model", encoder_folder, release)
    place, _ = frames(tmp_path)
    gate = Gate(column="observation.force", comparison=">", bound=0)
    file = tmp_path / "reward_rule.json"
    file.write_text(robot_rule_text(Rule(gates=(gate,)), {gate.source: None}), encoding="utf-8")
    with pytest.raises(LerobotError, match=r"observation\.force, which the robot's observation"):
        lerobot.ask(
            "decide_by_rule", checkpoint=tmp_path / "pretrained_model", frames=place,
            lengths=LENGTHS, step=resource("robot/reward_rule.py"), rule=file, fps=FPS,
        )  # fmt: skip
