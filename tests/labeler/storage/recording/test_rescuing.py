"""A recording that its recorder did not close: what is whole of it becomes one that is closed."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError, RefusedError
from labeler.inspection import inspect_dataset
from labeler.storage.recording.rescuing import rescue
from labeler.storage.recording.unfinished import find_unfinished, is_unfinished
from labeler.video import FrameReader
from tests.broken.edit import data, edit_info, edit_table, video
from tests.snapshot import snapshot

LENGTHS = (6, 5, 7, 4)
GRIPPER, FRONT = "observation.images.gripper", "observation.images.front"
FORMS = {
    "videos": {"cameras": (GRIPPER, FRONT), "reward": "last"},
    "images": {"kind": "image", "cameras": (GRIPPER,)},
    "files": {"episodes_per_data_file": 2, "episodes_per_video_file": (1, 2)},
    "tasks": {"tasks": ("lift it", "drop it"), "cameras": ()},
}


def without_footer(path: Path) -> None:
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    path.write_bytes(content[: -8 - length])


def killed(root: Path, episodes: int = 4) -> Path:
    """What a recorder leaves that is killed: no list of episodes, the last file without footer."""
    shutil.rmtree(root / "meta/episodes")
    (root / "meta/stats.json").unlink()
    without_footer(data(root))
    frames = sum(LENGTHS[:episodes])
    edit_info(root, lambda info: info.update(total_episodes=episodes, total_frames=frames))
    return root


def content_of(root: Path, episodes: int) -> list[object]:
    """Rows, tasks and images of the first episodes."""
    found: list[object] = []
    with open_dataset(root) as dataset:
        names = [column.name for column in dataset.columns]
        for episode in range(episodes):
            found += [dataset.rows(episode, names).to_pylist(), dataset.layout.tasks(episode)]
            for camera in dataset.cameras:
                with FrameReader(dataset, camera.key) as reader:
                    found += [image.tobytes() for image in reader.frames(episode)]
    return found


def listed(root: Path) -> list[dict[str, object]]:
    files = sorted((root / "meta/episodes").rglob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def assert_close(found: object, wanted: object) -> None:
    """Statistics of images are those of decoded ones here, and of drawn ones there."""
    assert np.allclose(np.array(found, float), np.array(wanted, float), atol=0.06), (found, wanted)


@pytest.mark.parametrize("form", FORMS)
def test_rows_images_list_and_statistics_are_those_of_a_closed_recording(
    make_recording, tmp_path, form
) -> None:
    options = FORMS[form]
    closed = make_recording("v3.0", LENGTHS, name="closed", **options)
    root = killed(make_recording("v3.0", LENGTHS, **options))
    before = snapshot(root)
    assert is_unfinished(root)
    found = find_unfinished(root)
    assert found.lengths.tolist() == list(LENGTHS) and not found.lost
    rescue(found, place := tmp_path / "whole")
    assert snapshot(root) == before
    assert content_of(place, 4) == content_of(closed, 4)
    with open_dataset(place) as dataset:
        report = inspect_dataset(dataset)
    assert report.usable and report.episodes == 4 and report.frames == sum(LENGTHS)
    assert [str(one) for one in report.oddities if one.severity == "error"] == []
    for row, wanted in zip(listed(place), listed(closed), strict=True):
        assert list(row) == list(wanted)
        for name, value in wanted.items():
            if "stats/" in name and row[name] != value:
                assert_close(row[name], value)
            elif "file_index" not in name:
                assert row[name] == value, name
    totals = (json.loads((one / "meta/stats.json").read_text()) for one in (place, closed))
    own, wanted = totals
    assert own.keys() == wanted.keys()
    for name, part in wanted.items():
        for key, value in part.items():
            assert_close(own[name][key], value)


def test_an_episode_whose_rows_were_not_written_whole_is_left_out(make_recording, tmp_path) -> None:
    closed = make_recording("v3.0", LENGTHS, name="closed", episodes_per_video_file=(3,))
    root = killed(make_recording("v3.0", LENGTHS, episodes_per_video_file=(3,)), 3)
    data(root).write_bytes(data(root).read_bytes()[:-40])
    video(root).unlink()
    found = find_unfinished(root)
    assert (len(found.lengths), found.lost) == (3, 0)
    rescue(found, place := tmp_path / "whole")
    assert content_of(place, 3) == content_of(closed, 3)


@pytest.mark.parametrize("how", ["missing", "cut off", "text", "zeros", "too short", "elsewhere"])
def test_an_episode_whose_images_are_not_all_there_is_left_out(
    make_recording, tmp_path, how
) -> None:
    options = {"episodes_per_video_file": (3,), "size": (192, 192), "cameras": (GRIPPER, FRONT)}
    closed = make_recording("v3.0", LENGTHS, name="closed", **options)
    root = killed(make_recording("v3.0", LENGTHS, **options))
    last = video(root)
    content = last.read_bytes()
    match how:
        case "missing":
            last.unlink()
        case "cut off":
            last.write_bytes(content[:-300])
        case "text":
            last.write_text("x")
        case "zeros":
            last.write_bytes(content[:600] + bytes(200) + content[800:])
        case "too short":
            other = make_recording("v3.0", (3,), name="other", **options)
            shutil.copy(video(other), last)
        case "elsewhere":
            last.rename(last.with_name("other-001.mp4"))
    found = find_unfinished(root)
    assert (len(found.lengths), found.lost) == (3, 1)
    rescue(found, place := tmp_path / "whole")
    assert content_of(place, 3) == content_of(closed, 3)
    assert len(list((place / "videos" / GRIPPER).rglob("*.mp4"))) == 1


def test_a_data_file_of_which_nothing_is_whole_is_left_out(make_recording, tmp_path) -> None:
    options = {"episodes_per_data_file": 2, "episodes_per_video_file": (2,)}
    root = killed(make_recording("v3.0", LENGTHS, **options))
    video(root).unlink()
    found = find_unfinished(root)
    assert (len(found.lengths), found.lost) == (2, 2)
    rescue(found, place := tmp_path / "whole")
    assert len(list((place / "data").rglob("*.parquet"))) == 1


def test_a_recording_that_was_resumed_is_rebuilt_as_a_whole(make_recording, tmp_path) -> None:
    """Sessions before are listed; the file of the last one has no footer."""
    options = {"episodes_per_data_file": 2, "episodes_per_video_file": (2,)}
    closed = make_recording("v3.0", LENGTHS, name="closed", **options)
    root = make_recording("v3.0", LENGTHS, **options)
    edit_table(next((root / "meta/episodes").rglob("*.parquet")), lambda t: t.slice(0, 2))
    without_footer(data(root))
    assert is_unfinished(root)
    rescue(find_unfinished(root), place := tmp_path / "whole")
    assert content_of(place, 4) == content_of(closed, 4)


def test_a_list_that_was_begun_counts_as_none(make_recording) -> None:
    root = make_recording("v3.0", LENGTHS)
    without_footer(next((root / "meta/episodes").rglob("*.parquet")))
    without_footer(data(root))
    with pytest.raises(DamagedDatasetError, match="it has no footer"):
        open_dataset(root)
    assert is_unfinished(root)
    assert find_unfinished(root).lengths.tolist() == list(LENGTHS)


def test_other_recordings_are_not_unfinished(make_recording, tmp_path) -> None:
    whole = make_recording("v3.0", LENGTHS)
    assert not is_unfinished(whole) and not is_unfinished(tmp_path / "none")
    assert not is_unfinished(make_recording("v2.1", LENGTHS, name="older"))
    (whole / "data/chunk-000/file-007.parquet").write_bytes(b"PAR1 of something else")
    assert not is_unfinished(whole)  # no more episodes are counted than are listed
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
    next((whole / "meta/episodes").rglob("*.parquet")).write_bytes(pointer)
    assert not is_unfinished(whole)  # it was not downloaded
    shutil.rmtree(whole / "meta/episodes")
    shutil.rmtree(whole / "data")
    assert not is_unfinished(whole)


def refused(root: Path, what: str) -> None:
    with pytest.raises(DamagedDatasetError, match=what) as caught:
        find_unfinished(root)
    assert caught.value.cures


@pytest.mark.parametrize(
    ("name", "row", "value"),
    [("episode_index", 0, 1), ("frame_index", 2, 9), ("index", 3, 7), ("timestamp", 1, 0.15)],
)
def test_rows_that_no_recorder_leaves_are_refused(make_recording, name, row, value) -> None:
    root = killed(make_recording("v3.0", LENGTHS, episodes_per_data_file=2))

    def edit(table: pa.Table) -> pa.Table:
        values = table[name].to_pylist()
        values[row] = value
        place = table.column_names.index(name)
        return table.set_column(place, table.field(name), pa.array(values, table[name].type))

    edit_table(data(root, 0), edit)
    refused(root, "not numbered as a recorder numbers them")


def test_what_cannot_be_rebuilt_is_said(make_recording, tmp_path) -> None:
    root = killed(make_recording("v3.0", LENGTHS, episodes_per_video_file=(4,)))
    video(root).unlink()
    refused(root, "no episode of it has all its rows and images")
    edit_info(root, lambda info: info["features"][GRIPPER].update(info={"is_depth_map": True}))
    refused(root, "depth camera")
    edit_info(root, lambda info: info["features"].pop(GRIPPER) and None)
    edit_info(root, lambda info: info["features"]["action"].update(shape=[2, 3]))
    refused(root, r"action of float32 \[2, 3\] cannot be rebuilt")
    edit_info(root, lambda info: info["features"]["action"].update(shape=[6], dtype="language"))
    refused(root, "action of language")
    edit_info(root, lambda info: info["features"].pop("action") and None)
    edit_info(root, lambda info: info["features"].pop("timestamp") and None)
    refused(root, "its rows lack their numbers")


def test_what_is_there_stays_if_the_disk_says_no(make_recording, tmp_path) -> None:
    root = killed(make_recording("v3.0", LENGTHS))
    place = tmp_path / "whole"
    place.mkdir()
    with pytest.raises(RefusedError):
        rescue(find_unfinished(root), place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recording", "whole"]
    assert list(place.iterdir()) == []
