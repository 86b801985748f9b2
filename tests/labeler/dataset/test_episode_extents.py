"""Lists of episodes with missing or wrong numbers, where the rows say what is right.

LeRobot reads such recordings right (docs/lerobot-differences.md). A copy has the right numbers.
"""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError
from labeler.inspection import inspect_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.storage.checking.check import differences
from labeler.storage.record.selection import Unlabeled
from tests.broken.edit import edit_column, edit_table
from tests.labeler.storage.copies import written_copy

LENGTHS = (8, 5, 11, 6)
EPISODES = "meta/episodes/chunk-000/file-000.parquet"
PLACES = ("length", "dataset_from_index", "dataset_to_index", "data/chunk_index", "data/file_index")


@pytest.fixture
def root(make_recording):
    return make_recording(
        "v3.0", LENGTHS, size=(32, 32), episodes_per_data_file=2, episodes_per_video_file=(3, 1)
    )


def without(*names):
    return lambda root: edit_table(root / EPISODES, lambda table: table.drop_columns([*names]))


def with_length(value, episode=1):
    def change(values):
        values[episode] = value
        return pa.array(values, pa.int64())

    return lambda root: edit_column(root / EPISODES, "length", change)


FAULTS = {
    "no length": (without("length"), "has no column length"),
    "no first index": (without("dataset_from_index"), "has no column dataset_from_index"),
    "no file": (without("data/file_index"), "has no column data/file_index"),
    "no place": (without("data/chunk_index", "data/file_index"), "has no column data/chunk_index"),
    "one less": (with_length(4), "other lengths than those of the rows, of episode 1."),
    "one more": (with_length(6), "other lengths than those of the rows, of episode 1."),
    "none": (with_length(0), "episode 1 has 0 frames"),
    "null": (with_length(None), "column length holds values that are not whole numbers"),
}


@pytest.fixture(params=list(FAULTS))
def fault(request, root):
    change, said = FAULTS[request.param]
    right = pq.read_table(root / EPISODES).select(PLACES).to_pylist()
    change(root)
    return root, said, right


def rows_of(dataset):
    return [dataset.rows(episode, ["action", "index"]) for episode in range(len(dataset))]


def test_rows_are_read_with_a_warning(fault, make_recording):
    root, said, right = fault
    whole = make_recording("v3.0", LENGTHS, size=(32, 32), episodes_per_data_file=2, name="whole")
    with open_dataset(root) as dataset, open_dataset(whole) as other:
        assert dataset.lengths.tolist() == list(LENGTHS)
        firsts = [line["dataset_from_index"] for line in right]
        assert dataset.layout.first_indices.tolist() == firsts
        assert all(
            one.equals(two) for one, two in zip(rows_of(dataset), rows_of(other), strict=True)
        )
        found = inspect_dataset(dataset)
    assert [one.severity.name for one in found.oddities if said in one.sentence] == ["WARNING"]
    assert not [one for one in found.oddities if one.severity.name == "ERROR"]


@pytest.mark.parametrize("kept", [(0, 1, 2, 3), (1, 2)], ids=["whole", "some"])
def test_a_copy_has_the_right_numbers(fault, kept):
    root, _, right = fault
    labels = {e: with_cutoff(EpisodeLabel(LENGTHS[e]), 1) for e in kept}
    copy = written_copy(root, DatasetLabels(LENGTHS, labels), unlabeled=Unlabeled.DROP)
    with open_dataset(root) as source, open_dataset(copy) as dataset:
        assert differences(copy, against=source) == []
        assert not dataset.layout.corrections
    found = pq.read_table(copy / EPISODES).select(PLACES).to_pylist()
    if len(kept) == len(LENGTHS):
        assert found == right
    else:
        assert [line["length"] for line in found] == [LENGTHS[episode] for episode in kept]
        assert [line["dataset_from_index"] for line in found] == [0, LENGTHS[1]]
        assert [line["dataset_to_index"] for line in found] == [LENGTHS[1], sum(LENGTHS[1:3])]
        assert [line["data/file_index"] for line in found] == [0, 1]


def test_two_witnesses_are_needed(root):
    """Neither rows alone nor the indices of the list alone tell how long an episode is."""
    edit_column(root / EPISODES, "dataset_to_index", lambda values: [n + 1 for n in values])
    for change, said in (FAULTS["none"], FAULTS["null"], FAULTS["no length"]):
        change(root)
        with pytest.raises(DamagedDatasetError, match=said):
            open_dataset(root)


def test_rows_that_are_missing_are_no_wrong_length(root):
    file = root / "data/chunk-000/file-001.parquet"
    edit_table(file, lambda table: table.slice(0, len(table) - 1))
    with open_dataset(root) as dataset:
        assert dataset.lengths.tolist() == list(LENGTHS)
        assert not dataset.layout.corrections
        found = inspect_dataset(dataset)
    assert [one for one in found.oddities if one.severity.name == "ERROR"]


def test_files_of_other_names_have_no_number(root):
    without("data/file_index")(root)
    (root / "data/chunk-000/file-001.parquet").rename(root / "data/chunk-000/b.parquet")
    with pytest.raises(DamagedDatasetError, match="has no column data/file_index"):
        open_dataset(root)
