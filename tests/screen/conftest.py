"""The demo recording, for all tests on a screen."""

import shutil
from pathlib import Path

import pytest

from labeler.demo import write_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; only to be read."""
    root = tmp_path_factory.mktemp("demo") / "pick_lift"
    write_demo(root, "v3.0", lambda episode: None)
    return root


@pytest.fixture
def recording(demo: Path, tmp_path: Path) -> Path:
    """In a folder of its own, where copies are written beside it."""
    return Path(shutil.copytree(demo, tmp_path / "recordings" / demo.name))
