"""An encoder of the Hub: fetched when the command names it, and pinned from then on."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.classifier.runs import ROOT, arguments, command, environment, small
from tests.classifier.test_encoder import save_model
from tests.labeler.hub.server import Answer, Asked, Handler, HubServer

NAME = "owner/encoder"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubServer]:
    save_model(tmp_path / "encoder", "cnn")
    with HubServer() as server:
        server.put(NAME, tmp_path / "encoder", private=False)
        yield server


def run(hub: HubServer, home: Path, *given: object) -> subprocess.CompletedProcess[str]:
    variables = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.endpoint, "HF_HOME": str(home / "hub")}
    return subprocess.run(
        command(*given), cwd=ROOT, env=environment() | variables, capture_output=True, text=True
    )


def settings(recording: Path, folder: Path, **changes: object) -> list[str]:
    return arguments(small(recording, folder, reward_model__model_name=NAME, **changes))


def test_commit_and_digest_are_written_down_and_hold(hub, recording, tmp_path) -> None:
    repository, folder = hub.repositories[NAME], tmp_path / "run"
    done = run(hub, tmp_path, *settings(recording, folder, train__epochs=1))
    assert done.returncode == 0, done.stderr
    pinned = json.loads((folder / "train_config.json").read_text())["train"]
    assert pinned["encoder_revision"] == repository.refs["main"]
    weights = repository.main["model.safetensors"]
    assert pinned["encoder_sha256"] == hashlib.sha256(weights).hexdigest()

    config = repository.main["config.json"]
    repository.commit("main", {"config.json": config, "model.safetensors": b"other weights"})
    hub.asked.clear()
    again = tmp_path / "again"
    done = run(
        hub, tmp_path / "elsewhere", "--config_path", folder / "train_config.json",
        f"--output_dir={again}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {asked.path for asked in hub.asked if "resolve" in asked.path} == {
        f"/{NAME}/resolve/{pinned['encoder_revision']}/{file}"
        for file in ("config.json", "model.safetensors")
    }
    assert json.loads((again / "train_config.json").read_text())["train"] == pinned


def test_other_bytes_than_the_hub_promised_are_refused(hub, recording, tmp_path) -> None:
    weights = hub.repositories[NAME].main["model.safetensors"]

    def swapped(handler: Handler, asked: Asked) -> None:
        if asked.method == "GET" and asked.path.endswith("model.safetensors"):
            raise Answer(200, weights[:-4] + b"evil")

    hub.fault = swapped
    done = run(hub, tmp_path, *settings(recording, tmp_path / "run"))
    assert done.returncode == 2
    assert "are damaged" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "run" / "checkpoints").exists()


def test_an_encoder_that_the_hub_does_not_have(hub, recording, tmp_path) -> None:
    del hub.repositories[NAME]
    done = run(hub, tmp_path, *settings(recording, tmp_path / "run"))
    assert done.returncode == 2
    assert "could not be downloaded" in done.stderr and "Traceback" not in done.stderr
