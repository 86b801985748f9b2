"""What is read of a label file without a dataset, and what no form of label file may hold."""

import os
import re

import pytest

from labeler.errors import LabelFileError
from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel, strict_json
from labeler.labels.dialects import python_dict
from labeler.labels.dialects.forms import table
from labeler.labels.dialects.reading import LARGEST, dataset_path_of, read_bytes, read_own
from labeler.labels.document import to_text
from labeler.labels.episode import with_cutoff


@pytest.fixture
def write(tmp_path):
    def writing(content):
        path = tmp_path / "labels"
        path.write_text(content, encoding="utf-8")
        return path

    return writing


def test_labels_of_our_own_are_read_without_a_dataset(write):
    labels = DatasetLabels(
        [4, 3], {1: with_cutoff(EpisodeLabel(3), 2)}, DatasetIdentity(name="x", fingerprint="1f")
    )
    assert read_own(write(to_text(labels))) == labels


@pytest.mark.parametrize("content", ["{", '{"0": 3}', "0: 3-\n"])
def test_other_labels_do_not_say_how_long_episodes_are(write, content):
    path = write(content)
    with pytest.raises(LabelFileError, match=f"^{re.escape(str(path))}: ") as caught:
        read_own(path)
    assert caught.value.cures


@pytest.mark.parametrize(
    ("content", "dataset"),
    [
        ('{"dataset_path": "day", "episodes": {"0": null}}', "day"),
        ('{"episodes": {"0": null}}', None),
        ("# dataset path: night\n0: 3-\n", "night"),
        ("0: 3-\n", None),
        ('{"0": 3}', None),
    ],
)
def test_the_recording_that_a_file_names(write, content, dataset):
    assert dataset_path_of(write(content)) == dataset


def test_a_file_that_names_a_recording_wrongly_is_named(write):
    path = write('{"dataset_path": 3, "episodes": {}}')
    with pytest.raises(LabelFileError, match=f"^{re.escape(str(path))}: "):
        dataset_path_of(path)


def test_what_no_label_file_can_be_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "labels"
    path.touch()
    os.truncate(path, LARGEST + 1)  # takes no room: nothing is written
    with pytest.raises(LabelFileError, match="larger than 256 MiB"):
        read_bytes(path)
    os.truncate(path, 2001)
    with pytest.raises(LabelFileError, match=r"has 2\.0 kB, far more than labels of this dataset"):
        read_bytes(path, 2000)
    assert read_bytes(path, 2001) == bytes(2001)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"a": 1, "a": 2}]', "^'a' appears twice"),
        ('{"x": {"y": {"a": 1, "b": 1, "b": 2}}}', "^'b' appears twice"),
        ('{"0": {"a": 1, "a": 2}}', "^Episode 0: 'a' appears twice"),
        ('{"episodes": {"3": {"a": 1, "a": 2}}}', "^Episode 3: 'a' appears twice"),
    ],
)
def test_a_repeated_key_is_named_with_its_episode(content, message):
    with pytest.raises(LabelFileError, match=message):
        strict_json.parse_json(content)


@pytest.mark.parametrize("content", ["{0: @}", "{0: 3, $: 4}", "{0: 'a\\x41'}"])
def test_what_is_no_python_dict(content):
    assert python_dict.to_json(content) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "The header is missing"),
        ("# only a comment\n", "The header is missing"),
        ("0,3\n1,4\n", "The header is missing"),
        (f"episode,success_start\n0,3\n1,{'3' * 200_000}\n", "Line 3 is not CSV"),
    ],
)
def test_a_table_needs_a_header_and_cells(content, message):
    with pytest.raises(LabelFileError, match=message):
        table.read(content)
