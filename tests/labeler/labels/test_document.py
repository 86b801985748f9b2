import json
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.errors import LabelError, LabelFileError
from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel, FrameRange, Origin, State
from labeler.labels.document import from_text, to_text
from labeler.labels.episode import never, with_cutoff
from tests.labeler.labels.label_strategies import dataset_labels

EXAMPLE = """{
"format": "labeler-labels",
"version": 1,
"dataset": {"name": "pick_lift", "codebase_version": "v3.0", "fps": 10, "episodes": 3, \
"frames": 30, "fingerprint": "sha256:00"},
"episodes": {
"0": {"length": 10, "state": "success", "success": [[3, 10]], "author": "ann", \
"time": "2026-11-22T16:00:00Z"},
"1": {"length": 10},
"2": {"length": 10, "state": "never", "excluded": [[8, 10]], "note": "lamp \\u00fc", \
"flag": "", "origin": "imported"}
}
}
"""


def example():
    identity = DatasetIdentity("pick_lift", "v3.0", 10.0, 3, 30, "sha256:00")
    noon = datetime(2026, 11, 22, 17, tzinfo=timezone(timedelta(hours=1)))
    return DatasetLabels(
        [10, 10, 10],
        {
            2: EpisodeLabel(
                10,
                State.NEVER,
                excluded=(FrameRange(8, 10),),
                note="lamp ü",
                flag="",
                origin=Origin.IMPORTED,
            ),
            0: EpisodeLabel(10, State.SUCCESS, (FrameRange(3, 10),), author="ann", time=noon),
        },
        identity,
    )


def broken(**changes):
    """The text of a file with one episode of 10 frames and these fields."""
    content = {"format": "labeler-labels", "version": 1, "episodes": {"0": {"length": 10}}}
    content["episodes"]["0"].update(changes)
    return json.dumps(content)


def test_the_text_is_one_sorted_line_per_episode():
    assert to_text(example()) == EXAMPLE
    assert from_text(EXAMPLE) == example()


def test_a_decision_changes_one_line():
    before = to_text(example()).splitlines()
    after = to_text(example().with_label(1, with_cutoff(EpisodeLabel(10), 4))).splitlines()
    assert [number for number, line in enumerate(after) if line != before[number]] == [6]


@given(dataset_labels())
def test_every_label_comes_back(labels):
    text = to_text(labels)
    assert text.isascii()
    assert text.endswith("}\n")
    assert len(text.splitlines()) == 7 + bool(labels.crops) + len(labels)
    assert from_text(text) == labels
    assert from_text(text, lengths=labels.lengths) == labels
    assert to_text(from_text(text)) == text


def test_a_dataset_without_episodes_can_be_written():
    assert from_text(to_text(DatasetLabels([]))) == DatasetLabels([])


def test_lone_surrogates_become_question_marks():
    text = to_text(DatasetLabels([1], {0: EpisodeLabel(1, note="a\ud800b")}))
    assert from_text(text)[0].note == "a?b"


def test_another_length_names_the_episode():
    with pytest.raises(LabelError, match="Episode 1 has 9 frames, its label 10"):
        from_text(EXAMPLE, lengths=[10, 9, 10])


def test_an_episode_that_the_dataset_lacks_is_named():
    with pytest.raises(LabelError, match="Episode 2 does not exist"):
        from_text(EXAMPLE, lengths=[10, 10])


def test_episodes_recorded_later_are_unlabeled():
    labels = from_text(EXAMPLE, lengths=[10, 10, 10, 7])
    assert labels[3] == EpisodeLabel(7)


def test_without_a_dataset_every_episode_needs_a_line():
    text = EXAMPLE.replace('"1": {"length": 10},\n', "")
    assert from_text(text, lengths=[10, 10, 10]) == example()
    with pytest.raises(LabelFileError, match="Episode 1 has no line"):
        from_text(text)


def test_a_dataset_said_to_have_more_episodes_needs_their_lines():
    with pytest.raises(LabelFileError, match="Episode 3 has no line"):
        from_text(EXAMPLE.replace('"episodes": 3', '"episodes": 9007199254740991'))


@pytest.mark.parametrize("version", [2, 10**30])
def test_a_newer_version_asks_for_an_update(version):
    text = EXAMPLE.replace('"version": 1', f'"version": {version}, "shape": "other"')
    with pytest.raises(LabelFileError, match=r"version (2|1000)") as caught:
        from_text(text)
    assert "Update Labeler" in hint(caught.value)


@pytest.mark.parametrize("version", ["0", "true", '"1"', "null", "1.0", "-1"])
def test_other_versions_are_refused(version):
    with pytest.raises(LabelFileError, match="version"):
        from_text(EXAMPLE.replace('"version": 1', f'"version": {version}'))


@pytest.mark.parametrize(
    ("text", "message", "cure"),
    [
        (broken(sucess=[]), "Episode 0: 'sucess' is not a known field", "'success'"),
        (broken(zzz=[]), "Episode 0: 'zzz' is not a known field", "Known fields: length, state"),
        (EXAMPLE.replace('"fps"', '"fsp"'), "'fsp' is not a known field", "'fps'"),
        (EXAMPLE.replace('"dataset"', '"datasets"'), "'datasets' is not a known", "'dataset'"),
    ],
)
def test_an_unknown_field_names_the_episode_and_the_nearest_known(text, message, cure):
    with pytest.raises(LabelFileError) as caught:
        from_text(text)
    assert message in caught.value.message
    assert cure in hint(caught.value)


BAD_FRAMES = ["3", 3.0, 3.5, True, None, -1, 2**53, float("nan"), float("inf"), [], {}]


@pytest.mark.parametrize("frame", BAD_FRAMES)
@pytest.mark.parametrize("field", ["success", "excluded"])
def test_a_frame_that_is_none_names_episode_and_field(field, frame):
    with pytest.raises(LabelFileError, match=rf"Episode 0: '{field}.0.0'"):
        from_text(broken(**{"state": "success", "success": [[0, 1]], field: [[frame, 9]]}))


@pytest.mark.parametrize(
    "fields",
    [
        {"length": 0},
        {"length": True},
        {"length": "10"},
        {"length": 10.0},
        {"length": None},
        {"state": "success"},
        {"state": "succes"},
        {"state": None},
        {"state": "never", "success": [[0, 1]]},
        {"success": [[0, 1]]},
        {"state": "success", "success": [[4, 4]]},
        {"state": "success", "success": [[4, 2]]},
        {"state": "success", "success": [[4, 11]]},
        {"state": "success", "success": [[4]]},
        {"state": "success", "success": [[4, 5, 6]]},
        {"state": "success", "success": 4},
        {"excluded": {"0": 1}},
        {"note": 3},
        {"note": None},
        {"flag": True},
        {"origin": "robot"},
        {"author": ["ann"]},
        {"time": 1700000000},
        {"time": "yesterday"},
        {"time": "2026-11-22T16:00:00"},
        {"time": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_a_wrong_field_names_the_episode(fields):
    with pytest.raises(LabelFileError, match=r"^Episode 0: "):
        from_text(broken(**fields))


@pytest.mark.parametrize("key", ["00", "-1", "+1", "1.0", " 1", "1_0", "x", "", "٣", "9" * 30])
def test_an_odd_episode_number_is_refused(key):
    with pytest.raises(LabelFileError, match="is not an episode number"):
        from_text(EXAMPLE.replace('"1": {', json.dumps(key) + ": {"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EXAMPLE.replace('"1": {', '"0": {'), "Episode '0' appears twice"),
        (EXAMPLE.replace('"note"', '"length": 9, "note"'), "Episode 2: 'length' appears twice"),
        (EXAMPLE.replace('"frames"', '"fps": 3, "frames"'), "'fps' appears twice"),
        (EXAMPLE.replace('"version": 1', '"version": 1, "version": 1'), "'version' appears twice"),
    ],
)
def test_a_repeated_key_is_refused(text, message):
    with pytest.raises(LabelFileError) as caught:
        from_text(text)
    assert message in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", "{}", '{"format": "other"}', "[" * 10**5, "9" * 5000, "\ud800"],
)
def test_what_is_no_label_file_is_refused(text):
    with pytest.raises(LabelFileError):
        from_text(text)


@pytest.mark.parametrize("episodes", ["[]", "null", "3", '{"0": null}', '{"0": []}', '{"0": 53}'])
def test_episodes_of_another_type_are_refused(episodes):
    with pytest.raises(LabelFileError):
        from_text(f'{{"format": "labeler-labels", "version": 1, "episodes": {episodes}}}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
FIELDS = ["length", "state", "success", "excluded", "note", "flag", "origin", "author", "time"]


@given(
    st.dictionaries(st.sampled_from(["name", "fps", "episodes", "x"]), json_values, max_size=2),
    st.dictionaries(
        st.sampled_from(["0", "1", "01", "x"]),
        st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=4) | json_values,
        max_size=3,
    ),
)
def test_a_document_is_read_or_refused_and_nothing_else(dataset, episodes):
    content = {"format": "labeler-labels", "version": 1, "dataset": dataset, "episodes": episodes}
    try:
        labels = from_text(json.dumps(content))
    except LabelError as error:
        assert error.message
        assert hint(error)
    else:
        assert from_text(to_text(labels)) == labels


def test_a_hundred_thousand_episodes_take_few_calls_each():
    """Reading costs a bounded number of Python calls per episode, whatever their number."""
    counts = []
    for episodes in (500, 2000):
        cutoffs = {index: never(EpisodeLabel(10)) for index in range(episodes)}
        text = to_text(DatasetLabels([10] * episodes, cutoffs))
        calls = 0

        def count(frame, event, argument):
            nonlocal calls
            calls += event == "call"

        sys.setprofile(count)
        try:
            from_text(text)
        finally:
            sys.setprofile(None)
        counts.append(calls)
    assert counts[1] - counts[0] < 1500 * 40


def test_times_are_written_in_utc():
    time = datetime(2026, 1, 1, 1, 2, 3, 400000, tzinfo=timezone(timedelta(hours=2)))
    text = to_text(DatasetLabels([1], {0: EpisodeLabel(1, time=time)}))
    assert '"time": "2025-12-31T23:02:03.400000Z"' in text
    assert from_text(text)[0].time == time.astimezone(UTC)
