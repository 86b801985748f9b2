"""Files of a dataset, links among them, and the fingerprint of its content."""

import json
import os
import shutil

import pytest

from labeler.dataset import open_dataset
from labeler.dataset.completeness import download_triggers, ignored_counts, stray_data_files
from labeler.dataset.files import facts, links_out, state, walk
from labeler.dataset.fingerprint import fingerprint
from labeler.dataset.links import LinkOut
from labeler.errors import DamagedDatasetError
from tests.broken import ALL, VERSIONS
from tests.broken.edit import data, edit_episodes, edit_info, tasks, video
from tests.labeler.storage.copies import written_copy


def identity(root):
    with open_dataset(root) as dataset:
        return fingerprint(dataset)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_fingerprint_survives_a_move_and_a_copy(recording, version):
    root = recording(version)
    before = identity(root)
    assert before.startswith("sha256:")
    assert len(before) == 71
    copy = shutil.copytree(root, root.with_name("elsewhere"))
    os.utime(data(copy), (1, 1))
    assert identity(copy) == before
    moved = root.rename(root.with_name("moved"))
    assert identity(moved) == before
    ALL["every file is a link"].damage(moved)
    assert identity(moved) == before


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "place", [data, tasks, lambda root: root / "meta/info.json"], ids=["rows", "tasks", "info"]
)
def test_a_byte_makes_another_fingerprint(recording, version, place):
    root = recording(version)
    before = identity(root)
    path = place(root)
    content = bytearray(path.read_bytes())
    at = content.index(b"lift") if place is tasks else 10
    content[at] ^= 1 if place is not data else 255
    if place not in (data, tasks):
        content = path.read_bytes().replace(b'"so101', b'"so102')
    path.write_bytes(content)
    assert identity(root) != before


def test_a_video_of_another_size_makes_another_fingerprint(recording):
    root = recording()
    before = identity(root)
    with video(root).open("ab") as file:
        file.write(b"\0")
    assert identity(root) != before


def test_statistics_and_other_files_do_not_count(recording):
    for version in VERSIONS:
        root = recording(version, name=version)
        before = identity(root)
        (root / "README.md").write_text("# mine")
        (root / "meta/stats.json").write_text("{}")
        if version == "v2.1":
            (root / "meta/episodes_stats.jsonl").write_text("")
        assert identity(root) == before


def test_walk_follows_links_but_not_in_circles(tmp_path):
    root, blobs = tmp_path / "root", tmp_path / "blobs"
    for folder in (root / "meta", root / ".cache", root / "deep/.cache", blobs):
        folder.mkdir(parents=True)
    for name in ("meta/b", "meta/a", ".cache/x", "deep/.cache/y"):
        (root / name).write_text(name)
    (blobs / "1").write_text("12345")
    (root / "linked").symlink_to(blobs / "1")
    (root / "folder").symlink_to(blobs)
    (root / "meta/up").symlink_to("..")
    (root / "itself").symlink_to("itself")
    (root / "broken").symlink_to("nowhere")
    inside = ["broken", "deep/.cache/y", "itself", "meta/a", "meta/b"]
    assert list(walk(root)) == inside
    found = sorted([*inside, "folder/1", "linked"])
    assert list(walk(root, follow_links=True)) == found
    assert links_out(root) == [
        LinkOut("folder", blobs, False),
        LinkOut("linked", blobs / "1", False),
    ]
    assert facts(root, "linked").size == 5
    assert facts(root, "linked").linked
    assert facts(root, "folder/1").linked
    assert not facts(root, "meta/a").linked
    for name in ("broken", "itself"):
        with pytest.raises(DamagedDatasetError, match="is a link that leads nowhere") as told:
            facts(root, name)
        assert "or remove it" in told.value.advice
    with pytest.raises(DamagedDatasetError, match="is missing") as told:
        facts(root, "none")
    assert told.value.advice == "Restore it from the recording or a backup."


def test_state_tells_a_file_that_was_touched(recording):
    root = recording()
    before = state(root)
    assert state(root) == before
    os.utime(video(root), ns=(1, 1))
    assert {file for file, now in state(root).items() if now != before[file]} == {
        video(root).relative_to(root).as_posix()
    }


def lengthened(records):
    """The first episode has a frame more than there are rows."""
    return [{**records[0], "length": records[0]["length"] + 1}, *records[1:]]


TRIGGERS = {
    "missing data": lambda root: data(root).unlink(),
    "missing video": lambda root: video(root).unlink(),
    "missing tasks": lambda root: tasks(root).unlink(),
    "too many episodes": lambda root: edit_info(root, lambda info: info | {"total_episodes": 4}),
    "episodes cut": lambda root: edit_episodes(root, lambda records: records[:2]),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_another_length_makes_lerobot_download_where_nothing_else_says_it(recording, version):
    """The indices of v3.0 do."""
    root = recording(version)
    edit_episodes(root, lengthened)
    with open_dataset(root) as dataset:
        assert bool(download_triggers(dataset)) is (version != "v3.0")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_what_makes_lerobot_download(recording, version, trigger):
    root = recording(version)
    with open_dataset(root) as dataset:
        assert download_triggers(dataset) == []
    TRIGGERS[trigger](root)
    with open_dataset(root) as dataset:
        problems = download_triggers(dataset)
    assert problems
    assert all(problem.sentence.endswith(".") for problem in problems)
    assert all(problem.file in problem.sentence for problem in problems)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("key", "count"), [("total_episodes", 2), ("total_frames", 99)])
def test_counts_that_keep_lerobot_from_nothing(recording, version, key, count):
    root = recording(version)
    edit_info(root, lambda info: info | {key: count})
    with open_dataset(root) as dataset:
        assert download_triggers(dataset) == []
        (problem,) = ignored_counts(dataset)
    assert f"counts {count} " in problem.sentence
    copy = written_copy(root)
    info = json.loads((copy / "meta/info.json").read_text())
    with open_dataset(copy) as dataset:
        assert info["total_episodes"] == len(dataset)
        assert info["total_frames"] == dataset.total_frames
        assert ignored_counts(dataset) == []


def test_statistics_of_episodes_are_needed_in_one_version_only(recording):
    for version, count in (("v2.0", 0), ("v2.1", 1), ("v3.0", 0)):
        root = recording(version, name=version)
        for name in ("stats.json", "episodes_stats.jsonl"):
            (root / "meta" / name).unlink(missing_ok=True)
        with open_dataset(root) as dataset:
            assert len(download_triggers(dataset)) == count


@pytest.mark.parametrize(
    ("version", "name", "read"),
    [
        ("v3.0", "data/chunk-000/.hidden.parquet", True),
        ("v3.0", "data/backup/old.parquet", True),
        ("v3.0", "data/chunk-000/old.parquet.bak", False),
        ("v3.0", "data/loose.parquet", False),
        ("v3.0", "data/a/b/deep.parquet", False),
        ("v2.1", "data/chunk-000/episode_000000.parquet.bak", True),
        ("v2.1", "data/chunk-000/.hidden.parquet", False),
        ("v2.1", "data/notes.txt", True),
    ],
)
def test_strays_that_lerobot_reads_as_rows(recording, version, name, read):
    root = recording(version)
    with open_dataset(root) as dataset:
        assert stray_data_files(dataset) == []
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_bytes(b"rows")
        assert stray_data_files(dataset) == ([name] if read else [])
