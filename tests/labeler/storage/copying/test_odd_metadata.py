"""Copies of recordings whose metadata other programs wrote: what is there follows, nothing more."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError, LabelError
from labeler.inspection import inspect_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.storage.checking.check import differences
from labeler.storage.record.selection import Unlabeled
from tests.broken.edit import edit_info, edit_table, video
from tests.labeler.storage.copies import prepared_copy, written_copy

LENGTHS = (6, 5, 4)
GRIPPER = "observation.images.gripper"
TABLE = "meta/episodes/chunk-000/file-000.parquet"


def without_the_second():
    labels = {e: with_cutoff(EpisodeLabel(LENGTHS[e]), 1) for e in (0, 2)}
    return DatasetLabels(LENGTHS, labels)


def selected(root):
    """A copy without the second episode, which agrees with its recording."""
    copy = written_copy(root, without_the_second(), unlabeled=Unlabeled.DROP)
    with open_dataset(root) as source:
        assert differences(copy, against=source) == []
    return copy


def rows(copy):
    files = sorted((copy / "meta/episodes").rglob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


@pytest.fixture
def root(make_recording):
    return make_recording("v3.0", LENGTHS, size=(32, 32))


def test_files_of_episodes_that_are_left_out_are_left_out(make_recording):
    root = make_recording(
        "v3.0",
        LENGTHS,
        size=(32, 32),
        episodes_per_metadata_file=1,
        episodes_per_video_file=(1,),
        episodes_per_data_file=1,
    )
    copy = selected(root)
    assert [row["episode_index"] for row in rows(copy)] == [0, 1]
    for folder in ("meta/episodes", "videos", "data"):
        there = [path.name for path in sorted((copy / folder).rglob("file-*"))]
        assert [name.split(".")[0] for name in there] == ["file-000", "file-002"]


def test_columns_that_nobody_needs_may_be_missing(root):
    """Written by another program: no end of the rows, no statistics of the camera."""

    def change(table):
        names = [name for name in table.column_names if name.startswith(f"stats/{GRIPPER}/")]
        return table.drop_columns([*names, "dataset_to_index"])

    edit_table(root / TABLE, change)
    written = rows(selected(root))
    assert [row["dataset_from_index"] for row in written] == [0, 6]
    assert "dataset_to_index" not in written[0]
    assert not any(name.startswith(f"stats/{GRIPPER}/") for name in written[0])


def test_statistics_of_a_kind_of_its_own_stay(root):
    medians = pa.array([[float(n)] * 6 for n in range(3)])
    edit_table(root / TABLE, lambda table: table.append_column("stats/action/median", medians))
    written = rows(selected(root))
    assert [row["stats/action/median"] for row in written] == [[0.0] * 6, [2.0] * 6]


def test_without_statistics_of_the_whole_there_are_none_afterwards(root):
    (root / "meta/stats.json").unlink()
    assert not (selected(root) / "meta/stats.json").exists()


def test_old_statistics_beside_those_of_episodes_follow(make_recording):
    root = make_recording("v2.1", LENGTHS, size=(32, 32))
    stats = {"action": {"min": [-9.0] * 6}, "frame_index": {"max": [99.0]}}
    (root / "meta/stats.json").write_text(json.dumps(stats))
    document = json.loads((selected(root) / "meta/stats.json").read_text())
    assert document["frame_index"]["max"] == [5.0]


def test_statistics_of_truth_values_stay_truth_values(make_recording):
    """LeRobot keeps the minimum of a bool as a list of bool."""
    root = make_recording("v3.0", LENGTHS, size=(32, 32), reward="last")
    name = "stats/next.done/min"

    def change(table):
        index = table.column_names.index(name)
        return table.set_column(index, name, pa.array([[False]] * 3))

    edit_table(root / TABLE, change)
    copy = written_copy(root, done=True)
    assert pq.read_schema(copy / TABLE).field(name).type == pa.list_(pa.bool_())
    assert [row[name] for row in rows(copy)] == [[False]] * 3
    assert differences(copy) == []


def test_images_that_lerobot_left_behind_are_not_those_of_other_episodes(make_recording):
    """They lie in folders named after episodes, which have other numbers in the copy."""
    root = make_recording("v2.1", LENGTHS, size=(32, 32))
    left = root / "images" / GRIPPER / "episode_000001"
    left.mkdir(parents=True)
    (left / "frame_000000.png").write_bytes(b"PNG")
    assert not (selected(root) / "images").exists()
    whole = root.with_name("whole")
    root.rename(whole)
    there = written_copy(whole) / "images" / GRIPPER / "episode_000001" / "frame_000000.png"
    assert there.read_bytes() == b"PNG"


def test_rows_of_no_episode_are_left_out_and_named(root):
    stray = root / "data/chunk-000/old.parquet"
    pq.write_table(pa.table({"a": [1]}), stray)
    prepared = prepared_copy(root)
    said = "data/chunk-000/old.parquet belongs to no episode and is left out of the copy."
    assert said in prepared.warnings
    assert not (written_copy(root) / "data/chunk-000/old.parquet").exists()


def test_a_video_that_lacks_images_is_refused_unless_its_episode_is_left_out(make_recording):
    root = make_recording("v2.1", LENGTHS, size=(32, 32))
    content = video(root, 2).read_bytes()
    video(root, 1).write_bytes(content)  # 4 images for 5 rows
    with pytest.raises(DamagedDatasetError, match=r"episode_000001\.mp4 is too short"):
        written_copy(root)
    assert differences(selected(root)) == []


def test_a_video_with_an_image_too_many_is_copied(make_recording):
    root = make_recording("v2.1", LENGTHS, size=(32, 32))
    video(root, 1).write_bytes(video(root, 0).read_bytes())  # 6 images for 5 rows
    copy = written_copy(root)
    assert video(copy, 1).read_bytes() == video(root, 1).read_bytes()


def test_nothing_is_no_copy(root):
    with pytest.raises(LabelError, match="No episode is left to write"):
        written_copy(root, DatasetLabels(LENGTHS, {}), unlabeled=Unlabeled.DROP)


def test_numbers_that_are_declared_and_not_there_stay_undeclared(root):
    """Totals that a recording does not name are not invented."""
    edit_info(root, lambda info: info.pop("splits") and None)
    info = json.loads((selected(root) / "meta/info.json").read_text())
    assert "splits" not in info
    assert info["total_frames"] == int(np.sum(LENGTHS)) - LENGTHS[1]


def listed_again(root, *episodes, own_file=False):
    """The list of episodes with rows about some of them again, in the same file or in another."""
    path = root / TABLE
    table = pq.read_table(path)
    again = table.take(pa.array(episodes))
    if own_file:
        pq.write_table(again, path.with_name("file-001.parquet"))
    else:
        pq.write_table(pa.concat_tables([table, again]), path, row_group_size=2)
    return table


@pytest.mark.parametrize("own_file", [False, True])
def test_episodes_that_are_listed_again_are_copied_once(root, own_file):
    before = listed_again(root, 2, 0, own_file=own_file)
    with open_dataset(root) as dataset:
        assert len(dataset) == 3
        said = [one.sentence for one in inspect_dataset(dataset).oddities]
    assert any("episodes 0 and 2 are listed more than once" in sentence for sentence in said)
    every = {e: with_cutoff(EpisodeLabel(length), 1) for e, length in enumerate(LENGTHS)}
    copy = written_copy(root, DatasetLabels(LENGTHS, every))
    with open_dataset(root) as source:
        assert differences(copy, against=source) == []
    found = rows(copy)
    assert [row["episode_index"] for row in found] == [0, 1, 2]
    for row, old in zip(found, before.to_pylist(), strict=True):
        assert {name: row[name] for name in old} == old


def test_episodes_that_are_listed_again_are_left_out_once(root):
    listed_again(root, 1, 2)
    copy = selected(root)
    assert [row["length"] for row in rows(copy)] == [6, 4]


def test_an_episode_that_is_listed_otherwise_again_is_refused(root):
    def edit(table):
        row = table.slice(1, 1)
        place = table.column_names.index("length")
        return pa.concat_tables([table, row.set_column(place, row.schema.field(place), [[4]])])

    edit_table(root / TABLE, edit)
    with pytest.raises(DamagedDatasetError, match="Row 3 of meta/episodes is about episode 1"):
        open_dataset(root)


def test_rows_of_episodes_in_another_order_are_read_and_labelled_where_they_are(make_recording):
    root = make_recording("v3.0", LENGTHS, size=(32, 32), seed=3)
    with open_dataset(root) as dataset:
        before = [dataset.rows(e, ["action", "index"]).to_pylist() for e in range(3)]
    data = root / "data/chunk-000/file-000.parquet"
    edit_table(data, lambda t: pa.concat_tables([t.slice(11), t.slice(0, 11)]))
    with open_dataset(root) as dataset:
        assert [dataset.rows(e, ["action", "index"]).to_pylist() for e in range(3)] == before
        found = inspect_dataset(dataset)
    assert found.usable
    assert any("in another order than meta/episodes" in one.sentence for one in found.oddities)
    copy = selected(root)
    with open_dataset(copy) as dataset:
        assert [dataset.rows(e, ["action"])["action"].to_pylist() for e in range(2)] == [
            [row["action"] for row in before[episode]] for episode in (0, 2)
        ]
        rewards = [dataset.rows(e, ["next.reward"])["next.reward"].to_pylist() for e in range(2)]
        assert rewards == [[0, 1, 1, 1, 1, 1], [0, 1, 1, 1]]
        assert dataset.rows(1, ["index"])["index"].to_pylist() == [6, 7, 8, 9]
