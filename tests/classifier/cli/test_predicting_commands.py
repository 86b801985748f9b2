"""`evaluate`, `predict` and `export` on a trained checkpoint."""

import json
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from classifier.checkpoint import load_checkpoint
from classifier.probabilities import DistanceWatcher, predictions
from labeler.contracts.scores import recording_in_metadata
from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.labels import EpisodeLabel, FrameRange, State
from labeler.review import read_scores
from labeler.session import Session
from tests.classifier.runs import LENGTHS
from tests.snapshot import snapshot


def report_of(finished) -> dict:
    return json.loads((finished / "report.json").read_text())


def test_evaluation_agrees_with_the_run(cli, finished, checkpoint, recording) -> None:
    before = snapshot(recording)
    ended = cli("evaluate", checkpoint, recording, "--json")
    assert ended.code == 0
    values = json.loads(ended.out)
    told = report_of(finished)
    assert values["figures"]["frames"] == 72
    assert values["figures"]["threshold"] == told["threshold"]["threshold"]
    known = {episode["episode"]: episode for episode in told["episodes"]}
    mine = {episode["episode"]: episode for episode in values["episodes"]}
    assert {number: mine[number] for number in known} == known
    assert snapshot(recording) == before


def test_evaluation_in_words(cli, checkpoint, recording) -> None:
    ended = cli("evaluate", checkpoint.parent, recording, "--threshold", "0")
    assert ended.code == 0
    assert "72 frames" in ended.out
    assert "at threshold 0" in ended.out
    assert " 0 missed" in ended.out
    assert "WAS NEVER TRAINED" not in ended.err  # the training said it
    told = json.loads(cli("evaluate", checkpoint, recording, "--threshold", "0", "--json").out)
    assert told["record_next"]  # at threshold 0 all failures are false positives
    assert "Record these next:" in ended.out
    for group in told["record_next"]:
        assert group["sentence"] in ended.out
    false = [one for one in told["record_next"] if one["kind"] == "false positive"]
    assert sum(one["frames"] for one in false) == told["figures"]["confusion"]["fp"]


def test_evaluation_with_a_label_file(cli, checkpoint, make_recording, tmp_path) -> None:
    root = make_recording(lengths=LENGTHS[:2], size=(48, 64))
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"0": 3, "1": 11}))
    ended = cli("evaluate", checkpoint, root, "--labels", labels, "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["figures"]["positives"] == 10
    without = cli("evaluate", checkpoint, root)
    assert without.code == 4
    assert "has no labels" in without.err
    assert "--labels" in without.err


def test_evaluation_names_its_own_option_where_a_file_counts_from_one(
    cli, checkpoint, recording, tmp_path
) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"0": LENGTHS[0]}))
    given = ("evaluate", checkpoint, recording, "--labels", labels)
    refused = cli(*given)
    assert refused.code == 4
    assert "--frames-from 1" in refused.err
    assert "--train." not in refused.err
    assert cli(*given, "--frames-from", "1").code == 0


def test_evaluation_with_the_labels_of_the_window(cli, checkpoint, make_recording) -> None:
    root = make_recording(lengths=LENGTHS[:2], size=(48, 64))
    session = Session.open(root, None, author="anna")
    for episode, first in enumerate((3, 11)):
        label = EpisodeLabel(12, State.SUCCESS, (FrameRange(first, 12),))
        session.decide_many({episode: label}, what="a test")
    file = session.file
    session.close()
    ended = cli("evaluate", checkpoint, root, "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["figures"]["positives"] == 10
    assert str(file) in ended.err


def test_evaluation_with_the_labels_of_a_column(cli, checkpoint, make_recording) -> None:
    root = make_recording(
        lengths=LENGTHS[:2], size=(48, 64), reward=lambda _: np.arange(12, dtype=np.float32)
    )
    column = ("--labels-from", "next.reward")
    refused = cli("evaluate", checkpoint, root, *column)
    assert refused.code == 4
    assert "for example --reward-above 10.5" in refused.err
    for more, positives in (((*column, "--reward-above", "2"), 18), (("--reward-above", "9"), 4)):
        ended = cli("evaluate", checkpoint, root, *more, "--json")
        assert ended.code == 0, ended.err
        assert json.loads(ended.out)["figures"]["positives"] == positives


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--labels-rule", "any"), "--labels-rule says how a column is read"),
        (("--frames-from", "1"), "--frames-from says how a label file counts"),
        (("--labels", "x.json", "--labels-from", "next.reward"), "both as a file and as a column"),
        (("--labels-from", "absent"), "absent"),
    ],
)
def test_evaluation_refuses_what_has_no_effect(cli, checkpoint, recording, more, said) -> None:
    ended = cli("evaluate", checkpoint, recording, *more)
    assert ended.code in (2, 4)
    assert said in ended.err


def test_predictions_are_the_numbers_of_the_run(
    cli, finished, checkpoint, recording, tmp_path
) -> None:
    before = snapshot(recording)
    out = tmp_path / "scores.parquet"
    ended = cli("predict", checkpoint, recording, "--out", out)
    assert ended.code == 0
    assert str(out) in ended.out
    table = pq.read_table(out)
    scored = recording_in_metadata(table.schema.metadata)
    with open_dataset(recording) as dataset:
        assert scored.fingerprint == fingerprint(dataset)
    assert scored.lengths == LENGTHS
    assert [(field.name, str(field.type)) for field in table.schema] == [
        ("episode", "int64"), ("frame", "int64"), ("probability", "float"),
        ("decision", "bool"), ("index", "int64"), ("episode_index", "int64"),
        ("frame_index", "int64"), ("progress_sparse", "float"),
    ]  # fmt: skip
    assert table["index"].to_pylist() == [*range(72)]
    for column, lerobots in (
        ("episode", "episode_index"), ("frame", "frame_index"), ("probability", "progress_sparse"),
    ):  # fmt: skip
        assert table[column] == table[lerobots]
    assert table["episode"].to_pylist() == np.repeat(range(6), 12).tolist()
    assert table["frame"].to_pylist() == [*range(12)] * 6
    probabilities = np.array(table["probability"]).reshape(6, 12)
    for mistake in report_of(finished)["mistakes"]:
        found = probabilities[mistake["episode"], mistake["frame"]]
        assert found == pytest.approx(mistake["probability"], abs=1e-3)
    assert snapshot(recording) == before


def test_predictions_say_how_far_each_frame_is_from_the_training(
    cli, finished, checkpoint, recording, tmp_path
) -> None:
    """The final checkpoint knows its training; the best one, which does not, says nothing."""
    out = tmp_path / "scores.parquet"
    assert cli("predict", finished, recording, "--out", out).code == 0
    column = pq.read_table(out)["distance"]
    assert str(column.type) == "float"
    loaded = load_checkpoint(finished / "checkpoints" / "refit" / "pretrained_model")
    watcher = DistanceWatcher(loaded.likeness)
    with open_dataset(recording) as dataset:
        expected = [
            watcher.of_frames for _ in predictions(loaded.model, dataset, range(6), watcher)
        ]
        scores = read_scores(out, dataset.lengths.tolist(), fingerprint(dataset))
    np.testing.assert_allclose(column.to_numpy(), np.concatenate(expected), rtol=1e-4)
    assert scores.unlike(3).tolist() == (expected[3] > 1).tolist()
    assert cli("predict", checkpoint, recording, "--out", out, "--overwrite").code == 0
    assert "distance" not in pq.read_schema(out).names


def test_what_follows_a_prediction_can_be_done_without_labels(
    cli, checkpoint, recording, make_recording, tmp_path
) -> None:
    plain = make_recording(lengths=(12, 9), size=(48, 64))
    for root, following in (
        (plain, f"Next: labeler {plain}"),
        (recording, f"Next: labeler review {recording} --scores "),
    ):
        ended = cli("predict", checkpoint, root, "--out", tmp_path / "s.parquet", "--overwrite")
        assert ended.code == 0, ended.err
        assert ended.err.splitlines()[-1].startswith(following)


def test_an_existing_file_is_kept_unless_told(cli, checkpoint, recording, tmp_path) -> None:
    out = tmp_path / "scores.parquet"
    out.write_text("mine")
    assert cli("predict", checkpoint, recording, "--out", out).code == 5
    assert out.read_text() == "mine"
    assert cli("predict", checkpoint, recording, "--out", out, "--overwrite").code == 0
    assert len(pq.read_table(out)) == 72


@pytest.mark.parametrize("command", ["predict", "export"])
def test_nothing_is_written_into_a_dataset(cli, checkpoint, recording, tmp_path, command) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(recording)
    before = snapshot(recording)
    for out in (recording / "data" / "x", linked / "x", recording / "meta" / ".." / "x"):
        given = [recording] if command == "predict" else []
        ended = cli(command, checkpoint, *given, "--out", out)
        assert ended.code == 5, out
        assert "only read" in ended.err
    assert snapshot(recording) == before


@pytest.mark.parametrize("command", ["predict", "evaluate", "export"])
def test_a_folder_without_checkpoint_is_refused(cli, recording, tmp_path, command) -> None:
    given = [] if command == "export" else [recording]
    out = [] if command == "evaluate" else ["--out", tmp_path / "out"]
    ended = cli(command, tmp_path, *given, *out)
    assert ended.code == 2
    assert "holds no checkpoint" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_without_the_camera_is_refused(cli, checkpoint, make_recording, tmp_path) -> None:
    root = make_recording(lengths=(3,), cameras=("observation.images.top",))
    ended = cli("predict", checkpoint, root, "--out", tmp_path / "x")
    assert ended.code in (2, 3)
    assert "observation.images.gripper" in ended.err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("dialect", ["lerobot-0.6", "lerobot-0.4"])
def test_an_export_judges_alike(cli, checkpoint, recording, tmp_path, dialect) -> None:
    out = tmp_path / "pretrained_model"
    name = "/models/resnet10"
    given = ["--export-for", dialect, "--model_name", name]
    ended = cli("export", checkpoint, "--out", out, *given)
    assert ended.code == 0
    values = json.loads((out / "config.json").read_text())
    assert values["model_name"] == name
    old, new = load_checkpoint(checkpoint), load_checkpoint(out)
    state = new.model.state_dict()
    assert all((state[k] == v).all() for k, v in old.model.state_dict().items())
    assert (new.contract.threshold, new.contract.figures) == (
        old.contract.threshold, old.contract.figures,
    )  # fmt: skip
    assert cli("export", checkpoint, "--out", out, *given).code == 0, "it wrote that itself"
    (out / "config.json").write_text("{}")
    again = cli("export", checkpoint, "--out", out, *given)
    assert again.code == 5
    assert "was changed since it was written" in again.err
    assert (out / "config.json").read_text() == "{}"


def test_a_damaged_checkpoint_is_not_exported(cli, checkpoint, tmp_path) -> None:
    harmed = tmp_path / "harmed"
    shutil.copytree(checkpoint, harmed)
    (harmed / "model.safetensors").write_bytes(b"nothing")
    ended = cli("export", harmed, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "damaged" in ended.err
    assert not (tmp_path / "out").exists()
