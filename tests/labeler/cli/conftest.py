"""Labelled copies that are made once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labeler.cli.program import app
from tests.labeler.conftest import LABELS


@pytest.fixture(scope="session")
def copy_templates(
    templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A labelled copy of the recording of every version; copy it before touching it."""
    folder = tmp_path_factory.mktemp("copies")
    (folder / "labels.json").write_text(json.dumps(LABELS))
    for version, source in templates.items():
        arguments = ["apply", source, "--labels", folder / "labels.json", "--out", folder / version]
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
    return {version: folder / version for version in templates}


@pytest.fixture
def copies(
    templates: dict[str, Path], copy_templates: dict[str, Path], tmp_path: Path
) -> Callable[[str], tuple[Path, Path]]:
    """Function that gives the recording of a version (not to be changed) and a fresh copy."""

    def copied(version: str = "v3.0") -> tuple[Path, Path]:
        copy = shutil.copytree(copy_templates[version], tmp_path / "in" / "copy")
        return templates[version], copy

    return copied
