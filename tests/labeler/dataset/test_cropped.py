"""Labels from before LeRobot's crop tool, wherever a label file is read.

What the tool does, and that of its own process nothing is closed: tests/interop/test_crop_tool.py.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier.data.labelled import read_labels_for
from labeler.collection import CollectionSpec, SourceSpec, open_collection
from labeler.console.named_labels import read_for
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_of_file
from labeler.errors import DamagedDatasetError
from labeler.session import Session, import_labels
from tests.conftest import MakeRecording

CAMERA = "observation.images.gripper"
FORMS = {
    "cutoffs.json": '{"0": 3, "1": 4, "2": 0}',
    "ranges.json": '{"episodes": {"0": {"success_start": 3}, "1": {"ranges": [[4, null]]}}}',
    "table.csv": "episode,success_start,env_reset_start\n0,3,nan\n1,4,nan\n2,0,nan\n",
}


def cropped(root: Path) -> Path:
    (root / "meta/crop_params.json").write_text(json.dumps({CAMERA: [0, 0, 64, 64]}))
    return root


def of_a_file(root: Path, file: Path) -> tuple[str, ...]:
    with open_dataset(root) as dataset:
        return labels_of_file(dataset, file).notes


def of_training(root: Path, file: Path) -> tuple[str, ...]:
    with open_dataset(root) as dataset:
        return read_labels_for(dataset, file, 2, None, None)[1]


def of_a_collection(root: Path, file: Path) -> tuple[str, ...]:
    with open_collection(CollectionSpec((SourceSpec(root, file, "one"),))) as collection:
        return tuple(collection.notes)


def of_opening(root: Path, file: Path) -> tuple[str, ...]:
    session = Session.open(root, file)
    session.close()
    return session.notes


def of_importing(root: Path, file: Path) -> tuple[str, ...]:
    session = Session.open(root)
    try:
        return import_labels(session, file)
    finally:
        session.close()


READERS = [of_a_file, of_training, of_a_collection, of_opening, of_importing]


@pytest.mark.parametrize("notes", READERS)
@pytest.mark.parametrize("form", FORMS)
def test_a_file_without_lengths_is_taken_with_a_word(
    form: str,
    notes: Callable[[Path, Path], tuple[str, ...]],
    make_recording: MakeRecording,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    file = tmp_path / form
    file.write_text(FORMS[form])
    root = make_recording(lengths=(6, 7, 5))
    assert not any("crop tool" in note for note in notes(root, file))
    (told,) = [note for note in notes(cropped(root), file) if "crop tool" in note]
    assert (
        f"{form}: LeRobot's crop tool moves the first frame of each episode but the first" in told
    )
    assert told.endswith("their frames are one too high from episode 1 on.")


def test_commands_say_it(
    make_recording: MakeRecording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cutoffs.json"
    file.write_text(FORMS["cutoffs.json"])
    with open_dataset(cropped(make_recording(lengths=(6, 7, 5)))) as dataset:
        assert [label.cutoff for label in read_for(dataset, file, None, None)] == [3, 4, 0]
    assert "one too high from episode 1 on" in capsys.readouterr().err


def test_one_episode_has_no_border_that_could_move(
    make_recording: MakeRecording, tmp_path: Path
) -> None:
    file = tmp_path / "cutoffs.json"
    file.write_text('{"0": 3}')
    assert of_a_file(cropped(make_recording(lengths=(6,))), file) == ()


def test_a_tool_that_was_not_closed_is_named_with_the_way(make_recording: MakeRecording) -> None:
    root = cropped(make_recording())
    for path in (root / "meta/episodes").rglob("*.parquet"):
        path.unlink()
    with pytest.raises(DamagedDatasetError) as caught:
        open_dataset(root)
    assert "then finalize() of what that returns" in caught.value.advice
