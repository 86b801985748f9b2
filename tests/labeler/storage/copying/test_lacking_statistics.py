"""Episodes of v2.1 without statistics: read with a warning, and whole in every copy."""

import json
from pathlib import Path

import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.inspection import Severity, inspect_dataset
from labeler.storage.checking.check import differences
from labeler.storage.record.selection import Unlabeled
from tests.broken.edit import edit_lines
from tests.conftest import MakeRecording
from tests.labeler.conftest import Run
from tests.labeler.storage.copying.test_guarded_copy import LENGTHS, apply, labels_for

LINES = "meta/episodes_stats.jsonl"
LABELS = {"next.reward", "index", "episode_index"}  # columns that a copy makes itself
Statistics = dict[int, dict[str, dict[str, list[float]]]]


def statistics(root: Path) -> Statistics:
    lines = map(json.loads, (root / LINES).read_text().splitlines())
    return {line["episode_index"]: line["stats"] for line in lines}


def assert_alike(found: dict[str, dict[str, list[float]]], right: object) -> None:
    assert isinstance(right, dict)
    assert found.keys() - LABELS == right.keys() - LABELS
    for name in right.keys() - LABELS:
        tolerance = 0.05 if name.startswith("observation.images") else 1e-5  # decoded, not recorded
        for key, value in right[name].items():
            np.testing.assert_allclose(found[name][key], value, rtol=tolerance, atol=tolerance)


@pytest.fixture
def lacking(make_recording: MakeRecording) -> tuple[Path, Statistics]:
    """A recording without the lines of episodes 1 and 3, and what they were."""
    root: Path = make_recording("v2.1", LENGTHS)
    right = statistics(root)
    edit_lines(root / LINES, lambda records: [records[2], records[0]])
    return root, right


def test_every_episode_of_a_copy_has_statistics(lacking: tuple[Path, Statistics]) -> None:
    root, right = lacking
    copy = apply(root, labels_for())
    found = statistics(copy)
    assert found.keys() == right.keys()
    for episode in right:
        assert_alike(found[episode], right[episode])
    edit_lines(copy / LINES, lambda records: records[:-1])
    assert any("statistics of episode" in one for one in differences(copy))


def test_those_of_a_selection_too(lacking: tuple[Path, Statistics]) -> None:
    root, right = lacking
    labels = labels_for()
    left = {episode: labels[episode] for episode in (1, 2)}
    copy = apply(root, type(labels)(LENGTHS, left), unlabeled=Unlabeled.DROP)
    found = statistics(copy)
    assert found.keys() == {0, 1}
    assert_alike(found[0], right[1])
    assert_alike(found[1], right[2])


def test_and_a_merged_dataset(
    lacking: tuple[Path, Statistics], make_recording: MakeRecording, run: Run
) -> None:
    root, right = lacking
    other: Path = make_recording("v2.1", (5, 6), name="other", seed=50, reward="last")
    labels, collection = root.with_name("cutoffs.json"), root.with_name("all.json")
    labels.write_text('{"0": 5, "1": 2, "2": 0, "3": 3}')
    sources = [{"root": str(root), "labels": str(labels)}, {"root": str(other)}]
    form = {"format": "labeler-collection", "version": 1, "sources": sources}
    collection.write_text(json.dumps(form))
    done = run("merge", collection, "--drop", "next.done", "--out", root.with_name("merged"))
    assert done.exit_code == 0, done.output
    found = statistics(root.with_name("merged"))
    assert found.keys() == set(range(6))
    for episode in right:
        assert_alike(found[episode], right[episode])


def test_it_is_a_warning(lacking: tuple[Path, Statistics]) -> None:
    with open_dataset(lacking[0]) as dataset:
        oddities = inspect_dataset(dataset).oddities
    told = {one.sentence: one.severity for one in oddities if one.file == LINES}
    sentence = next(text for text in told if "has statistics of 2 of 4 episodes" in text)
    assert told[sentence] is Severity.WARNING and "A copy gets those of all" in sentence
    assert Severity.ERROR not in {one.severity for one in oddities}
