"""The encoder's folder is asked for, and looked at before anything starts."""

from pathlib import Path

from labeler.ui.desk.desk import Desk
from labeler.ui.training.setup.encoder_field import PATH
from labeler.ui.training.setup.form import TrainingForm


def choose(form: TrainingForm, kind: str) -> None:
    form.encoder.kind.setCurrentText(kind)
    form.encoder.kind.activated.emit(form.encoder.kind.currentIndex())


def test_a_folder_is_not_prefilled_and_is_checked_before_the_start(
    desk: Desk, tmp_path: Path
) -> None:
    form = TrainingForm(desk)
    choose(form, "Folder or file here")
    assert form.encoder.name.text() == ""
    assert form.problems()[PATH] == "Choose the folder of the encoder, or its file."
    assert not form.start_button.isEnabled()
    form.given.put(PATH, str(tmp_path / "absent"))
    assert form.problems()[PATH] == f"There is no {tmp_path / 'absent'}."
    form.given.put(PATH, str(tmp_path))
    assert "holds no weights" in form.problems()[PATH]
    (tmp_path / "model.safetensors").write_bytes(b"")
    form.refresh()
    assert PATH not in form.problems()
    choose(form, "Random (demonstration only)")
    assert PATH not in form.problems()
    form.deleteLater()
