"""Real checkpoints that were trained in seconds, of one camera and of two."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from labeler.ui.watching.watch_panel import WatchPanel
from tests.labeler.ui.conftest import CAMERAS, OpenWindow
from tests.labeler.ui.training.conftest import small_settings

FRONT, GRIPPER = CAMERAS
CROP = [8, 4, 40, 48]


def trained(root: Path, folder: Path, **settings: object) -> Path:
    """The checkpoint of a real training on `root`."""
    labels = {str(episode): 10 for episode in range(4)}
    (folder / "labels.json").write_text(json.dumps(labels))
    (folder / "train.json").write_text(small_settings(train__epochs=1, **settings))
    told = [f"--config_path={folder}/train.json", f"--labels={folder}/labels.json"]
    command = [sys.executable, "-m", "classifier", str(root), *told, f"--output_dir={folder}/run"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "run" / "checkpoints" / "refit" / "pretrained_model"


@pytest.fixture(scope="session")
def checkpoint(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One camera with a crop."""
    crops = {GRIPPER: CROP}
    return trained(root, tmp_path_factory.mktemp("one"), dataset__crop_params_dict=crops)


@pytest.fixture(scope="session")
def checkpoint_of_two(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both cameras of the recording."""
    return trained(root, tmp_path_factory.mktemp("two"), train__cameras=list(CAMERAS))


@pytest.fixture
def panel(open_window: OpenWindow, root: Path, qtbot: QtBot) -> WatchPanel:
    """The panel, opened by its command."""
    window = open_window(root)
    window.actions_by_id["train.watch"].trigger()
    assert window.page is not None
    found = window.page.single.watch_panel
    assert found.isVisible()
    return found
