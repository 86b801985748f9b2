"""The README's way from five recordings to the robot, typed as it stands there."""

import json
import os
import re
import shlex
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from tests.snapshot import snapshot

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = TEXT.split("## Several recordings, one classifier")[1].split("\n## ")[0]
COMMANDS = re.search(r"^```sh\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)[1].splitlines()
PROGRAMS = {"labeler": "labeler", "labeler-train": "classifier"}
GRIPPER = "observation.images.gripper"
CROP, OLD_THRESHOLD = [0, 40, 240, 240], 0.5
SESSIONS = ("day", "night", "negatives", "angled", "small")


@pytest.fixture
def typed(tmp_path):
    """Run a line as a user types it, in a folder of its own, offline."""
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "LABELER_CACHE": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }

    def run(line):
        program, *words = shlex.split(line)
        command = [sys.executable, "-m", PROGRAMS[program], *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240
        )

    return run


def test_from_five_recordings_to_the_robots_configuration(typed, tmp_path):
    demo, balance, merge, check, train, fill = COMMANDS
    assert typed(demo).returncode == 0
    folder = tmp_path / "sessions"
    before = {name: snapshot(folder / name) for name in SESSIONS}

    told = typed(balance)
    assert told.returncode == 0, told.stderr
    rows = [line.split()[:4] for line in told.stdout.splitlines()]
    assert ["negatives", "3", "—", "3"] in rows
    assert ["night", "3", "3", "—"] in rows

    refused = typed(merge.replace("-without-84", ""))
    assert refused.returncode == 5
    sentence = "observation.images.gripper: 320×240 video in day, night, negatives, angled; "
    assert f"- {sentence}84×84 video in small." in refused.stderr
    assert not (folder / "reward").exists()

    assert (done := typed(merge)).returncode == 0, done.stderr
    assert (done := typed(check)).returncode == 0, done.stderr
    info = json.loads((folder / "reward/meta/info.json").read_text())
    assert info["codebase_version"] == "v3.0", "the day is v2.1"
    assert (info["total_episodes"], info["total_frames"]) == (11, 440)

    assert (done := typed(train)).returncode == 0, done.stderr
    assert "Held-out episodes: accuracy" in done.stdout
    weights = folder / "classifier/checkpoints/refit/pretrained_model/model.safetensors"
    assert weights.is_file()
    fill_in_the_checkpoint(typed, fill, folder)
    leave_the_camera_out(typed, folder)
    assert {name: snapshot(folder / name) for name in SESSIONS} == before


def fill_in_the_checkpoint(typed, fill, folder):
    """What the robot is told, and what of that was other before: said once, not again."""
    was = json.loads((folder / "env.json").read_text())
    done = typed(fill)
    assert done.returncode == 0, done.stderr
    checkpoint = folder / "classifier/checkpoints/refit/pretrained_model"
    threshold = json.loads((checkpoint / "labeler.json").read_text())["threshold"]
    assert 0 < threshold < 1 and abs(threshold - OLD_THRESHOLD) > 1e-3
    expected = deepcopy(was)
    expected["env"]["processor"] |= {
        "image_preprocessing": {"crop_params_dict": {GRIPPER: CROP}, "resize_size": [128, 128]},
        "reward_classifier": {
            "pretrained_path": str(checkpoint.resolve()),
            "success_threshold": threshold,
            "success_reward": 10.0,
        },
    }
    assert json.loads((folder / "env_rl.json").read_text()) == expected
    assert json.loads((folder / "env.json").read_text()) == was
    told = done.stderr.split("Note: ")[1:]
    *changed, rule = told[:4]
    assert rule.startswith("The checkpoint decides by a rule, not by success_threshold: ")
    assert [sentence.split(";")[0] for sentence in changed] == [
        f"The crop of {GRIPPER} was [60, 80, 160, 160]",
        "resize_size was [84, 84]",
        f"success_threshold was {OLD_THRESHOLD}",
    ]
    again = typed(fill.split(" --out")[0].replace("env.json", "env_rl.json"))
    assert again.returncode == 0 and "Next: " in again.stderr and " was " not in again.stderr
    assert json.loads(again.stdout) == expected


def leave_the_camera_out(typed, folder):
    """The other way to bring the five together."""
    done = typed(f"labeler merge sessions/collection.json --drop {GRIPPER} --out sessions/front")
    assert done.returncode == 0, done.stderr
    info = json.loads((folder / "front/meta/info.json").read_text())
    assert info["total_episodes"] == 13
    assert [key for key in info["features"] if "images" in key] == ["observation.images.front"]
    assert typed("labeler check sessions/front --against sessions/small").returncode == 0
