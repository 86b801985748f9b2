"""`labeler.open` for notebooks: tables, images, copies; the page in docs/ is executed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import classifier
import labeler
from classifier.checkpoint import save_checkpoint
from classifier.train.preflight import prepare
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_of
from labeler.errors import LabelError, RefusedError, UsageError
from labeler.labels import FrameRange
from labeler.video import FrameReader
from tests.classifier.runs import LENGTHS, later_half, small

PAGE = Path(__file__).resolve().parents[3] / "docs/notebooks.md"
GRIPPER = "observation.images.gripper"


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture(params=["v2.1", "v3.0"])
def root(request, make_recording) -> Path:
    return make_recording(request.param, lengths=(6, 5, 4), name="pick_cube")


def test_tables_are_those_of_the_files(root) -> None:
    files = sorted((root / "data").rglob("*.parquet"))
    stored = pd.concat([pq.read_table(f, partitioning=None).to_pandas() for f in files])
    with labeler.open(root) as recording:
        assert len(recording) == 3
        assert recording.episodes["length"].tolist() == [6, 5, 4]
        assert recording.episodes.index.name == "episode"
        rows = recording.frames()
        assert list(rows.columns) == ["episode", "frame", *recording.columns]
        assert rows["episode"].tolist() == stored["episode_index"].tolist()
        assert rows["frame"].tolist() == stored["frame_index"].tolist()
        assert np.array_equal(np.stack(rows["action"]), np.stack(stored["action"]))
        part = recording.frames(["timestamp"], episodes=[2, 0])
        assert part["episode"].tolist() == [2] * 4 + [0] * 6
        assert list(part.columns) == ["episode", "frame", "timestamp"]
        assert recording.frames([], episodes=[1])["frame"].tolist() == [0, 1, 2, 3, 4]
        with pytest.raises(UsageError, match="no column 'acton'"):
            recording.frames(["acton"])
        with pytest.raises(UsageError, match="no episode 3"):
            recording.frames(episodes=[3])


def test_images_are_those_of_the_reader(root) -> None:
    with labeler.open(root) as recording, open_dataset(root) as dataset:
        image = recording.image(1, 3)
        assert image.dtype == np.uint8 and image.shape == (64, 64, 3)
        with FrameReader(dataset, GRIPPER) as reader:
            assert np.array_equal(image, reader.frame(1, 3))
        assert np.array_equal(image, recording.image(1, 3, GRIPPER))
        for place, what in (((1, 5), "no frame 5"), ((-1, 0), "no episode -1")):
            with pytest.raises(UsageError, match=what):
                recording.image(*place)


def test_half_a_frame_is_none(root) -> None:
    with labeler.open(root) as recording:
        with pytest.raises(UsageError, match=r"no frame 1\.5"):
            recording.image(0, 1.5)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match=r"no episode 0\.5"):
            recording.image(0.5, 1)  # type: ignore[arg-type]
        assert np.array_equal(recording.image(np.int64(1), 3.0), recording.image(1, 3))  # type: ignore[arg-type]
        assert list(recording.frames("timestamp").columns) == ["episode", "frame", "timestamp"]


@pytest.mark.parametrize(
    ("given", "message"),
    [({"rule": "first", "above": 0.2}, "no rule 'first'"), ({"above": float("nan")}, "with nan")],
)
def test_a_column_is_read_by_a_known_rule(root, given, message) -> None:
    with labeler.open(root) as recording, pytest.raises(UsageError, match=message):
        recording.labels_from("timestamp", **given)


def test_labels_of_another_recording_are_not_taken(make_recording, tmp_path, run) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text('{"0": 3, "1": null, "2": 2}')
    root = make_recording("v3.0", lengths=(6, 5, 4), name="pick_cube")
    assert run("apply", root, "--labels", labels, "--out", tmp_path / "copy").exit_code == 0
    [rows] = (root / "data").rglob("*.parquet")
    table = pq.read_table(rows, partitioning=None)
    times = pc.add(table["timestamp"], 100)  # the same metadata, other frames
    place = table.schema.get_field_index("timestamp")
    pq.write_table(table.set_column(place, table.schema.field(place), [times]), rows)
    with labeler.open(root) as recording, pytest.raises(LabelError, match="another recording"):
        _ = recording.labels


def test_several_cameras_have_to_be_named(make_recording) -> None:
    root = make_recording(cameras=(GRIPPER, "observation.images.side"))
    with labeler.open(root) as recording:
        with pytest.raises(UsageError, match="has 2 cameras"):
            recording.image(0, 0)
        assert recording.image(0, 0, "observation.images.side").shape == (64, 64, 3)


def test_a_table_of_labels_becomes_a_copy_and_comes_back(root, tmp_path) -> None:
    with labeler.open(root) as recording:
        labels = recording.labels
        assert labels["success"].isna().all() and len(labels) == 15
        labels.loc[labels["episode"] == 0, "success"] = labels["frame"] >= 3
        labels.loc[labels["episode"] == 1, "success"] = False
        with pytest.raises(LabelError, match="episode 2"):
            recording.write_copy(labels, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()
        shuffled = labels.sample(frac=1, random_state=0)
        copy = recording.write_copy(shuffled, tmp_path / "copy", unlabeled="zero")
        with open_dataset(copy) as dataset:
            found = [label.success for label in labels_of(dataset)]
        assert found == [(FrameRange(3, 6),), (), ()]
        with labeler.open(copy) as written:
            assert written.labels["success"].fillna(False).tolist() == (
                labels["success"].fillna(False).tolist()
            )
        labels["success"] = True
        recording.write_copy(labels, copy)  # brought up to date
        with open_dataset(copy) as dataset:
            assert [label.cutoff for label in labels_of(dataset)] == [0, 0, 0]


def test_excluded_frames_are_kept(root, tmp_path) -> None:
    with labeler.open(root) as recording:
        labels = recording.labels
        labels["success"] = labels["frame"] >= 2
        labels["excluded"] = labels["frame"] == 0
        copy = recording.write_copy(labels, tmp_path / "copy")
    with labeler.open(copy) as written:
        assert written.labels["excluded"].tolist() == labels["excluded"].tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="success"), "no column success"),
        (lambda t: t.assign(episode=t["episode"].replace(2, 3)), "names the episode 3"),
        (lambda t: t.iloc[1:], "not those of its 6 frames"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "not those of its 6 frames"),
        (lambda t: t.assign(success=t["success"].mask(t["frame"] == 0)), "no value in 1 of 6"),
        (lambda t: t.assign(success=t["frame"] / 10), "values other than true and false"),
        (lambda t: t.assign(success="yes"), "values other than true and false"),
        (lambda t: t.assign(episode=t["episode"].astype(str)), "names the episode '0'"),
        (
            lambda t: t.assign(excluded=pd.array([pd.NA] * len(t), dtype="boolean")),
            "values other than true and false",
        ),
    ],
)
def test_tables_that_say_something_else_are_refused(change, message, root, tmp_path) -> None:
    with labeler.open(root) as recording:
        labels = recording.labels.assign(success=lambda t: t["frame"] > 2)
        with pytest.raises(LabelError, match=message):
            recording.write_copy(change(labels), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_copies_of_commands_are_left_alone(root, tmp_path, run) -> None:
    labels, copy = tmp_path / "labels.json", tmp_path / "copy"
    labels.write_text('{"0": 3, "1": null, "2": 2}')
    assert run("apply", root, "--labels", labels, "--out", copy).exit_code == 0
    with labeler.open(root) as recording:
        # What was applied is what the window, and so a notebook, has for this recording.
        assert recording.labels.query("success")["frame"].tolist() == [3, 4, 5, 2, 3]
        with pytest.raises(RefusedError, match="not written by a notebook"):
            recording.write_copy(recording.labels, copy)
        recording.write_copy(recording.labels, copy, overwrite=True)


@pytest.fixture
def trained_on(make_recording, tmp_path, monkeypatch) -> Path:
    """A recording and an untrained classifier, as the page has them in its folder."""
    root = make_recording(lengths=LENGTHS, reward=later_half, name="pick_cube")
    prepared = prepare(small(root))
    folder = tmp_path / "checkpoint" / "pretrained_model"
    folder.parent.mkdir()
    save_checkpoint(folder, prepared.new_model().eval(), "lerobot-0.6")
    monkeypatch.chdir(tmp_path)
    return root


def test_predictions_have_a_row_per_frame(trained_on) -> None:
    table = classifier.predict("checkpoint/pretrained_model", trained_on, device="cpu")
    assert list(table.columns) == ["episode", "frame", "probability"]
    assert table["episode"].tolist() == np.repeat(range(len(LENGTHS)), LENGTHS).tolist()
    assert table["probability"].between(0, 1).all()


def test_scores_of_the_command_are_read(trained_on, tmp_path) -> None:
    from typer.testing import CliRunner

    from classifier.cli.program import app

    call = ["predict", "checkpoint", str(trained_on), "--out", "scores.parquet", "--device=cpu"]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    with labeler.open(trained_on) as recording:
        scores = recording.scores("scores.parquet")
    stored = pq.read_table("scores.parquet").to_pandas()
    # The form of LeRobot's progress, which its sample weighting reads.
    assert stored["index"].tolist() == list(range(sum(LENGTHS)))
    assert stored["episode_index"].equals(stored["episode"])
    assert stored["frame_index"].equals(stored["frame"])
    assert stored["progress_sparse"].equals(stored["probability"])
    # And that of its frame signals after 0.6.1, whose reader wants a descriptor for each signal.
    schema = pq.read_schema("scores.parquet")
    assert schema.metadata[b"lerobot.scores.format"] == b"lerobot.frame_signals"
    assert schema.metadata[b"lerobot.scores.schema_version"] == b"1"
    assert json.loads(schema.metadata[b"lerobot.scores.provenance"])
    described = json.loads(schema.metadata[b"lerobot.scores.descriptors"])
    assert set(described) == set(schema.names) - {"index", "episode_index", "frame_index"}
    assert described["probability"]["direction"] == "higher"
    assert {tuple(sorted(one)) for one in described.values()} == {
        ("allow_nan", "bounds", "description", "direction")
    }
    expected = classifier.predict("checkpoint", trained_on, device="cpu")
    assert np.allclose(scores["probability"], expected["probability"], atol=1e-6)


def test_the_page_does_what_it_says(trained_on) -> None:
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(block, names)
    assert set(names["rows"]["episode"]) == {0, 2} and len(names["reach"]) == 2
    assert names["share"].between(0, 1).all()
    assert names["image"].shape == (64, 64, 3)
    assert names["copy"].is_dir()
    assert len(names["wrong"]) < sum(LENGTHS)


def test_importing_the_packages_asks_for_nothing_heavy() -> None:
    code = (
        "import sys, labeler, classifier; assert callable(labeler.open); "
        "print(sorted({'pandas', 'torch', 'numpy', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
