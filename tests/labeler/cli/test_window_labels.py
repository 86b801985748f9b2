"""Commands use the labels that were made in the window, and the window shows those applied."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.labels.dialects import read_own
from labeler.labels.episode import EpisodeLabel, FrameRange, State
from labeler.session import Session
from labeler.session.copied import find_copy
from labeler.session.default_places import default_file
from tests.labeler.conftest import LENGTHS


def success_from(episode: int, frame: int) -> EpisodeLabel:
    length = LENGTHS[episode]
    return EpisodeLabel(length, State.SUCCESS, (FrameRange(frame, length),))


@pytest.fixture
def labelled(recording) -> tuple[Path, Path]:
    """A recording that was labelled in the window: success from 2, 1 and 3."""
    root = recording()
    session = Session.open(root, None, author="anna")
    labels = {episode: success_from(episode, frame) for episode, frame in enumerate((2, 1, 3))}
    session.decide_many(labels, what="a test")
    file = session.file
    session.close()
    return root, file


def cutoffs(file: Path) -> list[int | None]:
    return [label.cutoff for label in read_own(file)]


def test_apply_uses_them_and_says_so(labelled, run) -> None:
    root, file = labelled
    done = run("apply", root)
    assert done.exit_code == 0, done.output
    assert str(file) in done.stderr
    copy = root.with_name("recording_labeled")
    assert cutoffs(copy / "meta/labeler/labels.json") == [2, 1, 3]


def test_export_uses_them_before_the_column(labelled, run) -> None:
    root, file = labelled
    done = run("export", root, "--to", "cutoffs")
    assert json.loads(done.stdout) == {"0": 2, "1": 1, "2": 3}
    assert str(file) in done.stderr
    column = run("export", root, "--to", "cutoffs", "--reward-above", 0)
    assert json.loads(column.stdout) == {"0": 3, "1": 2, "2": 4}


def test_merge_and_balance_use_them_before_the_column(labelled, run, tmp_path) -> None:
    root, file = labelled
    out = tmp_path / "merged"
    for command in (("balance", root), ("merge", root, "--out", out)):
        done = run(*command)
        assert done.exit_code == 0, done.output
        assert str(file) in done.stderr
    assert cutoffs(out / "meta/labeler/labels.json") == [2, 1, 3]
    own = run("merge", root, "--labels", "-", "--out", tmp_path / "own")
    assert str(file) not in own.stderr
    assert cutoffs(tmp_path / "own/meta/labeler/labels.json") == [3, 2, 4]
    spec = tmp_path / "collection.json"
    sources = {"format": "labeler-collection", "version": 1, "sources": [{"root": str(root)}]}
    spec.write_text(json.dumps(sources))
    assert str(file) in run("balance", spec).stderr


def test_review_uses_them_before_the_column(labelled, run, tmp_path) -> None:
    root, file = labelled
    scores = tmp_path / "scores.parquet"
    places = [(episode, at) for episode, length in enumerate(LENGTHS) for at in range(length)]
    certain = {(episode, at): at >= (2, 1, 3)[episode] for episode, at in places}
    pq.write_table(
        pa.table(
            {
                "episode": [episode for episode, _ in places],
                "frame": [at for _, at in places],
                "probability": [0.99 if certain[place] else 0.01 for place in places],
            }
        ),
        scores,
    )
    done = run("review", root, "--scores", scores)
    assert done.exit_code == 0, done.output
    assert str(file) in done.stderr
    assert "0 probably wrong" in done.stdout
    column = run("review", root, "--scores", scores, "--labels-from", "next.reward")
    assert column.exit_code == 0, column.output
    assert str(file) not in column.stderr


def test_inspect_names_their_path(labelled, run) -> None:
    root, file = labelled
    assert str(file) in run("inspect", root).stdout
    assert json.loads(run("inspect", root, "--json").stdout)["window_labels"] == str(file)


def test_without_any_the_cure_is_said(recording, run) -> None:
    root = recording()
    refused = run("apply", root)
    assert refused.exit_code == 4
    assert "--labels FILE" in refused.stderr
    assert "made in the window" not in run("inspect", root).stdout
    assert json.loads(run("inspect", root, "--json").stdout)["window_labels"] is None


def test_the_window_shows_what_was_applied(recording, labels, run) -> None:
    root = recording()
    for file in (labels, labels.with_name("second.json")):
        file.write_text(json.dumps({"0": 1, "1": 0, "2": 2 + (file != labels)}))
        assert run("apply", root, "--labels", file).exit_code == 0
        session = Session.open(root, None, author="anna")
        copy = find_copy(root.with_name("recording_labeled"), session.dataset)
        assert copy.behind(range(3), session.labels()) == set()
        assert session.labels()[2].cutoff == 2 + (file != labels)
        session.close()


def test_labels_that_were_applied_are_not_said_to_be_made_in_the_window(
    recording, labels, run
) -> None:
    root = recording()
    labels.write_text(json.dumps({"0": 1, "1": 0, "2": 2}))
    assert run("apply", root, "--labels", labels).exit_code == 0
    for command in ("inspect", "export", "balance"):
        told = " ".join(run(command, root).output.split())
        assert "labels that `labeler apply` was given last: " in told
        assert "made in the window" not in told
    session = Session.open(root, None, author="anna")
    session.decide_many({0: success_from(0, 2)}, what="a test")
    session.close()
    assert "These are the labels made in the window: " in run("export", root).stderr


def test_decisions_made_in_the_window_are_not_replaced(labelled, labels, run) -> None:
    root, file = labelled
    before = file.read_text()
    assert run("apply", root, "--labels", labels).exit_code == 0
    assert file.read_text() == before


def test_labels_of_another_recording_with_the_same_metadata(recording, labels, run) -> None:
    root = recording()
    assert run("apply", root, "--labels", labels).exit_code == 0
    with open_dataset(root) as dataset:
        file = default_file(dataset)
        text = file.read_text().replace(fingerprint(dataset), "sha256:" + "0" * 64)
    file.write_text(text)
    for command in ("apply", "export"):
        refused = run(command, root)
        assert refused.exit_code == 4
        assert "another recording" in refused.stderr


def test_a_copy_of_a_copy_is_said(recording, labels, run) -> None:
    root = recording()
    assert "labelled copy itself" not in run("apply", root, "--labels", labels).stderr
    again = run("apply", root.with_name("recording_labeled"), "--labels", labels)
    assert again.exit_code == 0, again.output
    assert "labelled copy itself" in again.stderr
