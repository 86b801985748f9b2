"""Real TensorBoard, Weights & Biases (offline) and trackio keep what a run measured."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.classifier.runs import ROOT, arguments, later_half, small
from tests.conftest import MakeRecording
from tests.interop.releases import ENVIRONMENTS, HERE

pytestmark = [pytest.mark.interop, pytest.mark.xdist_group("trackers")]

NAME = "trackers"
PYTHON = ENVIRONMENTS / NAME / "bin" / "python"


def run(home: Path, *command: object) -> str:
    """A program among the trackers and our own packages, without the network or a user's files."""
    places = {"HOME": home, "WANDB_DIR": home, "TRACKIO_DIR": home / "trackio"}
    places |= {"LABELER_CACHE": home / "cache", "PYTHONPATH": _packages()}
    offline = {"WANDB_MODE": "offline", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    environment = os.environ | {name: str(place) for name, place in places.items()} | offline
    done = subprocess.run(
        [str(PYTHON), *map(str, command)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _packages() -> str:
    """Ours and what it needs: scripts/interop takes the same Python for the trackers."""
    return os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])


@pytest.mark.parametrize("tracker", ["tensorboard", "wandb", "trackio"])
def test_a_tracker_keeps_what_a_run_measured(
    tracker: str, make_recording: MakeRecording, tmp_path: Path
) -> None:
    if not PYTHON.exists():
        required = NAME in os.environ.get("LABELER_INTEROP_REQUIRED", "").split()
        (pytest.fail if required else pytest.skip)("no trackers (run scripts/interop)")
    recording = make_recording(lengths=(12,) * 6, size=(48, 64), reward=later_half)
    changes = {"steps": 4, "log_freq": 1, "eval_freq": 2, "train__trackers": [tracker]}
    changes |= {"wandb__project": "labels", "job_name": "lift"}
    config = small(recording, tmp_path / "run", **changes)
    run(tmp_path, "-m", "classifier", *arguments(config))
    place = tmp_path / "run" / tracker if tracker == "tensorboard" else tmp_path
    found = json.loads(run(tmp_path, HERE / "read_trackers.py", tracker, place).splitlines()[-1])
    measured = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    lines = [json.loads(line) for line in measured]
    for kind, event, names in (
        ("train", "step", ("loss", "learning_rate")),
        ("held_out", "evaluation", ("loss", "accuracy", "precision", "recall", "f1")),
    ):
        for name in names:
            wanted = [
                value for line in lines if line["event"] == event for value in _pair(line, name)
            ]
            assert [step for step, _ in found[f"{kind}/{name}"]] == wanted[::2]
            values = [value for _, value in found[f"{kind}/{name}"]]
            assert values == pytest.approx(wanted[1::2], rel=1e-6)  # TensorBoard has 32 bits


def _pair(line: dict[str, float], name: str) -> tuple[float, float]:
    return line["step"], line[name]
