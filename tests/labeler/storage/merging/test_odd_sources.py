"""Sources that other programs wrote, or that are not what their labels were made on."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.collection import CollectionSpec, SourceSpec, open_collection
from labeler.collection.document import give_names
from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError, SourceChangedError
from labeler.labels.collection import DatasetIdentity
from labeler.labels.document import to_text
from labeler.storage.checking.check import differences
from labeler.storage.merging import Wishes, prepare_merge, write_merge
from labeler.storage.merging.preparation import find_out
from labeler.storage.record.copy_record import Options
from labeler.storage.record.selection import Unlabeled
from tests.broken.edit import data, edit_column, edit_info, edit_lines, edit_table, video
from tests.labeler.storage.copies import success_from

LENGTHS = (5, 5)
TEXT = "instruction"


@pytest.fixture
def day_and_night(make_recording):
    """Two recordings of the given versions, each with labels beside it."""

    def make(day="v2.1", night="v3.0", **options):
        roots = []
        for number, (name, version) in enumerate((("day", day), ("night", night))):
            root = make_recording(
                version, LENGTHS, name=name, size=(32, 32), seed=100 * number, **options
            )
            root.with_name(f"{name}.json").write_text('{"0": 1, "1": 2}')
            roots.append(root)
        return roots

    return make


def opened(roots, episodes=None):
    specs = [
        SourceSpec(root, root.with_name(f"{root.name}.json"), episodes=episodes) for root in roots
    ]
    return open_collection(CollectionSpec(give_names(specs)))


def merge(roots, episodes=None, **wishes) -> Path:
    destination = roots[0].with_name("merged")
    with opened(roots, episodes) as collection:
        write_merge(prepare_merge(collection, destination, Wishes(Options(), **wishes)))
        assert differences(destination) == []
        for source in collection:
            assert differences(destination, against=source.dataset) == []
    return destination


def test_a_video_with_bytes_that_became_zero_is_not_merged(day_and_night) -> None:
    roots = day_and_night(codec="h264")
    path = video(roots[0])
    data = path.read_bytes()
    begin = data.index(b"mdat") + 300  # within the first images
    path.write_bytes(data[:begin] + bytes(128) + data[begin + 128 :])
    with pytest.raises(DamagedDatasetError, match="bytes of image"):
        merge(roots)
    assert not roots[0].with_name("merged").exists()


def episode_rows(root):
    files = sorted((root / "meta/episodes").rglob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def add_texts(root):
    """A column of texts, declared as LeRobot declares one."""
    for file in sorted((root / "data").rglob("*.parquet")):
        edit_table(
            file, lambda table: table.append_column(TEXT, pa.array(["grasp"] * table.num_rows))
        )
    entry = {"dtype": "string", "shape": [1], "names": None}
    edit_info(root, lambda info: info["features"].update({TEXT: entry}))


def test_texts_come_along_and_have_no_statistics(day_and_night):
    roots = day_and_night()
    for root in roots:
        add_texts(root)
    merged = merge(roots)
    with open_dataset(merged) as dataset:
        assert dataset.info.features[TEXT].dtype == "string"
        assert dataset.rows(3, [TEXT])[TEXT].to_pylist() == ["grasp"] * 5
    rows = episode_rows(merged)
    assert not any(name.startswith(f"stats/{TEXT}/") for name in rows[0])
    assert [row["stats/task_index/max"] for row in rows] == [[0]] * 4


def test_data_files_that_do_not_agree_are_refused(day_and_night):
    """Texts in one, numbers in the other: nobody can tell what the column is."""
    roots = day_and_night()
    for root in roots:
        add_texts(root)
    edit_column(data(roots[0]), TEXT, lambda old: pa.array([1] * len(old)))
    with pytest.raises(DamagedDatasetError, match="have columns of different types"):
        merge(roots)
    assert not roots[0].with_name("merged").exists()


@pytest.mark.parametrize("text", [None, "{", "[]", '{"info": {"features": 3}}'])
def test_rows_whose_metadata_nobody_can_read(day_and_night, text):
    roots = day_and_night()
    for file in (roots[0] / "data").rglob("*.parquet"):
        metadata = {} if text is None else {"huggingface": text}
        edit_table(file, lambda table, new=metadata: table.replace_schema_metadata(new))
    merged = merge(roots)
    schemas = [pq.read_schema(file) for file in sorted((merged / "data").rglob("*.parquet"))]
    assert [b"huggingface" in (schema.metadata or {}) for schema in schemas] == [False, True]


def mean_of_actions(root):
    with open_dataset(root) as dataset:
        rows = [dataset.rows(episode, ["action"])["action"] for episode in range(len(dataset))]
    return [np.mean(part.to_pylist(), axis=0) for part in rows]


@pytest.mark.parametrize("episodes", [None, "1"])
def test_statistics_of_many_files(day_and_night, episodes):
    merged = merge(day_and_night("v3.0", episodes_per_metadata_file=1), episodes)
    found = [row["stats/action/mean"] for row in episode_rows(merged)]
    np.testing.assert_allclose(found, mean_of_actions(merged), rtol=1e-5)
    assert len(found) == (4 if episodes is None else 2)


ODD = {
    "a gap": [None, [0.5] * 6],
    "empty": [[], []],
    "uneven": [[0.5] * 6, [0.5] * 5],
    "uneven and as many": [[0.5] * 7, [0.5] * 5],
    "of another size": [[0.5] * 5, [0.5] * 5],
    "a gap inside": [[0.5] * 6, [0.5] * 5 + [None]],
}


@pytest.mark.parametrize("odd", ODD)
def test_statistics_that_have_no_common_shape_are_computed(day_and_night, odd):
    roots = day_and_night("v3.0")
    file = next((roots[0] / "meta/episodes").rglob("*.parquet"))
    kind = pa.list_(pa.float64())
    edit_column(file, "stats/action/mean", lambda old: pa.array(ODD[odd], kind))
    merged = merge(roots)
    found = [row["stats/action/mean"] for row in episode_rows(merged)]
    np.testing.assert_allclose(found, mean_of_actions(merged), rtol=1e-5)


def test_statistics_in_lists_of_one_size_are_taken_over(day_and_night):
    roots = day_and_night("v3.0")
    file = next((roots[0] / "meta/episodes").rglob("*.parquet"))
    told = pa.array([[0.5] * 6, [0.25] * 6], pa.list_(pa.float64(), 6))
    edit_column(file, "stats/action/mean", lambda old: told)
    found = [row["stats/action/mean"] for row in episode_rows(merge(roots))]
    assert found[:2] == told.to_pylist()


def test_statistics_of_files_that_do_not_agree_are_computed(day_and_night):
    roots = day_and_night("v3.0", episodes_per_metadata_file=1)
    file = sorted((roots[0] / "meta/episodes").rglob("*.parquet"))[1]
    edit_column(file, "stats/action/mean", lambda old: pa.array(["much"] * len(old)))
    merged = merge(roots)
    found = [row["stats/action/mean"] for row in episode_rows(merged)]
    np.testing.assert_allclose(found, mean_of_actions(merged), rtol=1e-5)


@pytest.mark.parametrize("camera", [False, True], ids=["column", "camera"])
def test_lines_with_statistics_of_another_size_are_computed(day_and_night, camera):
    roots = day_and_night("v2.1", "v2.1")
    name = "observation.images.gripper" if camera else "action"
    lines = roots[0] / "meta/episodes_stats.jsonl"
    right = [json.loads(line)["stats"][name]["mean"] for line in lines.read_text().splitlines()]
    edit_lines(lines, lambda old: [one["stats"][name].update(mean=[[0.5]]) for one in old] and None)
    merged = merge(roots)
    told = (merged / "meta/episodes_stats.jsonl").read_text().splitlines()[:2]
    found = [json.loads(line)["stats"][name]["mean"] for line in told]
    np.testing.assert_allclose(found, right, rtol=0.05 if camera else 1e-5)  # decoded, not recorded


def test_labels_of_another_recording_have_to_be_accepted(day_and_night):
    roots = day_and_night()
    identity = DatasetIdentity(episodes=2, frames=10, fps=10, fingerprint="sha256:" + "0" * 64)
    text = to_text(success_from(1, list(LENGTHS)).with_identity(identity))
    roots[0].with_name("day.json").write_text(text)
    with pytest.raises(SourceChangedError, match="is not the recording these labels were made on"):
        merge(roots)
    merged = merge(roots, accept_changed=True)
    with open_dataset(merged) as dataset:
        rewards = dataset.rows(0, ["next.reward"])["next.reward"].to_pylist()
    assert rewards == [0, 1, 1, 1, 1]


def test_what_is_known_of_sources_is_not_found_out_again(day_and_night):
    roots = day_and_night()
    with opened(roots) as collection:
        findings = find_out(collection)
        place = roots[0].with_name("merged")
        known = prepare_merge(collection, place, Wishes(Options()), findings=findings)
        prepared = prepare_merge(collection, place, Wishes(Options()))
    assert known.duplicates == prepared.duplicates == findings.duplicates
    assert known.plan.agreement == prepared.plan.agreement
    total = prepared.summary.total
    assert (total.success, total.failure) == (14, 6)


def test_episodes_without_a_decision_are_named_by_source(day_and_night):
    roots = day_and_night()
    roots[1].with_name("night.json").write_text('{"0": 1}')
    with opened(roots) as collection:
        wishes = Wishes(Options(unlabeled=Unlabeled.ZERO))
        prepared = prepare_merge(collection, roots[0].with_name("merged"), wishes)
    said = "night: without a decision, written as failures: episode 1."
    assert said in prepared.warnings


def test_scores_of_frames_stay_with_their_source(day_and_night):
    roots = day_and_night("v3.0")
    scores = pa.table({"episode_index": [0], "frame_index": [0], "progress_sparse": [0.5]})
    pq.write_table(scores, roots[1] / "sarm_progress.parquet")
    with opened(roots) as collection:
        place = roots[0].with_name("merged")
        told = prepare_merge(collection, place, Wishes(Options())).warnings
    assert [sentence for sentence in told if "scores" in sentence] == [
        "night: sarm_progress.parquet has scores of frames by their numbers in the recording, and "
        "is left out of the merged dataset: compute the scores again for the merged dataset."
    ]
    assert not (merge(roots) / "sarm_progress.parquet").exists()


def test_numbers_of_rows_that_somebody_changed(day_and_night):
    merged = merge(day_and_night("v3.0"))
    edit_column(data(merged), "index", lambda old: [old[0] + 7, *old[1:]])
    name = data(merged).relative_to(merged).as_posix()
    assert any(one.startswith(f"{name}: index is not contiguous") for one in differences(merged))
