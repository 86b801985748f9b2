import json

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from labeler.errors import LabelError
from labeler.labels.document import from_text, to_text
from labeler.resource import resource
from tests.labeler.labels.label_strategies import dataset_labels

SCHEMA = json.loads(resource("label-file.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def document(**episode):
    return {
        "format": "labeler-labels",
        "version": 1,
        "dataset": {"fps": 10},
        "episodes": {"0": {"length": 10, **episode}},
    }


def test_the_schema_itself_is_valid():
    Draft202012Validator.check_schema(SCHEMA)


@given(dataset_labels())
def test_whatever_is_written_satisfies_the_schema(labels):
    VALIDATOR.validate(json.loads(to_text(labels)))


@pytest.mark.parametrize(
    "content",
    [
        document(sucess=[]),
        document(length=0),
        document(length="10"),
        document(length=True),
        document(state="success"),
        document(state="success", success=[]),
        document(state="never", success=[[0, 1]]),
        document(success=[[0, 1]]),
        document(excluded=[[0]]),
        document(excluded=[[0, 1, 2]]),
        document(excluded=[[-1, 2]]),
        document(excluded=[[0.5, 2]]),
        document(note=None),
        document(flag=1),
        document(origin="robot"),
        document(time=5),
        {**document(), "version": 2},
        {**document(), "format": "x"},
        {**document(), "episodes": {"00": {"length": 1}}},
        {**document(), "dataset": {"fsp": 1}},
        {**document(), "dataset": {"fps": -1}},
        {**document(), "extra": 1},
        {**document(), "project": {"crop": {}}},
        {**document(), "project": {"crops": {"front": [0, 0, 4]}}},
        {**document(), "project": {"crops": {"front": [0, 0, 0, 4]}}},
        {**document(), "project": {"crops": {"front": [-1, 0, 4, 4]}}},
        {"format": "labeler-labels", "version": 1},
        [],
    ],
)
def test_schema_and_reader_refuse_the_same(content):
    assert not VALIDATOR.is_valid(content)
    with pytest.raises(LabelError):
        from_text(json.dumps(content))


@pytest.mark.parametrize(
    "content",
    [
        document(),
        document(state="success", success=[[0, 3], [5, 10]]),
        document(state="skipped", excluded=[], flag=None, note="", time=None),
        {"format": "labeler-labels", "version": 1, "episodes": {}},
    ],
)
def test_schema_and_reader_take_the_same(content):
    assert VALIDATOR.is_valid(content)
    from_text(json.dumps(content))
