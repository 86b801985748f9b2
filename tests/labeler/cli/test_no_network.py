"""No command but `labeler hub` reaches for a network, whatever it is told."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from labeler.cli import program
from tests.labeler.cli.test_review_command import write_scores
from tests.labeler.conftest import LABELS
from tests.network import refused

COMMANDS = {
    "inspect": lambda at: ["inspect", at / "in" / "recording"],
    "apply": lambda at: ["apply", at / "in" / "recording", "--labels", at / "labels.json"],
    "check": lambda at: ["check", at / "in" / "recording_labeled"],
    "export": lambda at: ["export", at / "in" / "recording", "--out", at / "own.json"],
    "compare": lambda at: ["compare", at / "own.json", at / "own.json"],
    "audit": lambda at: [
        "audit", at / "in" / "recording", "--labels", at / "labels.json",
        "--out", at / "audit.json",
    ],
    "hilserl-config": lambda at: [
        "hilserl-config", at / "env.json", "--checkpoint", at / "checkpoint",
    ],
    "review": lambda at: [
        "review", at / "in" / "recording", "--scores", at / "scores.parquet",
    ],
    "balance": lambda at: ["balance", at / "in" / "recording_labeled"],
    "merge": lambda at: ["merge", at / "in" / "recording_labeled", "--out", at / "merged"],
    "split": lambda at: [
        "split", at / "in" / "recording_labeled", "--episodes", "0", "--out", at / "split",
    ],
    "recover": lambda at: ["recover", at / "in" / "recording_labeled"],
    "doctor": lambda at: ["doctor"],
    "demo": lambda at: ["demo", "--headless", "--no-train", "--out", at / "demo"],
}  # fmt: skip
"""In an order in which each finds what it needs."""
ELSEWHERE = {"open", "preview"}
"""The tests of the window and of the trainer, which these start, say the same."""


def test_no_attempt(run, recording, short_demo, tmp_path: Path) -> None:
    recording()
    (tmp_path / "labels.json").write_text(json.dumps(LABELS))
    (tmp_path / "env.json").write_text('{"env": {"processor": {}}}')
    camera = {"key": "observation.images.gripper", "height": 128, "width": 128}
    encoder = {"name": "random", "sha256": "0" * 64}
    contract = {"version": 1, "dialect": "lerobot-0.6", "cameras": [camera], "threshold": 0.5}
    contract |= {"normalized": False, "encoder": encoder}
    write_scores(tmp_path / "scores.parquet", [[0.5] * 4, [0.5] * 3, [0.5] * 5])
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / "config.json").write_text('{"type": "reward_classifier"}')
    (tmp_path / "checkpoint" / "labeler.json").write_text(json.dumps(contract))
    for name, arguments in COMMANDS.items():
        with refused() as attempts:
            done = run(*arguments(tmp_path))
        assert done.exit_code == 0 or (name == "doctor" and "WRONG" in done.output), done.output
        assert attempts == [], name


def test_every_command_is_tried() -> None:
    assert set(program.COMMANDS) - {"hub"} - ELSEWHERE == set(COMMANDS)


def test_the_hub_would_be_noticed(run, recording, monkeypatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    root = recording()
    with refused() as attempts:
        said = run("hub", "status", root, "--repo-id", "me/pick_lift")
    assert said.exit_code == 8
    assert attempts
    with refused() as attempts, pytest.raises(OSError, match="refuses"):
        socket.create_connection(("127.0.0.1", 9))
    assert len(attempts) == 1


OFFLINE = """
import os
from labeler.cli import run_program
try:
    run_program({arguments}, None)
except SystemExit:
    print(os.environ.get("HF_HUB_OFFLINE"), "huggingface_hub" in __import__("sys").modules)
"""


@pytest.mark.parametrize(
    ("arguments", "given", "expected"),
    [
        (["inspect", "nowhere"], None, "1 False"),
        (["inspect", "nowhere"], "0", "0 False"),
        (["hub", "--help"], None, "None False"),
    ],
)
def test_the_hub_is_forbidden_to_libraries(arguments, given, expected) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    if given is not None:
        variables["HF_HUB_OFFLINE"] = given
    code = OFFLINE.format(arguments=arguments)
    run = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True
    )
    assert run.stdout.splitlines()[-1] == expected, run.stderr
