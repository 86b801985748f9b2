"""Crops are typed or read, drawn over the picture, and refused where they leave it."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from labeler.dataset.layout import Camera
from labeler.errors import UsageError
from labeler.hilserl import crop_of
from labeler.ui.crop.crop_panel import CropPanel
from labeler.ui.crop.crop_preview import INPUT
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import Action
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import CAMERAS, NewWindow, Press

SMOOTH = Qt.TransformationMode.SmoothTransformation
FRONT, GRIPPER = CAMERAS  # pictures of 64 x 64


@pytest.fixture
def panel(window: MainWindow, desk: Desk) -> CropPanel:
    window.actions_by_id["view.crop"].trigger()
    assert window.page is not None
    return window.page.single.crop_panel


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
    QTest.keyClicks(panel.fields[GRIPPER].numbers, "10, 12, 20, 24")
    assert desk.crops == {GRIPPER: (10, 12, 20, 24)}
    assert view.grab().toImage() != before
    panel.clear.click()
    assert desk.crops == {}
    assert view.grab().toImage() == before


def place(panel: CropPanel, row: int, column: int) -> QPoint:
    return panel.tool.at(row, column).toPoint()


def pull(panel: CropPanel, start: tuple[int, int], to: tuple[int, int]) -> None:
    """Drag on the large picture from one (row, column) to another."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(panel.tool, left, none, place(panel, *start))
    QTest.mouseMove(panel.tool, place(panel, *to))
    QTest.mouseRelease(panel.tool, left, none, place(panel, *to))


def test_a_crop_is_drawn_moved_and_stretched_by_hand(panel: CropPanel, desk: Desk) -> None:
    assert panel.tool.isVisible() and desk.camera == GRIPPER
    pull(panel, (10, 10), (30, 25))
    assert desk.crops == {GRIPPER: (10, 10, 20, 20)}  # square
    assert panel.fields[GRIPPER].numbers.text() == "10, 10, 20, 20"
    pull(panel, (20, 20), (10, 40))
    assert desk.crops[GRIPPER] == (0, 30, 20, 20)
    panel.square.setChecked(False)
    pull(panel, (20, 40), (50, 40))
    assert desk.crops[GRIPPER] == (0, 30, 50, 20)
    pull(panel, (25, 40), (25, 99))
    assert desk.crops[GRIPPER] == (0, 44, 50, 20)  # held inside the picture


def test_a_click_beside_draws_nothing(panel: CropPanel, desk: Desk) -> None:
    pull(panel, (10, 10), (12, 12))
    assert desk.crops == {}


def test_the_hand_is_taken_away_with_the_panel(panel: CropPanel, desk: Desk) -> None:
    panel.close_button.click()
    assert not panel.tool.isVisible()


def test_the_centre_square_follows_the_camera(panel: CropPanel, desk: Desk) -> None:
    desk.show_camera(FRONT)
    panel.centre.click()
    assert desk.crops == {FRONT: (0, 0, 64, 64)}


def test_the_preview_shows_what_is_inside(
    panel: CropPanel, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.playhead.go(21)
    assert window.page is not None
    view = window.page.stage.large
    qtbot.waitUntil(lambda: not view.waiting)
    whole = panel.preview.classifier_input()
    assert (whole.width(), whole.height()) == (INPUT, INPUT)
    panel.fields[GRIPPER].put((32, 32, 32, 32))
    part = panel.preview.classifier_input()
    assert part != whole
    assert part == view.image.copy(32, 32, 32, 32).scaled(INPUT, INPUT, mode=SMOOTH)
    assert "fewer pixels (32 × 32)" in panel.cautions.text()
    panel.fields[GRIPPER].put((0, 0, 64, 32))
    assert "squeezed 2 times" in panel.cautions.text()


def test_crops_are_kept_with_the_labels(
    panel: CropPanel, desk: Desk, new_window: NewWindow, window: MainWindow, qtbot: QtBot
) -> None:
    panel.fields[GRIPPER].put((1, 2, 30, 40))
    root, file = desk.session.dataset.root, desk.session.file
    window.close()
    assert json.loads(file.read_text())["project"] == {"crops": {GRIPPER: [1, 2, 30, 40]}}
    again = new_window()
    again.open(root)
    qtbot.waitUntil(lambda: again.desk is not None)
    assert again.desk is not None and again.desk.crops == {GRIPPER: (1, 2, 30, 40)}


def test_fields_say_no_crop_that_was_undone(
    panel: CropPanel, window: MainWindow, desk: Desk, press: Press
) -> None:
    numbers = {key: field.numbers for key, field in panel.fields.items()}
    pull(panel, (10, 10), (30, 25))
    panel.fields[FRONT].put((1, 2, 30, 40))
    for front, gripper in (("", "10, 10, 20, 20"), ("", "")):
        press(window, "Ctrl+Z")
        assert (numbers[FRONT].text(), numbers[GRIPPER].text()) == (front, gripper)
    assert desk.crops == {}
    press(window, "Ctrl+Shift+Z")
    assert numbers[GRIPPER].text() == "10, 10, 20, 20"
    QTest.keyClicks(numbers[FRONT], "1, 2, 99, 40")
    assert numbers[FRONT].text() == "1, 2, 99, 40", "what is typed stays, to be corrected"


def test_crops_of_a_reloaded_file_are_drawn(panel: CropPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.fields[GRIPPER].put((1, 2, 30, 40))
    assert desk.session.flush(30)
    file, absent = desk.session.file, "observation.images.side"
    told = json.loads(file.read_text())
    told["project"]["crops"] = {GRIPPER: [5, 6, 7, 8], absent: [0, 0, 9, 9]}
    file.write_text(json.dumps(told))
    desk.session.check_disk()
    qtbot.waitUntil(lambda: bool(desk.session.save_state().conflict))
    desk.session.reload()
    qtbot.waitUntil(lambda: desk.crops == {GRIPPER: (5, 6, 7, 8)})
    assert panel.fields[GRIPPER].numbers.text() == "5, 6, 7, 8"
    panel.fields[GRIPPER].put((1, 2, 3, 4))
    assert desk.session.table.crops == {GRIPPER: (1, 2, 3, 4), absent: (0, 0, 9, 9)}


def test_a_crop_outside_the_picture_is_refused_in_place(panel: CropPanel, desk: Desk) -> None:
    QTest.keyClicks(panel.fields[FRONT].numbers, "10, 12, 90, 24")
    assert desk.crops == {}
    assert "64 high and 64 wide" in panel.fields[FRONT].trouble.what.text()
    assert not panel.fields[GRIPPER].trouble.isVisible()
    panel.fields[FRONT].numbers.clear()
    QTest.keyClicks(panel.fields[FRONT].numbers, "10, 12, 9, 24")
    assert not panel.fields[FRONT].trouble.isVisible()


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
    panel.file.read(path)
    assert desk.crops == {FRONT: (1, 2, 30, 40)}
    assert panel.fields[FRONT].numbers.text() == "1, 2, 30, 40"
    assert "observation.images.side" in panel.file.told.text().replace("\u200b", "")
    assert panel.fields[GRIPPER].trouble.isVisible()


def test_a_file_without_crops_is_told(panel: CropPanel, desk: Desk, tmp_path: Path) -> None:
    for text in ("{}", "[", '{"dataset": {"crop_params_dict": null}}'):
        path = tmp_path / "train.json"
        path.write_text(text)
        panel.file.read(path)
        assert panel.file.trouble.isVisible()
        assert desk.crops == {}


def plain(text: str) -> str:
    """Without the places at which a path may break."""
    return text.replace("\u200b", "")


def environment(path: Path, height: int = 64, **pictures: object) -> Path:
    """A robot with the cameras of the recording."""
    camera = {"type": "opencv", "height": height, "width": 64}
    cameras = {key.rpartition(".")[2]: camera for key in CAMERAS}
    env = {
        "robot": {"cameras": cameras},
        "processor": {"image_preprocessing": pictures or None, "control_mode": "leader"},
    }
    path.write_text(json.dumps({"env": env, "device": "cpu"}, indent=2))
    return path


def pictures_in(path: Path) -> dict[str, object]:
    return json.loads(path.read_text())["env"]["processor"]["image_preprocessing"]


def test_crops_are_written_into_a_configuration(
    panel: CropPanel, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    panel.fields[GRIPPER].put((0, 8, 48, 48))
    side = "observation.images.side"
    path = environment(
        tmp_path / "env.json",
        crop_params_dict={GRIPPER: [1, 2, 3, 4], FRONT: [5, 6, 7, 8], side: [0, 0, 9, 9]},
    )
    before = json.loads(path.read_text())
    panel.file.offer(path)
    assert json.loads(path.read_text()) == before, "nothing is written before it is asked"
    told = plain(panel.file.told.text())
    assert f"The crop of {GRIPPER} was [1, 2, 3, 4] and becomes [0, 8, 48, 48]." in told
    assert f"The crop of {FRONT} was [5, 6, 7, 8] and is removed." in told
    assert "env.json" in plain(panel.file.question.text.text())
    panel.file.question.answers["Write"].click()
    qtbot.waitUntil(lambda: json.loads(path.read_text()) != before)
    assert pictures_in(path) == {
        "crop_params_dict": {side: [0, 0, 9, 9], GRIPPER: [0, 8, 48, 48]},
        "resize_size": [128, 128],
    }
    assert json.loads(path.read_text())["device"] == "cpu"
    panel.file.offer(path)
    assert not panel.file.question.isVisible() and not panel.file.told.isVisible()


def test_what_does_not_fit_the_robot_is_named(panel: CropPanel, desk: Desk, tmp_path: Path) -> None:
    panel.fields[GRIPPER].put((16, 0, 48, 48))
    path = environment(tmp_path / "env.json", height=48, resize_size=[84, 84])
    panel.file.offer(path)
    told = plain(panel.file.told.text())
    assert f"The crop [16, 0, 48, 48] leaves the images of {GRIPPER}" in told
    assert f"The robot's images of {GRIPPER} are 48 x 64, those of this recording 64 x 64" in told
    assert "resize_size is [84, 84]" in told
    panel.file.question.answers["Cancel"].click()
    assert not panel.file.told.isVisible()
    assert pictures_in(path) == {"resize_size": [84, 84]}


def test_a_robot_without_the_camera_is_named(panel: CropPanel, tmp_path: Path) -> None:
    panel.fields[GRIPPER].put((16, 0, 48, 48))
    path = tmp_path / "env.json"
    path.write_text(json.dumps({"env": {"robot": {"cameras": {"wrist": {}}}}}))
    panel.file.offer(path)
    assert f"The crop is for {GRIPPER}; the robot has observation.images.wrist" in plain(
        panel.file.told.text()
    )


def test_reading_names_other_pictures(panel: CropPanel, desk: Desk, tmp_path: Path) -> None:
    crops = {GRIPPER: [0, 0, 32, 32]}
    path = environment(tmp_path / "env.json", 48, crop_params_dict=crops, resize_size=[64, 64])
    panel.file.read(path)
    assert desk.crops == {GRIPPER: (0, 0, 32, 32)}
    assert "are 48 x 64, those of this" in plain(panel.file.told.text())
    assert "resize_size is [64, 64]" in plain(panel.file.told.text())


def test_a_configuration_of_the_older_form_keeps_it(
    panel: CropPanel, tmp_path: Path, qtbot: QtBot
) -> None:
    panel.fields[GRIPPER].put((0, 8, 48, 48))
    path = tmp_path / "env.json"
    path.write_text('{"wrapper": {}, "robot": {}}')
    panel.file.offer(path)
    panel.file.question.answers["Write"].click()
    wanted = {"crop_params_dict": {GRIPPER: [0, 8, 48, 48]}, "resize_size": [128, 128]}
    qtbot.waitUntil(lambda: json.loads(path.read_text())["wrapper"] == wanted)


def test_a_file_that_was_changed_meanwhile_is_left_alone(
    panel: CropPanel, tmp_path: Path, qtbot: QtBot
) -> None:
    panel.fields[GRIPPER].put((0, 8, 48, 48))
    path = environment(tmp_path / "env.json")
    panel.file.offer(path)
    path.write_text("{}")
    panel.file.question.answers["Write"].click()
    qtbot.waitUntil(panel.file.trouble.isVisible)
    assert "was changed meanwhile" in panel.file.trouble.what.text()
    assert path.read_text() == "{}"
    environment(path)
    panel.file.trouble.buttons[Action.RETRY].click()
    assert not panel.file.trouble.isVisible()
    panel.file.question.answers["Write"].click()
    wanted = {"crop_params_dict": {GRIPPER: [0, 8, 48, 48]}, "resize_size": [128, 128]}
    qtbot.waitUntil(lambda: wanted in json.loads(path.read_text())["env"]["processor"].values())


def test_another_file_can_be_chosen_where_one_is_refused(
    panel: CropPanel, desk: Desk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.fields[GRIPPER].put((0, 8, 48, 48))
    right = environment(tmp_path / "env.json")
    panel.file.offer(environment(desk.session.dataset.root / "env.json"))
    panel.file.question.answers["Write"].click()
    again = panel.file.trouble.buttons[Action.CHOOSE_PLACE]
    qtbot.waitUntil(again.isVisible)
    monkeypatch.setattr("labeler.ui.crop.crop_file.choose_file", lambda *about: right)
    again.click()
    assert panel.file.question.isVisible() and not panel.file.trouble.isVisible()


def test_a_file_that_is_no_environment_is_refused_in_place(
    panel: CropPanel, tmp_path: Path
) -> None:
    for text in ('{"dataset": {}}', "[", '{"env": 3}'):
        path = tmp_path / "train.json"
        path.write_text(text)
        panel.file.offer(path)
        assert panel.file.trouble.isVisible() and panel.file.trouble.cure.text()
        assert not panel.file.question.isVisible()


def checkpoint(folder: Path, key: str = GRIPPER, **camera: object) -> Path:
    """The JSON files of a checkpoint of ours; the window reads nothing else of it."""
    folder.mkdir()
    config = {"type": "reward_classifier", "input_features": {}}
    (folder / "config.json").write_text(json.dumps(config))
    need = {"key": key, "height": 128, "width": 128, "crop": [0, 0, 32, 32]} | camera
    contract = {
        "version": 1,
        "dialect": "lerobot-0.6",
        "cameras": [need],
        "normalized": False,
        "encoder": {"name": "random", "sha256": "0" * 64},
        "threshold": 0.83,
    }
    (folder / "labeler.json").write_text(json.dumps(contract))
    return folder


def test_a_classifier_of_other_crops_is_told(panel: CropPanel, desk: Desk, tmp_path: Path) -> None:
    comparison = panel.comparison
    assert not comparison.isVisible(), "there is no classifier yet"
    panel.fields[FRONT].put((1, 1, 40, 40))
    panel.fields[GRIPPER].put((5, 5, 32, 32))
    desk.classifier.use(checkpoint(tmp_path / "c"), "the training of noon")
    assert comparison.isVisible() and "the training of noon" in comparison.title.text()
    told = plain(comparison.differences.text())
    assert "trained with the crop [0, 0, 32, 32]; here [5, 5, 32, 32] is drawn. Use its" in told
    comparison.take.click()
    assert desk.crops == {FRONT: (1, 1, 40, 40), GRIPPER: (0, 0, 32, 32)}
    assert not comparison.take.isVisible()
    assert "cropped as they are here" in comparison.differences.text()


@pytest.mark.parametrize(
    ("camera", "sentence"),
    [
        ({"crop": None}, "trained on whole images; here [5, 5, 32, 32] is drawn"),
        ({"crop": [0, 0, 200, 200]}, "It was trained on larger ones"),
        ({"key": "observation.images.side"}, "which this recording lacks"),
        ({"height": 64, "width": 64}, "It was trained on images of 64 × 64"),
    ],
)
def test_each_difference_to_the_classifier_is_told(
    camera: dict[str, object], sentence: str, panel: CropPanel, desk: Desk, tmp_path: Path
) -> None:
    panel.fields[GRIPPER].put((5, 5, 32, 32))
    desk.classifier.use(checkpoint(tmp_path / "c", **camera), "the training of noon")
    assert sentence in plain(panel.comparison.differences.text())
