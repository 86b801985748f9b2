"""Collection files and merge files: what they say, and every way in which they are wrong."""

import json
from pathlib import Path

import pytest

from labeler.cli.cures import hint
from labeler.collection import read_spec
from labeler.collection.document import is_collection
from labeler.errors import AmbiguousLabelsError, LabelFileError

HEAD = {"format": "labeler-collection", "version": 1}


@pytest.fixture
def spec(tmp_path):
    """Read a collection of this content from a file."""

    def read(content):
        path = tmp_path / "collection.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_spec(path)

    return read


def test_a_collection(spec, tmp_path):
    sources = [
        {"root": "day", "labels": "labels/day.json", "tags": ["sun"]},
        {"root": str(tmp_path / "elsewhere/day"), "episodes": "0-9, 12", "name": "second"},
        {"root": "old/day"},
        {"root": "day"},
        {"root": "day"},
    ]
    found = spec({**HEAD, "sources": sources}).sources
    assert [one.root for one in found] == [
        tmp_path / "day", tmp_path / "elsewhere/day", tmp_path / "old/day",
        tmp_path / "day", tmp_path / "day",
    ]  # fmt: skip
    above = tmp_path.name
    assert [one.name for one in found] == [
        "day", "second", "old/day", f"{above}/day", f"{above}/day 2",
    ]  # fmt: skip
    assert found[0].labels == tmp_path / "labels/day.json"
    assert found[0].tags == ("sun",)
    assert found[1].episodes == "0-9, 12"
    assert found[1].labels is None


WRONG = {
    "no JSON": ("{", "not valid JSON"),
    "empty": ("", "empty"),
    "a list": ("[]", "neither a collection nor a merge"),
    "another format": ({"format": "labeler-labels"}, "neither a collection nor a merge"),
    "a repeated key": ('{"format": 1, "format": 1}', "appears twice"),
    "a newer version": ({**HEAD, "version": 2, "sources": []}, "version 2"),
    "no sources": (HEAD, "sources: Field required"),
    "empty sources": ({**HEAD, "sources": []}, "sources: List should have at least 1"),
    "an unknown field": (
        {**HEAD, "sources": [{"root": "a"}], "out": "b"},
        "out is not a known field",
    ),
    "an unknown field of a source": (
        {**HEAD, "sources": [{"root": "a", "label": "b"}]},
        "sources.0.label is not a known field",
    ),
    "no root": ({**HEAD, "sources": [{"labels": "a"}]}, "sources.0.root: Field required"),
    "a number for a root": ({**HEAD, "sources": [{"root": 1}]}, "sources.0.root: Input should be"),
    "an empty root": ({**HEAD, "sources": [{"root": ""}]}, "sources.0.root"),
    "a list of episodes": (
        {**HEAD, "sources": [{"root": "a", "episodes": [1]}]},
        "sources.0.episodes: Input should be",
    ),
    "one name for two": (
        {**HEAD, "sources": [{"root": "a", "name": "x"}, {"root": "b", "name": "x"}]},
        "Two sources have the name 'x'",
    ),
    "a merge without sources": ({"sources": []}, "names no sources"),
    "a merge with another field": ({"sources": ["a"], "fps": 3}, "'fps' is not a known field"),
    "a merge that leaves its folder": ({"sources": ["../a"]}, "'../a' is not a file name"),
    "a merge of what is not there": ({"sources": ["a"]}, "a.json: The file cannot be read"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong(spec, name):
    content, message = WRONG[name]
    with pytest.raises(LabelFileError) as caught:
        spec(content)
    assert message in caught.value.message
    assert "collection.json" in caught.value.message
    assert hint(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(LabelFileError, match=r"cannot be read: No such file"):
        read_spec(tmp_path / "collection.json")


def label_file(tmp_path: Path, name: str, path: str | None) -> None:
    content = {"episodes": {"0": {"success_start": 1}}}
    (tmp_path / name).write_text(json.dumps(content | ({"dataset_path": path} if path else {})))


def test_a_merge_file(spec, tmp_path):
    label_file(tmp_path, "grasp.json", "recordings/grasp")
    label_file(tmp_path, "negatives.json", "/data/negatives")
    found = spec({"output_repo_id": "me/reward", "sources": ["grasp", "negatives.json"]})
    assert [one.root for one in found.sources] == [
        tmp_path / "recordings/grasp", Path("/data/negatives")
    ]  # fmt: skip
    assert [one.labels for one in found.sources] == [
        tmp_path / "grasp.json", tmp_path / "negatives.json"
    ]  # fmt: skip
    assert [one.name for one in found.sources] == ["grasp", "negatives.json"]
    assert "me/reward" in found.notes[0]


def test_a_merge_of_files_that_name_no_recording(spec, tmp_path):
    label_file(tmp_path, "grasp.json", None)
    with pytest.raises(LabelFileError, match=r"grasp\.json does not say which recording"):
        spec({"sources": ["grasp"]})


def test_a_path_from_where_the_command_runs(spec, tmp_path, monkeypatch):
    here = tmp_path / "here"
    (here / "grasp").mkdir(parents=True)
    monkeypatch.chdir(here)
    label_file(tmp_path, "grasp.json", "grasp")
    assert spec({"sources": ["grasp"]}).sources[0].root == here / "grasp"
    (tmp_path / "grasp").mkdir()
    with pytest.raises(AmbiguousLabelsError, match=r"'grasp' may be"):
        spec({"sources": ["grasp"]})


def test_a_collection_is_told_from_other_files(tmp_path):
    file = tmp_path / "all.json"
    file.write_text('{"format": "labeler-collection", "version": 9}')
    assert is_collection(file), "be it right or not"
    for text in ('{"0": 3}', '{"format": "labeler-labels"}', "{", "0: 3\n"):
        file.write_text(text)
        assert not is_collection(file), text
    file.write_text('{"format": "labeler-collection"}' + " " * (1 << 20))
    assert not is_collection(file), "it is told at once: large files are not read"
    assert not is_collection(tmp_path)
    assert not is_collection(tmp_path / "none.json")
