"""What checking a copy says of each kind of damage; what cannot be read ends only its own part."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from labeler.dataset import open_dataset
from labeler.storage.checking.check import differences
from tests.broken.edit import data, edit_column, edit_info, edit_json, edit_lines, edit_table, video
from tests.labeler.storage.copies import written_copy
from tests.labeler.storage.faults.scene import REPOSITORY
from tests.watching import require_strace

REWARD = "next.reward"
LINES = "meta/episodes_stats.jsonl"
RECORD = "meta/labeler/copy.json"


@pytest.fixture
def copy_of(make_recording):
    """Make a recording, and a copy of it."""

    def make(version="v2.1", **options):
        root = make_recording(version, (5, 4), size=(32, 32), **options)
        return root, written_copy(root)

    return make


def found(copy, source=None):
    if source is None:
        return differences(copy)
    with open_dataset(source) as dataset:
        return differences(copy, against=dataset)


def test_an_interrupted_change_is_said_and_nothing_else(copy_of):
    _, copy = copy_of()
    (copy / "meta/labeler/commit.json").write_text("{}")
    data(copy).unlink()
    assert found(copy) == [f"A change of {copy} was interrupted and waits for recovery."]


def test_rows_that_cannot_be_read_hide_nothing_else(copy_of):
    _, copy = copy_of()
    content = data(copy).read_bytes()
    data(copy).write_bytes(content[:-1])
    (copy / "meta/new.json").write_text("{}")
    edit_lines(copy / LINES, lambda lines: lines[0]["stats"].pop(REWARD) and None)
    sentences = found(copy)
    assert any(str(data(copy)) in one and "parquet" in one for one in sentences)
    assert "meta/new.json was not written by Labeler." in sentences
    assert f"{LINES}, episode 0: statistics of {REWARD} are missing." in sentences


def test_a_file_on_a_bad_sector_is_named(copy_of):
    require_strace()
    _, copy = copy_of()
    bad = ["strace", "-f", "-qq", "-o", os.devnull, "-P", str(video(copy))]
    words = [*bad, "-e", "inject=read:error=EIO", sys.executable, "-m", "labeler", "check"]
    run = subprocess.run([*words, str(copy)], cwd=REPOSITORY, capture_output=True, text=True)
    assert run.returncode == 6, run.stderr
    assert f"{video(copy).relative_to(copy)} cannot be read." in run.stderr


def test_rows_that_no_record_names(copy_of):
    _, copy = copy_of()
    name = data(copy).relative_to(copy).as_posix()
    edit_json(copy / RECORD, lambda record: record["rows"].pop(name) and None)
    assert f"{name} was not written by Labeler." in found(copy)


def test_a_row_less(copy_of):
    _, copy = copy_of("v3.0")
    edit_table(data(copy), lambda table: table.slice(0, 8))
    name = data(copy).relative_to(copy).as_posix()
    assert f"{name} has 8 rows, its episodes have 9 frames." in found(copy)


def test_labels_of_another_type(copy_of):
    _, copy = copy_of("v3.0")
    edit_column(data(copy), REWARD, lambda old: pa.array(old, pa.float64()))
    name = data(copy).relative_to(copy).as_posix()
    assert f"{name}: {REWARD} is double, not float." in found(copy)


def test_labels_that_are_not_declared(copy_of):
    _, copy = copy_of()
    edit_info(copy, lambda info: info["features"].pop(REWARD) and None)
    assert f"meta/info.json does not declare {REWARD}." in found(copy)


def test_labels_that_are_declared_as_something_else(copy_of):
    _, copy = copy_of()
    edit_info(copy, lambda info: info["features"][REWARD].update(dtype="int64", shape=[2]))
    assert f"meta/info.json declares {REWARD} as int64 [2]." in found(copy)


def test_lines_without_statistics(copy_of):
    _, copy = copy_of()
    edit_lines(copy / LINES, lambda lines: lines[1].pop("stats") and None)
    assert f"{LINES}: a line lacks its episode or its statistics." in found(copy)


@pytest.mark.parametrize("mean", ["much", None, [[1], [2, 3]]])
def test_statistics_that_are_no_numbers(copy_of, mean):
    _, copy = copy_of()
    edit_lines(copy / LINES, lambda lines: lines[0]["stats"][REWARD].update(mean=mean))
    assert f"{LINES}, episode 0: mean of {REWARD} is not that of the labels." in found(copy)


def test_older_statistics_without_a_count_are_right(copy_of):
    _, copy = copy_of("v2.0")
    before = found(copy)
    assert before == []
    edit_json(copy / "meta/stats.json", lambda stats: stats[REWARD].pop("count") and None)
    assert found(copy) == ["meta/stats.json does not have the content that was written."]


def test_statistics_that_are_missing_in_a_table(copy_of):
    _, copy = copy_of("v3.0")
    file = next((copy / "meta/episodes").rglob("*.parquet"))
    edit_table(file, lambda table: table.drop_columns([f"stats/{REWARD}/std"]))
    name = file.relative_to(copy).as_posix()
    assert f"{name} has no column stats/{REWARD}/std." in found(copy)


def test_a_column_of_another_type_than_the_recording(copy_of):
    source, copy = copy_of()
    edit_column(data(copy), "action", lambda old: pa.array(old, pa.list_(pa.float64(), 6)))
    assert "Episode 1: action differs from the recording's episode 1." in found(copy, source)


def test_gaps_that_are_the_recordings_own_are_no_difference(make_recording):
    root = make_recording("v2.1", (5, 4), size=(32, 32))

    def gap(old):
        kind = pa.list_(pa.float32(), 6)
        return pa.array([[float("nan")] * 6, *old[1:]], kind)

    edit_column(data(root, 0), "observation.state", gap)
    copy = written_copy(root)
    assert found(copy, root) == []
    edit_column(data(copy, 0), "observation.state", lambda old: [[1.0] * 6, *old[1:]])
    said = "Episode 0: observation.state differs from the recording's episode 0."
    assert said in found(copy, root)


def test_whole_numbers_and_texts_are_compared_as_they_are(copy_of):
    source, copy = copy_of()
    edit_column(data(copy, 0), "frame_index", lambda old: [7, *old[1:]])
    assert any("frame_index" in sentence for sentence in found(copy, source))


def test_a_camera_that_is_not_declared_any_more(copy_of):
    source, copy = copy_of()
    camera = "observation.images.gripper"
    edit_info(copy, lambda info: info["features"].pop(camera) and None)
    said = f"meta/info.json does not declare the camera {camera}."
    assert said in found(copy, source)


def test_a_video_that_is_another_one(copy_of):
    source, copy = copy_of()
    here, there = video(copy, 0), video(copy, 1)
    shutil.copyfile(there, here)
    name = here.relative_to(copy).as_posix()
    assert f"{name} differs from the recording's {name}." in found(copy, source)


def test_images_in_rows_are_compared(copy_of):
    source, copy = copy_of("v3.0", kind="image")
    assert found(copy, source) == []
    key = "observation.images.gripper"

    def swapped(old):
        return [old[1], old[0], *old[2:]]

    edit_column(data(copy), key, swapped)
    assert f"Episode 0: {key} differs from the recording's episode 0." in found(copy, source)


def test_every_row_that_differs_is_counted_and_the_first_is_named(copy_of):
    _, copy = copy_of("v3.0")
    edit_column(data(copy), REWARD, lambda old: np.where(np.arange(9) > 6, 0, old).tolist())
    name = data(copy).relative_to(copy).as_posix()
    said = f"{name}: {REWARD} differs in 2 rows, first in episode 1 frame 2: 0.0 instead of 1.0."
    assert said in found(copy)
