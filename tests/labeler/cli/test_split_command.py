"""`labeler split`: conditions on episodes, and every way to ask for nothing."""

import json

import pytest

from labeler.dataset import open_dataset
from tests.labeler.cli.test_broken_recordings import assert_two_sentences
from tests.snapshot import snapshot

LENGTHS = (10, 10, 10, 10)
LABELS = {
    "0": {"length": 10, "state": "success", "success": [[2, 10]], "note": "bright #day"},
    "1": {"length": 10, "state": "success", "success": [[8, 10]], "excluded": [[0, 2]]},
    "2": {"length": 10, "state": "never", "flag": "blurred", "note": "#Night"},
    "3": {"length": 10, "state": "skipped", "flag": ""},
}


@pytest.fixture
def place(make_recording, tmp_path):
    root = make_recording("v3.0", LENGTHS, size=(32, 32), tasks=("Lift", "drop", "lift it", "push"))
    head = {"format": "labeler-labels", "version": 1}
    (tmp_path / "labels.json").write_text(json.dumps({**head, "episodes": LABELS}))
    return root, tmp_path / "labels.json", tmp_path / "some"


@pytest.mark.parametrize(
    ("words", "episodes"),
    [
        ("--episodes 0,2", [0, 2]),
        ("--state success", [0, 1]),
        ("--state never --state skipped --unlabeled drop", [2]),
        ("--share-from 0.5", [0]),
        ("--share-to 0.5", [1, 2]),
        ("--share-from 0.25 --share-to 0.25", [1]),
        ("--task LIFT", [0, 2]),
        ("--flagged --unlabeled zero", [2, 3]),
        ("--not-flagged", [0, 1]),
        ("--note #night", [2]),
        ("--note blur", [2]),
        ("--episodes 1-2 --state success --task d", [1]),
    ],
)
def test_conditions(place, run, words, episodes):
    root, labels, out = place
    before = snapshot(root)
    done = run("split", root, "--labels", labels, "--out", out, *words.split())
    assert done.exit_code == 0, done.output
    record = json.loads((out / "meta/labeler/copy.json").read_text())
    assert [kept[0] for kept in record["kept"]] == episodes
    assert run("check", out, "--against", root).exit_code == 0
    with open_dataset(out) as copy, open_dataset(root) as source:
        for number, episode in enumerate(episodes):
            pair = copy.rows(number, ["action"]), source.rows(episode, ["action"])
            assert pair[0].equals(pair[1])
    assert snapshot(root) == before


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_its_own_labels(make_recording, run, tmp_path, version):
    root = make_recording(version, (4, 3), reward="last", size=(32, 32))
    done = run("split", root, "--episodes", "1", "--out", tmp_path / "some")
    assert done.exit_code == 0, done.output
    assert "1 of 2: episode 1." in done.stdout
    with open_dataset(tmp_path / "some") as copy:
        assert copy.rows(0, ["next.reward"])["next.reward"].to_pylist() == [0, 0, 1]


def test_what_is_asked_wrongly(place, run):
    root, labels, out = place
    cases = {
        "": (2, "No condition is given"),
        "--episodes 4": (2, "Episode 4 does not exist"),
        "--episodes x": (2, "is not an episode"),
        "--share-from 2": (2, "A share of success frames cannot be from 2 to 1"),
        "--share-from 0.6 --share-to 0.5": (2, "A share of success frames"),
        "--share-from nan": (2, "A share of success frames"),
        "--task glue": (4, "No episode meets every condition"),
        "--episodes 0 --state never": (4, "1 were looked at"),
        "--flagged": (4, "1 of 2 episodes is unlabeled or skipped: episode 3"),
    }
    for words, (code, sentence) in cases.items():
        done = run("split", root, "--labels", labels, "--out", out, *words.split())
        assert done.exit_code == code, done.output
        assert sentence in done.stderr
        assert_two_sentences(done)
        assert not out.exists()
    assert run("split", root, "--episodes", "0", "--out", out).exit_code == 4  # no labels
    assert run("split", root, "--labels", labels, "--episodes", "0", "--out", root).exit_code == 5


def test_dry_run(place, run):
    root, labels, out = place
    done = run("split", root, "--labels", labels, "--episodes", "0-1", "--out", out, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "Nothing was written." in done.stdout
    assert not out.exists()
