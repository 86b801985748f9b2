"""Quantiles of several episodes: by the rule that the dataset itself follows."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.collection.document import SourceSpec
from labeler.dataset import open_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.storage.record.aggregation import quantiles_are_bounds
from labeler.storage.record.selection import Unlabeled
from tests.broken.edit import edit_column, edit_table
from tests.labeler.storage.copies import written_copy
from tests.labeler.storage.merging.test_merging import merge

LENGTHS = (6, 5, 9)
TABLE = "meta/episodes/chunk-000/file-000.parquet"
STATS = "meta/stats.json"
LOW, HIGH = ("q01", "q10", "q50"), ("q90", "q99")


def per_episode(root, name, key):
    values = pq.read_table(root / TABLE, columns=[f"stats/{name}/{key}"])
    return np.array([np.ravel(row) for row in values.column(0).to_pylist()])


def follow_the_new_rule(root):
    """Quantiles of `stats.json` as LeRobot writes them after 0.6.1."""
    stats = json.loads((root / STATS).read_text())
    for name, part in stats.items():
        for key in (*LOW, *HIGH):
            values = per_episode(root, name, key)
            bound = values.min(axis=0) if key in LOW else values.max(axis=0)
            part[key] = bound.reshape(np.shape(part[key])).tolist()
    (root / STATS).write_text(json.dumps(stats))


def is_new_rule(root):
    with open_dataset(root) as dataset:
        return quantiles_are_bounds(dataset)


@pytest.fixture
def make(make_recording):
    def made(name, seed, version="v3.0"):
        return make_recording(version, LENGTHS, size=(32, 32), reward="last", name=name, seed=seed)

    return made


def assert_bounds(root):
    stats = json.loads((root / STATS).read_text())
    for name in ("action", "observation.images.gripper", "observation.state"):
        for key in LOW:
            expected = per_episode(root, name, key).min(axis=0)
            np.testing.assert_allclose(np.ravel(stats[name][key]), expected)
        for key in HIGH:
            expected = per_episode(root, name, key).max(axis=0)
            np.testing.assert_allclose(np.ravel(stats[name][key]), expected)


def test_a_merge_follows_the_newest_rule_of_its_sources(make):
    old, new = make("old", 1), make("new", 2)
    follow_the_new_rule(new)
    assert (is_new_rule(old), is_new_rule(new)) == (False, True)
    merged = merge([SourceSpec(old), SourceSpec(new)])
    assert_bounds(merged)
    assert is_new_rule(merged)


def test_a_merge_of_older_sources_weights_by_frames(make):
    merged = merge([SourceSpec(make("one", 1)), SourceSpec(make("two", 2))])
    stats = json.loads((merged / STATS).read_text())
    expected = np.average(per_episode(merged, "action", "q10"), axis=0, weights=LENGTHS * 2)
    np.testing.assert_allclose(stats["action"]["q10"], expected)
    assert not is_new_rule(merged)


def test_a_copy_of_some_episodes_follows_the_rule_of_its_recording(make):
    root = make("recording", 1)
    follow_the_new_rule(root)
    labels = {e: with_cutoff(EpisodeLabel(LENGTHS[e]), 1) for e in (0, 2)}
    copy = written_copy(root, DatasetLabels(LENGTHS, labels), unlabeled=Unlabeled.DROP)
    assert_bounds(copy)


def test_nothing_is_told_from_what_is_not_there(make):
    assert not is_new_rule(make("old", 1, "v2.1"))
    root = make("recording", 1)
    follow_the_new_rule(root)
    stats = json.loads((root / STATS).read_text())
    odd = {"nothing": None, "absent": {"q01": [0.0], "q99": [1.0]}, "plain": {"min": [0.0]}}
    (root / STATS).write_text(json.dumps({**odd, **stats}))
    assert is_new_rule(root)  # from those that follow
    with open_dataset(root) as dataset:
        assert quantiles_are_bounds(dataset, pq.read_table(root / TABLE))
    (root / STATS).write_text(json.dumps({**odd}))
    assert not is_new_rule(root)
    same = {"next.done": stats["next.done"]}  # 0.0 in each episode, by any rule
    (root / STATS).write_text(json.dumps(same))
    assert not is_new_rule(root)
    (root / STATS).write_text(json.dumps({"action": {**stats["action"], "q01": [0.0]}}))
    assert not is_new_rule(root)  # of another shape
    (root / STATS).unlink()
    assert not is_new_rule(root)


def test_episodes_that_lack_some_say_nothing(make):
    root = make("recording", 1)
    follow_the_new_rule(root)
    name = "stats/action/q01"

    def shorten(table):
        index = table.column_names.index(name)
        return table.set_column(index, name, pa.array([[1.0], [2.0, 3.0], [4.0]]))

    edit_table(root / TABLE, shorten)
    stats = json.loads((root / STATS).read_text())
    (root / STATS).write_text(json.dumps({"action": stats["action"]}))
    assert not is_new_rule(root)


def test_a_gap_in_one_feature_leaves_the_next_to_tell(make):
    root = make("recording", 1)
    follow_the_new_rule(root)
    stats = json.loads((root / STATS).read_text())
    told = {name: stats[name] for name in ("action", "observation.state")}
    (root / STATS).write_text(json.dumps(told))
    edit_column(root / TABLE, "stats/action/q01", lambda old: [old[0], None, old[2]])
    with open_dataset(root) as dataset:
        assert quantiles_are_bounds(dataset)
        assert quantiles_are_bounds(dataset, pq.read_table(root / TABLE))
