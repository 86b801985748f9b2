"""Where `labeler apply` writes, what it refuses, and every form of label file."""

import json
import subprocess
import sys

import pytest

from labeler.dataset import open_dataset
from tests.broken import VERSIONS
from tests.broken.edit import data, edit_column, tasks, video
from tests.snapshot import snapshot

REWARDS = [[0, 1, 1, 1], [1, 1, 1], [0, 0, 1, 1, 1]]


def rewards(root):
    with open_dataset(root) as dataset:
        return [dataset.rows(e, ["next.reward"])["next.reward"].to_pylist() for e in range(3)]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_copy_lies_beside_the_recording(recording, labels, run, version, tmp_path):
    root = recording(version)
    before = snapshot(root)
    done = run("apply", root, "--labels", labels)
    copy = root.with_name("recording_labeled")
    assert done.exit_code == 0
    assert rewards(copy) == REWARDS
    assert f'LeRobotDataset("local/recording_labeled", root="{copy}")' in done.stdout
    assert [line.split() for line in done.stdout.splitlines() if "total" in line] == [
        ["total", "9", "3", "0", "12"]
    ]
    assert snapshot(root) == before
    assert {path.name for path in root.parent.iterdir()} == {"recording", "recording_labeled"}
    assert run("check", copy, "--against", root).exit_code == 0


def test_a_dry_run_writes_nothing(recording, labels, run, tmp_path):
    root = recording()
    before = snapshot(tmp_path / "in")
    done = run("apply", root, "--labels", labels, "--dry-run")
    assert done.exit_code == 0
    assert "Nothing was written" in done.stdout
    assert snapshot(tmp_path / "in") == before
    run("apply", root, "--labels", labels)
    before = snapshot(tmp_path / "in")
    assert "brought up to date" in run("apply", root, "--labels", labels, "--dry-run").stdout
    assert snapshot(tmp_path / "in") == before


FORMS = {
    "cutoffs.json": '{"0": 1, "1": 0, "2": 2}',
    "cutoffs.py": "{0: 1, 1: 0, 2: 2}",
    "ranges.json": json.dumps(
        {
            "dataset_path": "x",
            "episodes": {
                "0": {"success_start": 1},
                "1": {"ranges": [[0, 1], [2, None]]},
                "2": {"success_start": 1, "exclude": [1]},
            },
        }
    ),
    "success_ranges.json": '{"0": {"success_ranges": [[1, null]]}, '
    '"1": {"success_ranges": [[0, 2]]}, "2": {"success_ranges": [[2, 4]]}}',
    "labels.txt": "# dataset path: x\n00: 2-\n01: 1-3\n02: 3-4, 5-\n",
    "labels.csv": "episode,success_start,env_reset_start\n0,1,nan\n1,0,nan\n2,2,\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_label_file(recording, run, tmp_path, name):
    root = recording()
    path = tmp_path / name
    path.write_text(FORMS[name])
    flags = ["--frames-from", "1"] if name == "labels.txt" else []
    done = run("apply", root, "--labels", path, *flags)
    assert done.exit_code == 0, done.output
    assert rewards(root.with_name("recording_labeled")) == REWARDS


def test_a_merge_of_label_files(recording, run, tmp_path):
    root = recording()
    (tmp_path / "one.json").write_text('{"0": {"success_start": 1}, "1": {"success_start": 0}}')
    (tmp_path / "two.json").write_text('{"0": {"success_start": 2}}')
    merge = tmp_path / "merge.json"
    merge.write_text('{"output_repo_id": "a/b", "sources": ["one", "two"]}')
    done = run("apply", root, "--labels", merge)
    assert done.exit_code == 0, done.output
    assert rewards(root.with_name("recording_labeled")) == REWARDS


@pytest.mark.parametrize(
    ("text", "flags", "words"),
    [
        ('{"1": 1, "2": 0, "3": 2}', ["--episodes-from", "1"], "--episodes-from 1"),
        ('{"0": 2, "1": 3, "2": 5}', ["--frames-from", "1"], "--frames-from 1"),
    ],
)
def test_a_flag_settles_what_is_ambiguous(recording, run, tmp_path, text, flags, words):
    root = recording()
    path = tmp_path / "labels.json"
    path.write_text(text)
    refused = run("apply", root, "--labels", path)
    assert refused.exit_code == 4
    assert words in refused.stderr
    assert run("apply", root, "--labels", path, *flags).exit_code == 0


def test_unlabeled_episodes(recording, run, tmp_path):
    root = recording()
    path = tmp_path / "labels.json"
    path.write_text('{"0": 1, "2": 2}')
    refused = run("apply", root, "--labels", path)
    assert refused.exit_code == 4
    assert "1 of 3 episodes" in refused.stderr
    assert "--unlabeled drop" in refused.stderr
    zero = run("apply", root, "--labels", path, "--unlabeled", "zero")
    assert "written as failures: episode 1." in zero.stderr
    assert rewards(root.with_name("recording_labeled"))[1] == [0, 0, 0]
    dropped = run("apply", root, "--labels", path, "--unlabeled", "drop")
    assert "Left out of the copy: episode 1." in dropped.stderr
    assert "1 (was 2)" in dropped.stdout
    with open_dataset(root.with_name("recording_labeled")) as copy:
        assert copy.lengths.tolist() == [4, 5]


def make_link(path, target):
    path.symlink_to(target)
    return path


def make_folder(path, content="file"):
    path.mkdir()
    (path / content).write_text("mine")
    return path


def make_file(path):
    path.write_text("mine")
    return path


DESTINATIONS = {
    "inside": (lambda root: root / "labeled", "lies inside the recording"),
    "deep inside": (lambda root: root / "meta/a/b", "lies inside the recording"),
    "above": (lambda root: root.parent, "holds the recording"),
    "itself": (lambda root: root, "is the recording itself"),
    "by dots": (lambda root: root / "meta/..", "is the recording itself"),
    "a link to it": (lambda root: make_link(root.with_name("link"), root), "is a link"),
    "inside by a link": (
        lambda root: make_link(root.with_name("link"), root) / "new",
        "lies inside the recording",
    ),
    "a broken link": (lambda root: make_link(root.with_name("link"), "gone"), "is a link"),
    "_old": (lambda root: root.with_name("recording_old"), "'_old'"),
    "_v30": (lambda root: root.with_name("recording_v30"), "'_v30'"),
    "a foreign folder": (lambda root: make_folder(root.with_name("x")), "not a copy made by"),
    "a file": (lambda root: make_file(root.with_name("x")), "is a file"),
    "below a file": (lambda root: make_file(root.with_name("x")) / "y/z", "x"),
    "too long": (lambda root: root.with_name("x" * 300), "x"),
}


@pytest.mark.parametrize("name", DESTINATIONS)
def test_destinations_that_are_refused(recording, labels, run, tmp_path, name):
    root = recording()
    choose, words = DESTINATIONS[name]
    out = choose(root)
    before = snapshot(tmp_path / "in")
    for flags in ([], ["--dry-run"]):
        refused = run("apply", root, "--labels", labels, "--out", out, *flags)
        assert refused.exit_code == 5, refused.output
        assert words in refused.stderr
        assert len(refused.stderr.splitlines()) > 1
        assert snapshot(tmp_path / "in") == before


def test_an_empty_folder_and_missing_parents_will_do(recording, labels, run, tmp_path):
    root = recording()
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "empty", tmp_path / "a/b/c"):
        assert run("apply", root, "--labels", labels, "--out", out).exit_code == 0
        assert rewards(out) == REWARDS


def test_siblings_are_warned_of(recording, labels, run):
    root = recording()
    (root.parent / "recording_labeled_old").mkdir()
    done = run("apply", root, "--labels", labels)
    assert done.exit_code == 0
    assert "recording_labeled_old lies beside the copy" in done.stderr


def test_a_source_that_changed_since_it_was_labelled(recording, run, tmp_path):
    root = recording()
    path = tmp_path / "own.json"
    assert run("export", root, "--out", path).exit_code == 0
    edit_column(data(root), "action", lambda old: old[::-1])
    refused = run("apply", root, "--labels", path)
    assert refused.exit_code == 5
    assert "--accept-changed" in refused.stderr
    assert run("apply", root, "--labels", path, "--accept-changed").exit_code == 0


def test_a_source_that_changed_since_it_was_copied(recording, labels, run):
    root = recording()
    assert run("apply", root, "--labels", labels).exit_code == 0
    tasks(root).write_bytes(tasks(root).read_bytes())  # another time, same content
    assert run("apply", root, "--labels", labels).exit_code == 0
    edit_column(data(root), "action", lambda old: old[::-1])
    refused = run("apply", root, "--labels", labels)
    assert refused.exit_code == 5
    assert "has changed since" in refused.stderr
    assert run("apply", root, "--labels", labels, "--accept-changed").exit_code == 0
    copy = root.with_name("recording_labeled")
    assert run("check", copy, "--against", root).exit_code == 0


def test_a_copy_of_another_recording_is_not_overwritten(recording, labels, run, tmp_path):
    one, other = recording("v3.0"), recording("v3.0", name="other")
    video(other).write_bytes(video(other).read_bytes() + b"\0\0\0\x08free")
    out = tmp_path / "copy"
    assert run("apply", one, "--labels", labels, "--out", out).exit_code == 0
    before = snapshot(out)
    refused = run("apply", other, "--labels", labels, "--out", out)
    assert refused.exit_code == 5
    assert "copy of another recording" in refused.stderr
    assert snapshot(out) == before


def test_links_of_a_snapshot_become_files(recording, labels, run, tmp_path):
    from tests.broken import ALL

    root = recording()
    ALL["every file is a link"].damage(root)
    before = snapshot(tmp_path / "in")
    assert run("apply", root, "--labels", labels, "--out", tmp_path / "copy").exit_code == 0
    assert not any(path.is_symlink() for path in (tmp_path / "copy").rglob("*"))
    assert snapshot(tmp_path / "in") == before


def test_without_labels_it_says_where_labels_may_be(make_recording, copies, run) -> None:
    told = run("apply", make_recording(reward="last"))
    assert told.exit_code == 4 and "--labels-from next.reward" in told.output
    copy = copies()[1]
    told = run("apply", copy)
    assert told.exit_code == 4 and "is a labelled copy itself" in told.output
    assert not copy.with_name(f"{copy.name}_labeled").exists()


def test_writing_waits_for_no_library_that_it_does_not_need(recording, tmp_path) -> None:
    """Arrow's functions alone take as long to import as a small recording to label."""
    root = recording()
    labels = [tmp_path / f"{first}.json" for first in (1, 2)]
    for first, file in enumerate(labels, 1):
        file.write_text(json.dumps(dict.fromkeys(("0", "1", "2"), first)))
    code = (
        "import sys\nfrom labeler.__main__ import main\n"
        "unneeded = {'pyarrow.compute', 'pyarrow.dataset', 'rich._emoji_codes', 'PySide6'}\n"
        "try:\n    main()\nfinally:\n    print('imported:', *unneeded & set(sys.modules))"
    )
    for file in labels:
        words = ("apply", root, "--labels", file, "--out", tmp_path / "copy")
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].strip() == "imported:"
