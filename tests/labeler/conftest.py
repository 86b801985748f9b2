"""Good recordings that are made once, and the commands run in this process."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from labeler.cli.program import app
from labeler.console.program import CRASHED
from tests.broken import VERSIONS
from tests.conftest import NO_QT, recording_maker

collect_ignore = ["ui"] if NO_QT else []

LENGTHS = (4, 3, 5)
LABELS = {"0": 1, "1": 0, "2": 2}
"""Cutoffs for recordings of `LENGTHS`: 9 success and 3 failure frames."""

Run = Callable[..., Result]
_COMMAND = get_command(app)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A recording of three short episodes per version; copy it before touching it."""
    make = recording_maker(tmp_path_factory.mktemp("templates"))
    return {
        version: make(version, LENGTHS, name=version, size=(32, 32), reward="last")
        for version in VERSIONS
    }


@pytest.fixture
def recording(templates: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """Function that gives a fresh copy of the recording of a version."""

    def copied(version: str = "v3.0", name: str = "recording") -> Path:
        return shutil.copytree(templates[version], tmp_path / "in" / name, symlinks=True)

    return copied


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A label file for `recording`."""
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(LABELS))
    return path


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Function that runs a command in this process; a crash fails the test at once."""
    # Otherwise the commands would be made from their signatures anew for every call.
    monkeypatch.setattr("typer.testing._get_command", lambda app: _COMMAND, raising=False)

    def run_command(*arguments: object) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        crash = result.exception if not isinstance(result.exception, SystemExit) else None
        assert crash is None, f"{arguments}: {crash!r}"
        assert result.exit_code != CRASHED, f"{arguments}: {result.output}"
        assert "Traceback" not in result.output, f"{arguments}: {result.output}"
        return result

    return run_command
