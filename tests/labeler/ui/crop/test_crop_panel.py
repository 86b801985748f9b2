"""Crops are typed or read, drawn over the picture, and refused where they leave it."""

import json
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from labeler.dataset.layout import Camera
from labeler.errors import UsageError
from labeler.hilserl import crop_of
from labeler.ui.crop.crop_panel import CropPanel
from labeler.ui.desk import Desk
from labeler.ui.main_window import MainWindow
from tests.labeler.ui.conftest import CAMERAS

FRONT, GRIPPER = CAMERAS  # pictures of 64 x 64


@pytest.fixture
def panel(window: MainWindow, desk: Desk) -> CropPanel:
    window.actions_by_id["view.crop"].trigger()
    assert window.page is not None
    return window.page.files.crop_panel


@pytest.mark.parametrize("text", ["1, 2, 30, 40", "1 2 30 40", "[1,2,30,40]", "(1; 2; 30; 40)"])
def test_four_numbers_are_a_crop(text: str) -> None:
    assert crop_of(text, Camera("c", "video", 64, 64)) == (1, 2, 30, 40)


@pytest.mark.parametrize(
    "text", ["1, 2, 3", "a", "-1, 0, 5, 5", "0, 0, 0, 5", "0 0 65 64", "40 0 30 64", "1.5 0 3 3"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        crop_of(text, Camera("c", "video", 64, 64))


def test_what_is_typed_is_drawn(panel: CropPanel, window: MainWindow, desk: Desk) -> None:
    assert panel.isVisible() and window.page is not None
    view = window.page.stage.large
    before = view.grab().toImage()
    QTest.keyClicks(panel.fields[GRIPPER], "10, 12, 20, 24")
    assert desk.crops == {GRIPPER: (10, 12, 20, 24)}
    assert view.grab().toImage() != before
    panel.clear.click()
    assert desk.crops == {}
    assert view.grab().toImage() == before


def test_a_crop_outside_the_picture_is_refused_in_place(panel: CropPanel, desk: Desk) -> None:
    QTest.keyClicks(panel.fields[FRONT], "10, 12, 90, 24")
    assert desk.crops == {}
    assert "64 high and 64 wide" in panel.troubles[FRONT].what.text()
    assert not panel.troubles[GRIPPER].isVisible()
    panel.fields[FRONT].clear()
    QTest.keyClicks(panel.fields[FRONT], "10, 12, 9, 24")
    assert not panel.troubles[FRONT].isVisible()


@pytest.mark.parametrize(
    "outer",
    [
        lambda crops: {"dataset": {"crop_params_dict": crops}},
        lambda crops: {"env": {"processor": {"image_preprocessing": {"crop_params_dict": crops}}}},
        lambda crops: {"env": {"wrapper": {"crop_params_dict": crops}}},
    ],
)
def test_a_configuration_is_read(outer, panel: CropPanel, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "train.json"
    crops = {FRONT: [1, 2, 30, 40], "observation.images.side": [0, 0, 5, 5], GRIPPER: [0, 0, 99, 9]}
    path.write_text(json.dumps(outer(crops)))
    panel.read(path)
    assert desk.crops == {FRONT: (1, 2, 30, 40)}
    assert panel.fields[FRONT].text() == "1, 2, 30, 40"
    assert "observation.images.side" in panel.file_trouble.what.text().replace("\u200b", "")
    assert panel.troubles[GRIPPER].isVisible()


def test_a_file_without_crops_is_told(panel: CropPanel, desk: Desk, tmp_path: Path) -> None:
    for text in ("{}", "[", '{"dataset": {"crop_params_dict": null}}'):
        path = tmp_path / "train.json"
        path.write_text(text)
        panel.read(path)
        assert panel.file_trouble.isVisible()
        assert desk.crops == {}
