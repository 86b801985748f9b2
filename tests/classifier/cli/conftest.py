"""The program run in this process, and one run to judge with."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from classifier.cli import main
from labeler.console.program import CRASHED
from tests.classifier.runs import small, trained


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
