"""The form of a training begins with what the last one was given."""

import json
from pathlib import Path

import pytest

from labeler.labels.episode import with_cutoff
from labeler.session.training_form import remember_settings, training_forms_file
from labeler.ui.desk.desk import Desk
from labeler.ui.training.setup.encoder_field import PATH
from labeler.ui.training.setup.form import TrainingForm
from labeler.ui.window.main_window import MainWindow
from tests.conftest import MakeRecording
from tests.labeler.ui.conftest import CAMERAS, OpenWindow

ENCODER = "random"


def start(desk: Desk) -> TrainingForm:
    """A form as an operator fills it in, started; what it starts is not at work here."""
    for episode in (0, 1, 2):
        desk.session.decide(episode, with_cutoff(desk.session.label(episode), 5), frame=5, what="")
    form = TrainingForm(desk)
    form.given.put(PATH, ENCODER)
    form.epochs.setValue(7)
    form.given.put("train.cameras", [CAMERAS[1]])
    form.given.put("train.views", 2)
    assert form.start_button.isEnabled(), form.problems()
    form.start_button.click()
    return form


def test_encoder_and_settings_come_back_for_the_same_recording(
    desk: Desk, window: MainWindow, open_window: OpenWindow, root: Path
) -> None:
    given = dict(start(desk).given.values)
    window.show_start()
    again = TrainingForm(open_window(root).desk)
    assert again.given.values == given
    assert again.encoder.kind.currentText().startswith("Random")
    assert again.epochs.value() == 7
    assert [key for key, box in again.cameras.boxes.items() if box.isChecked()] == [CAMERAS[1]]


def test_another_recording_gets_all_but_the_cameras(
    desk: Desk, window: MainWindow, open_window: OpenWindow, make_recording: MakeRecording
) -> None:
    start(desk)
    other = open_window(make_recording("v3.0", (12, 9), name="other", cameras=("image",)))
    form = TrainingForm(other.desk)
    assert form.given.get(PATH) == ENCODER and form.epochs.value() == 7
    assert form.given.get("train.cameras") == ["image"]


@pytest.mark.parametrize("content", ["{", "[1]", '{"x": 3}'])
def test_a_damaged_memory_is_an_empty_one(desk: Desk, root: Path, content: str) -> None:
    training_forms_file().parent.mkdir(parents=True, exist_ok=True)
    training_forms_file().write_text(content)
    assert set(TrainingForm(desk).given.values) == {"train.cameras"}
    start(desk)
    assert TrainingForm(desk).epochs.value() == 7


def test_settings_that_no_longer_fit_are_left_alone(desk: Desk, root: Path) -> None:
    remember_settings(root, {"train.epochs": -3, "train.views": 2, "no.such": 1})
    form = TrainingForm(desk)
    assert form.given.get("train.epochs") != -3 and not form.given.problem()[0]


def test_a_camera_that_measures_depth_cannot_be_chosen(
    open_window: OpenWindow, make_recording: MakeRecording
) -> None:
    root = make_recording("v3.0", (12, 9), name="depth", cameras=CAMERAS[:2])
    info = json.loads((root / "meta/info.json").read_text())
    info["features"][CAMERAS[0]]["info"] = {"is_depth_map": True}
    (root / "meta/info.json").write_text(json.dumps(info))
    form = TrainingForm(open_window(root).desk)
    boxes = form.cameras.boxes
    assert [box.isEnabled() for box in boxes.values()] == [False, True]
    assert boxes[CAMERAS[0]].text().endswith("depth")
    assert "measures depth" in boxes[CAMERAS[0]].toolTip()
    assert form.given.get("train.cameras") == [CAMERAS[1]]
