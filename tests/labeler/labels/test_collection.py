import math
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given

from labeler.errors import LabelError
from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel, State
from labeler.labels.episode import clear, never, with_cutoff
from tests.labeler.labels.label_strategies import dataset_labels


def test_episodes_that_nobody_touched_are_unlabeled():
    labels = DatasetLabels([3, 4])
    assert [label.length for label in labels] == [3, 4]
    assert labels.without_decision() == [0, 1]
    assert labels.counts()[State.UNLABELED] == len(labels) == 2


@pytest.mark.parametrize("index", [-1, 2])
def test_an_episode_outside_the_dataset_is_refused(index):
    with pytest.raises(LabelError, match=f"Episode {index} does not exist"):
        DatasetLabels([3, 4], {index: EpisodeLabel(3)})
    with pytest.raises(IndexError):
        DatasetLabels([3, 4])[index]


def test_a_label_of_another_length_is_refused():
    with pytest.raises(LabelError, match="Episode 1 has 4 frames, its label 3"):
        DatasetLabels([3, 4]).with_label(1, EpisodeLabel(3))


@given(dataset_labels())
def test_with_label_replaces_one_episode_only(labels):
    for index in range(len(labels)):
        changed = labels.with_label(index, never(labels[index]))
        assert changed[index].state is State.NEVER
        others = [i for i in range(len(labels)) if i != index]
        assert [changed[i] for i in others] == [labels[i] for i in others]
        assert changed.identity == labels.identity


@given(dataset_labels())
def test_states_are_counted_per_episode(labels):
    counts = labels.counts()
    assert sum(counts.values()) == len(labels)
    undecided = counts[State.UNLABELED] + counts[State.SKIPPED]
    assert len(labels.without_decision()) == undecided


def test_a_label_taken_back_leaves_no_trace():
    blank = DatasetLabels([5])
    marked = blank.with_label(0, with_cutoff(blank[0], 2))
    assert marked != blank
    assert marked.with_label(0, clear(marked[0])) == blank


def test_lengths_may_come_as_an_array():
    assert DatasetLabels(np.array([3, 4])) == DatasetLabels([3, 4])


def test_labels_given_cannot_be_changed_afterwards():
    touched = {0: never(EpisodeLabel(3))}
    labels = DatasetLabels([3], touched)
    touched.clear()
    assert labels[0].state is State.NEVER
    with pytest.raises(TypeError):
        labels.touched[0] = EpisodeLabel(3)


@pytest.mark.parametrize(
    "odd", [{"fps": math.nan}, {"fps": math.inf}, {"fps": -1.0}, {"episodes": -1}, {"frames": -1}]
)
def test_an_impossible_identity_is_refused(odd):
    with pytest.raises(LabelError, match="cannot have"):
        DatasetIdentity(**odd)


def test_label_values_load_without_heavy_packages():
    code = (
        "import sys, labeler.labels; "
        "print([name for name in ('pydantic', 'numpy', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_latest_time_is_that_of_any_label():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    blank = DatasetLabels([4, 4, 4])
    assert blank.last_time is None
    given = {0: EpisodeLabel(4, time=late, note="a"), 2: EpisodeLabel(4, time=early, note="b")}
    assert DatasetLabels([4, 4, 4], given).last_time == late


def test_labels_may_be_said_of_another_dataset():
    labels = DatasetLabels([4], {0: never(EpisodeLabel(4))})
    other = labels.with_identity(DatasetIdentity(name="other"))
    assert other.identity.name == "other" and other.touched == labels.touched
