"""The program run in this process, and one run to judge with."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from classifier.cli import main
from classifier.config import config_text
from labeler.console.program import CRASHED
from labeler.demo import true_labels
from tests.classifier.cli.walking import call
from tests.classifier.runs import LENGTHS, small, trained
from tests.conftest import recording_maker
from tests.labeler.hub.conftest import hub

__all__ = ["hub"]  # a fixture


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys, monkeypatch) -> Callable[..., Ended]:
    """Function that runs a command in this process; a crash fails the test at once."""
    monkeypatch.setenv("COLUMNS", "200")
    before = signal.getsignal(signal.SIGTERM)

    def command(*arguments: object) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        ended = Ended(end.value.code or 0, *capsys.readouterr())
        assert ended.code != CRASHED, ended.err
        assert "Traceback" not in ended.err, ended.err
        return ended

    yield command
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def finished(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished run; only to be read."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABELER_CACHE", str(folder / "cache"))
        trained(small(recording, folder / "run", steps=8))
    return folder / "run"


@pytest.fixture
def checkpoint(finished: Path) -> Path:
    """Its best checkpoint."""
    return finished / "checkpoints" / "best" / "pretrained_model"


@pytest.fixture
def seed_config(recording: Path, tmp_path: Path) -> Path:
    """The five keys that users of the fork write, with this recording and encoder."""
    values = {
        "policy": {
            "type": "reward_classifier",
            "model_name": "random",
            "image_size": 128,
            "num_cameras": 1,
            "num_classes": 2,
            "hidden_dim": 256,
            "latent_dim": 256,
        },
        "dataset": {
            "repo_id": "gtgando/so101_pick_lift_cube_rl_labeled",
            "root": str(recording),
            "video_backend": "pyav",
        },
    }
    path = tmp_path / "train.json"
    path.write_text(json.dumps(values))
    return path


@pytest.fixture(scope="session")
def places(recording, finished, tmp_path_factory) -> dict[str, Path]:
    """The files and folders that commands read; only to be read."""
    folder = tmp_path_factory.mktemp("given")
    make = recording_maker(folder)
    other = make("v3.0", LENGTHS, size=(48, 64), seed=50, name="other", reward="last")
    checkpoint = finished / "checkpoints" / "best" / "pretrained_model"
    anna, ben = folder / "anna.json", folder / "ben.json"
    scores, cutoffs, env, train = (folder / name for name in ("s.parquet", "c", "env", "train"))
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("DATA", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(folder / kind))
        for file in (anna, ben):
            call("labeler export", recording, "--out", file)
        call("labeler-train predict", checkpoint, recording, "--out", scores)
        cutoffs.write_text(json.dumps({str(episode): 6 for episode in range(len(LENGTHS))}))
        copy = folder / "copy"
        call("labeler apply", recording, "--labels", cutoffs, "--out", copy)
    # `labeler demo` labels the recording that it finds, which need not be as large as its own.
    drawn = [label.length for label in true_labels().values()]
    recording_maker(folder / "demo")("v3.0", drawn, size=(16, 16), name="pick_lift_v3.0")
    told = json.loads(config_text(small(recording, train__views=0)))
    sweep = folder / "sweep.json"
    sweep.write_text(json.dumps(told | {"sweep": {"settings": [{}], "folds": 2}}))
    env.write_text(json.dumps({"env": {"type": "gym_manipulator"}}))
    train.write_text(config_text(small(recording, steps=2)))
    return {
        "recording": recording, "other": other, "checkpoint": checkpoint, "anna": anna, "ben": ben,
        "scores": scores, "cutoffs": cutoffs, "env": env, "train": train, "copy": copy,
        "demo": folder / "demo", "sweep": sweep,
    }  # fmt: skip
