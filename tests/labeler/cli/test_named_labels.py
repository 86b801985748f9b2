"""Options that name labels: all commands have them, and none goes without effect."""

import csv
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from classifier.config import TrainConfig
from classifier.data import labelled_frames, read_labels_for
from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from tests.labeler.cli.test_review_command import edge, write_scores

LENGTHS = (20, 20, 20)


@pytest.fixture
def root(make_recording) -> Path:
    return make_recording(
        "v3.0", LENGTHS, size=(32, 32), reward=lambda _: np.arange(20, dtype=np.float32)
    )


@pytest.fixture
def from_one(tmp_path: Path) -> Path:
    """Labels whose frames count from 1: the last one of episode 1 shows it."""
    path = tmp_path / "anna.json"
    path.write_text(json.dumps({"0": 12, "1": 20, "2": None}))
    return path


@pytest.fixture
def commands(root: Path, tmp_path: Path) -> dict[str, tuple[object, ...]]:
    """Command -> its arguments, but for the labels."""
    scores = tmp_path / "scores.parquet"
    write_scores(scores, [edge(12), edge(19), edge(20)])
    return {
        "apply": ("apply", root, "--dry-run"),
        "export": ("export", root, "--to", "cutoffs"),
        "review": ("review", root, "--scores", scores),
        "audit": ("audit", root, "--headless", "--answers", tmp_path / "answers.json"),
    }


NAMES = ["apply", "export", "review", "audit"]


@pytest.mark.parametrize("name", NAMES)
def test_the_cure_for_frames_counted_from_one_works_as_typed(run, commands, from_one, name) -> None:
    given = (*commands[name], "--labels", from_one)
    refused = run(*given)
    assert refused.exit_code == 4, refused.output
    cure = re.search(r"Add (--frames-from 1)", refused.stderr)
    assert cure is not None
    done = run(*given, *shlex.split(cure[1]))
    assert done.exit_code == 0, done.output
    if name == "export":
        assert json.loads(done.stdout) == {"0": 11, "1": 19, "2": None}


def test_two_files_are_compared_however_they_count(run, root, from_one, tmp_path) -> None:
    own = tmp_path / "ben.json"
    counted = ("--frames-from", 1)
    made = run("export", root, "--labels", from_one, *counted, "--out", own)
    assert made.exit_code == 0, made.output
    assert run("compare", from_one, own, root).exit_code == 4
    for more in ((root,), ()):  # the second file has the lengths, too
        found = run("compare", from_one, own, *more, *counted, "--json")
        assert found.exit_code == 0, found.output
        assert json.loads(found.stdout)["frames"]["agreed"] == 1
    both_own = run("compare", own, own, root, *counted)
    assert both_own.exit_code == 2
    assert "always count from 0" in both_own.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_column_of_other_values_is_read_with_a_threshold(run, commands, name) -> None:
    given = (*commands[name], "--labels-from", "next.reward")
    refused = run(*given)
    assert refused.exit_code == 4, refused.output
    cure = re.search(r"(--reward-above [\d.]+)\.", refused.stderr)
    assert cure is not None
    done = run(*given, *shlex.split(cure[1]))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_nothing_is_above_what_is_no_number(run, commands, name, value) -> None:
    found = run(*commands[name], "--labels-from", "next.reward", f"--reward-above={value}")
    assert found.exit_code == 2, found.output
    assert "Give a finite number" in found.stderr


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("more", "option"),
    [
        (("--labels-rule", "last"), "--labels-rule"),
        (("--labels", "FILE", "--labels-rule", "any"), "--labels-rule"),
        (("--labels", "FILE", "--reward-above", 3), "--reward-above"),
        (("--labels-from", "next.reward", "--frames-from", 1), "--frames-from"),
        (("--episodes-from", 1), "--episodes-from"),
    ],
)
def test_an_option_without_effect_is_refused(run, commands, from_one, name, more, option) -> None:
    words = [from_one if word == "FILE" else word for word in more]
    found = run(*commands[name], *words)
    assert found.exit_code == 2, found.output
    assert found.stderr.startswith(f"labeler: {option} says how")


def test_only_what_falls_back_on_rewards_takes_a_threshold_alone(run, commands) -> None:
    for name in ("export", "review", "audit"):
        assert run(*commands[name], "--reward-above", 10).exit_code == 0
    found = run(*commands["apply"], "--reward-above", 10)
    assert found.exit_code == 2
    assert "--labels-from COLUMN" in found.stderr


def test_what_comes_next_names_the_labels_as_they_were(
    run, commands, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    column = ("--labels-from", "next.reward", "--reward-above", 10.5)
    found = run(*commands["review"], *column)
    assert found.exit_code == 0, found.output
    line = found.stderr.splitlines()[-1]
    assert line.startswith("Next: labeler ")
    assert " ".join(map(str, column)) in line
    words = shlex.split(line.removeprefix("Next: labeler "))
    assert run(*words).exit_code == 0


@pytest.fixture
def cut(make_recording, tmp_path: Path, run) -> Path:
    """A copy of which frames are excluded: three before success, and the last five of success."""
    source, file = make_recording("v3.0", LENGTHS, size=(32, 32)), tmp_path / "cut.json"
    episodes = {
        "0": {"length": 20, "state": "success", "success": [[10, 20]],
              "excluded": [[2, 5], [15, 20]], "note": "lamp moved", "author": "ann"},
        "1": {"length": 20, "state": "never", "excluded": [[0, 8]]},
        "2": {"length": 20, "state": "success", "success": [[12, 20]]},
    }  # fmt: skip
    file.write_text(json.dumps({"format": "labeler-labels", "version": 1, "episodes": episodes}))
    copy = tmp_path / "copy"
    done = run("apply", source, "--labels", file, "--out", copy)
    assert done.exit_code == 0, done.output
    return copy


def test_labels_of_a_copy_leave_out_what_training_leaves_out(run, cut, tmp_path) -> None:
    out = tmp_path / "back.json"
    assert run("export", cut, "--out", out).exit_code == 0
    assert json.loads(out.read_text())["episodes"]["0"] == {
        "length": 20, "state": "success", "success": [[10, 20]], "excluded": [[2, 5], [15, 20]],
        "note": "lamp moved", "author": "ann",
    }  # fmt: skip
    with open_dataset(cut) as dataset:
        assert json.loads(out.read_text())["dataset"]["fingerprint"] == fingerprint(dataset)
        frames = labelled_frames(dataset, read_labels_for(dataset, None)[0], TrainConfig())
    table = csv.DictReader(run("export", cut, "--to", "table").stdout.splitlines())
    told = [(int(row["success_frames"]), int(row["failure_frames"])) for row in table]
    of = [frames.success[frames.episodes == episode] for episode in range(3)]
    assert told == [(int(one.sum()), int((~one).sum())) for one in of] == [(5, 7), (0, 12), (8, 12)]


def test_the_column_of_a_copy_alone_can_still_be_exported(run, cut) -> None:
    refused = run("export", cut, "--to", "ranges")
    assert refused.exit_code == 4
    assert "excluded frames (episodes 0-1)" in refused.stderr
    alone = run("export", cut, "--labels-from", "next.reward", "--to", "ranges")
    assert alone.exit_code == 0, alone.output
    assert json.loads(alone.stdout)["episodes"]["0"] == {"ranges": [[10, 14]]}


@pytest.mark.parametrize("name", ["review", "audit"])
def test_excluded_frames_of_a_copy_contradict_nothing(run, cut, tmp_path, name) -> None:
    """No frame that is left out counts as a failure that the classifier or the auditor missed."""
    answers = tmp_path / "cut.json"  # the auditor says the same
    scores = tmp_path / "scores.parquet"
    write_scores(scores, [edge(10), edge(20), edge(12)])
    given = {
        "review": ("review", cut, "--scores", scores),
        "audit": ("audit", cut, "--headless", "--answers", answers, "--within", 0),
    }[name]
    found = run(*given, "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["doubtful" if name == "review" else "differences"] == []
