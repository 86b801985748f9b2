"""Whatever is in a file, it is read or refused in a sentence."""

import json
import os

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.errors import LabelError, LabelFileError
from labeler.labels.dialects import Dialect, read_labels
from labeler.labels.dialects import reading as reading_module


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("labels")


@pytest.fixture(scope="module")
def refused(folder):
    """Function that expects a refusal and returns it."""

    def refusal(content, lengths=(10, 10)):
        path = folder / "labels"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(LabelError) as caught:
            read_labels(path, list(lengths))
        assert str(path) in caught.value.message
        assert hint(caught.value)
        return caught.value.message

    return refusal


VALUES = ['"3"', "3.5", "NaN", "Infinity", "-Infinity", "true", "false", "-1", "1" * 400, "[3]"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "form",
    [
        '{"0": 3, "1": %s}',
        '{"0": null, "1": {"success_start": %s}}',
        '{"0": null, "1": {"ranges": [[2, 3], [%s, null]]}}',
        '{"0": null, "1": {"success_ranges": [[2, %s]]}}',
        '{"episodes": {"0": null, "1": {"success_start": 3, "exclude": [%s]}}}',
    ],
)
def test_a_frame_that_is_none_names_the_episode(refused, form, value):
    assert "Episode 1" in refused(form % value)


@pytest.mark.parametrize("value", ["x", "3.5", "-1", "inf", "1e1", "٣", "1" * 30, "1_0", "true"])
@pytest.mark.parametrize("column", [1, 2])
def test_a_cell_that_is_no_frame_names_the_episode(refused, column, value):
    cells = ["1", "3", "9"]
    cells[column] = value
    header = "episode,success_start,env_reset_start\n0,3,9\n"
    assert "Episode 1" in refused(header + ",".join(cells) + "\n")


@pytest.mark.parametrize(
    "said",
    ["", "34", "-", "-5", "3-5-7", "3.5-", "a-b", "3-,", "fail", "nan", "3-٣", "1" * 30 + "-"],
)
def test_a_line_that_says_nothing_names_the_episode(refused, said):
    assert "Episode 1" in refused(f"0: 3-\n1: {said}\n")


@pytest.mark.parametrize(
    "content",
    [
        '{"1": 3, "1": 4}',
        '{"1": 3, "01": 4}',
        "{1: 3, 1: 4}",
        "{1: 3, '1': 4}",
        '{"episodes": {"1": null, "001": null}}',
        "1: 3-\n01: 4-\n",
        "1: 3-\n1: 3-\n",
        "episode,success_start\n1,3\n1,4\n",
        "episode,success_start\n1,3\n1.0,4\n",
    ],
)
def test_an_episode_named_twice(refused, content):
    message = refused(content)
    assert "1" in message
    assert "twice" in message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"1": {"sucess_start": 3}}', "Episode 1: 'sucess_start' is not a known field"),
        (
            '{"1": {"success_start": 3, "success_start": 4}}',
            "Episode 1: 'success_start' appears twice",
        ),
        ("{1: {'success_start': 3, 'success_start': 4}}", "'success_start' appears twice"),
        ('{"1": {"success_start": 3, "ranges": [[3, 4]]}}', "success_start and ranges"),
        ('{"1": {"ranges": [[3, 4]], "success_end": 4}}', "success_end and ranges"),
        ('{"1": {}}', "neither success_start nor ranges"),
        ('{"1": {"exclude": [0]}}', "neither success_start nor ranges"),
        ('{"1": {"ranges": [3, 4]}}', "holds 3"),
        ('{"1": {"ranges": [[3]]}}', "holds [3]"),
        ('{"1": {"ranges": [[null, 3]]}}', "ranges is None"),
        ('{"1": {"ranges": null}}', "ranges is None"),
        ('{"1": {"success_start": 3, "exclude": 4}}', "exclude is 4"),
        ('{"1": {"success_start": null, "success_end": 4}}', "success_start is None"),
        ('{"episodes": [3]}', '"episodes" is not a mapping'),
        ('{"episodes": {"1": null}, "path": "x"}', "'path' is not a known field"),
        ('{"episodes": {"1": null}, "dataset_path": 3}', "dataset_path is 3"),
        ('{"x": 3}', "'x' is not an episode number"),
        ('{"": 3}', "'' is not an episode number"),
        ('{"-1": 3}', "'-1' is not an episode number"),
        ('{"1.0": 3}', "'1.0' is not an episode number"),
        ('{" 1": 3}', "' 1' is not an episode number"),
        ("{True: 3}", "'True' is not an episode number"),
        ("{1.0: 3}", "'1.0' is not an episode number"),
        ("{None: 3}", "'None' is not an episode number"),
        ("{(1, 2): 3}", "not valid JSON"),
        ('{"%s": 3}' % ("9" * 6000), "is not an episode number"),
        ("episode,success_start\n0,3,4\n", "Line 2 has 3 cells"),
        ("episode,success_start\n\n# x\nx,3\n", "Line 4 names the episode 'x'"),
        ("episode,success_start,success_start\n0,3,3\n", "column appears twice"),
        ("0: 3-\nhello\n", "Line 2 is 'hello'"),
        ("[53, 36]", "holds a list"),
        ("53", "begins with '53'"),
        ("null", "begins with 'null'"),
        ('"0"', "begins with"),
        ("frame,reward\n0,1\n", "begins with"),
        ("", "is empty"),
        (" \n\t\r\n", "is empty"),
        ("# dataset path: x\n", "comments only"),
        (b"\xff\xfe", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xfe1", "not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8 text"),
        (b'{"0": "\xe9"}', "not UTF-8 text"),
        ('{"0": 3', "not valid JSON"),
        ('{"0": 3}}', "not valid JSON"),
        ("{0: __import__('os').getpid()}", "not valid JSON"),
        ("{0: 3, **{1: 4}}", "not valid JSON"),
        ("{[]: 3}", "not valid JSON"),
        ("{0: 1" + "+1" * 10**5 + "}", "not valid JSON"),
        ("{0: " + "-" * 10**5 + "1}", "not valid JSON"),
        ('{"0": ' + "9" * 5000 + "}", "too large"),
        ("{0: " + "9" * 5000 + "}", "not valid JSON"),
        ('{"0": ' + "[" * 10**5, "too deeply"),
        ("[" * 10**5, "too deeply"),
        ('{"0": ' * 10**5, "too deeply"),
        ('{"format": "other", "0": 3}', "not a label file of Labeler"),
        ('{"format": "labeler-labels", "version": 9}', "version 9"),
    ],
)
def test_what_is_wrong_is_said(refused, content, told):
    assert told in refused(content)


def test_files_that_cannot_be_read(folder, refused):
    for path in (folder / "gone.json", folder, folder / "nul\0.json"):
        with pytest.raises(LabelFileError, match="cannot be read"):
            read_labels(path, [10])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_a_file_without_the_right_to_read(folder):
    path = folder / "secret.json"
    path.write_text("{}")
    path.chmod(0)
    with pytest.raises(LabelFileError, match="cannot be read"):
        read_labels(path, [10])


def test_a_file_too_large_to_be_labels(refused, monkeypatch):
    monkeypatch.setattr(reading_module, "LARGEST", 5)
    assert "larger than" in refused('{"0": 3}')


def read_or_refuse(folder, data):
    path = folder / "fuzz"
    path.write_bytes(data)
    try:
        found = read_labels(path, [10, 3, 1])
    except LabelError as error:
        assert error.message
        assert hint(error)
        str(error).encode()  # no lone surrogate reaches the terminal
    else:
        assert len(found.labels) == 3


@given(st.binary(max_size=80))
@example(b"\x00")
@example(b"\xff\xfe\x00\xd8")
@example(b"{0: 1\x00}")
@example(b"\xff\xfe\x00\x00{\x00\x00\x00")
def test_arbitrary_bytes(folder, data):
    read_or_refuse(folder, data)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 12)
    | st.integers()
    | st.floats()
    | st.sampled_from(["0", "nan", "\ud800", "labeler-labels"])
)
OWN = ["format", "version", "dataset", "episodes", "length", "state", "success"]
FOREIGN = ["dataset_path", "sources", "output_repo_id", "success_start", "success_end", "ranges"]
ODD = ["0", "1", "2", "3", "00", "x", "", "\ud800", "success_ranges", "exclude"]
keys = st.sampled_from([*OWN, *FOREIGN, *ODD])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=15,
)


@given(st.dictionaries(keys, values, max_size=4) | values)
def test_arbitrary_json(folder, value):
    read_or_refuse(folder, json.dumps(value).encode())


@given(st.dictionaries(keys | st.integers(-1, 4) | st.booleans(), values, max_size=4))
def test_arbitrary_python(folder, value):
    read_or_refuse(folder, ascii(value).encode())


cells = st.sampled_from(["0", "1", "2", "3", "10", "nan", "", "-", ":", "3-", "x", '"', "1-2", "#"])
lines = st.lists(cells, max_size=5)


@given(
    st.sampled_from(["episode,success_start,env_reset_start\n", "0: 3-\n", ""]),
    st.lists(st.tuples(st.sampled_from([",", ": ", " "]), lines), max_size=4),
)
def test_arbitrary_lines(folder, head, rows):
    read_or_refuse(folder, (head + "\n".join(mark.join(row) for mark, row in rows)).encode())


def test_more_entries_than_labels_of_the_dataset_need_are_refused(refused):
    most = reading_module.most_for((10, 10))
    assert "far more entries" in refused(json.dumps({"0": {"exclude": [1] * most}}))
    assert "more than 2 episodes" in refused("episode,success_start\n0,3\n1,3\n2,3\n")


def test_marks_inside_of_texts_are_no_entries(folder):
    """As many as would be refused outside: they are counted only where there are too many."""
    file, most = folder / "labels", reading_module.most_for((10, 10))
    label = {"length": 10, "state": "never", "note": ",:" * most}
    file.write_text(json.dumps({"format": "labeler-labels", "episodes": {"0": label}}))
    assert reading_module.dialect_of(file) is Dialect.LABELER
    assert reading_module.dialect_of(file, (10, 10)) is Dialect.LABELER
