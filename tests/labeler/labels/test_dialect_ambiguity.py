"""Numbers with two readings, and the flags that settle them."""

import json

import pytest

from labeler.cli.cures import hint
from labeler.errors import AmbiguousLabelsError, LabelError, UsageError
from labeler.labels import DatasetLabels, FrameRange
from labeler.labels.dialects import read_labels, write_labels
from labeler.labels.dialects.dialect import Dialect
from labeler.labels.rewards import exclusion_mask


@pytest.fixture
def read(tmp_path):
    def reading(content, lengths=(10,), **flags):
        path = tmp_path / "labels"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_labels(path, list(lengths), **flags)

    return reading


PAST_THE_END = [
    {"0": 10},
    {"0": {"success_start": 10}},
    {"0": {"ranges": [[3, 10]]}},
    {"0": {"ranges": [[10, None]]}},
    {"0": {"success_start": 3, "success_end": 10}},
    {"0": {"success_start": 3, "exclude": [10]}},
    "episode,success_start,env_reset_start\n0,3,10\n",
    "episode,success_start,env_reset_start\n0,10,nan\n",
]


@pytest.mark.parametrize("content", PAST_THE_END)
def test_a_frame_one_past_the_last_may_be_counted_from_1(read, content):
    with pytest.raises(AmbiguousLabelsError, match="Episode 0: frame 10") as caught:
        read(content)
    assert "--frames-from 1" in hint(caught.value)


@pytest.mark.parametrize(
    ("content", "success"),
    [
        ({"0": 10}, (9, 10)),
        ({"0": 1}, (0, 10)),
        ({"0": {"ranges": [[3, 10]]}}, (2, 10)),
        ({"0": {"ranges": [[3, 9]]}}, (2, 9)),
        ("episode,success_start,env_reset_start\n0,3,10\n", (2, 9)),
    ],
)
def test_frames_from_1(read, content, success):
    assert read(content, first_frame=1).labels[0].success == (FrameRange(*success),)


@pytest.mark.parametrize("content", [PAST_THE_END[0], PAST_THE_END[3], PAST_THE_END[5]])
def test_frames_from_0_leaves_no_frame_past_the_end(read, content):
    with pytest.raises(LabelError, match="Episode 0: frame 10 does not exist") as caught:
        read(content, first_frame=0)
    assert not isinstance(caught.value, AmbiguousLabelsError)


def test_frames_from_0_cuts_a_range_and_says_so(read):
    found = read({"0": {"ranges": [[3, 10]]}}, first_frame=0)
    assert found.labels[0].success == (FrameRange(3, 10),)
    assert found.notes == ("Episode 0: the range to 10 was cut at the episode's last frame.",)


def test_frames_from_0_takes_a_reset_at_the_end_for_none_and_says_so(read):
    found = read(PAST_THE_END[6], first_frame=0)
    assert found.labels[0].cutoff == 3
    assert not exclusion_mask(found.labels[0]).any()
    assert "the reset at 10 is past the end" in found.notes[0]


def test_a_frame_0_anywhere_settles_the_counting(read):
    content = {"0": {"success_start": 3, "exclude": [0]}, "1": {"success_start": 10}}
    with pytest.raises(LabelError, match="Episode 1: frame 10 does not exist") as caught:
        read(content, (10, 10))
    assert not isinstance(caught.value, AmbiguousLabelsError)


@pytest.mark.parametrize(
    ("content", "flag"),
    [
        ("0: 3-11", None),
        ("0: 3-11", 1),
        ({"0": {"ranges": [[3, 11]]}}, 1),
        ("episode,success_start,env_reset_start\n0,3,11\n", 1),
    ],
)
def test_nothing_is_cut_where_frames_are_counted_from_1(read, content, flag):
    with pytest.raises(LabelError, match="Episode 0: frame 11 does not exist"):
        read(content, first_frame=flag)


@pytest.mark.parametrize("flag", [None, 0, 1])
@pytest.mark.parametrize("frame", [12, 10**15])
@pytest.mark.parametrize("form", ['{"0": %d}', '{"0": {"ranges": [[3, %d]]}}', "0: 3-%d"])
def test_a_frame_far_beyond_the_end_is_wrong_under_any_reading(read, form, frame, flag):
    with pytest.raises(LabelError, match=f"Episode 0: frame {frame} does not exist") as caught:
        read(form % frame, first_frame=flag)
    assert not isinstance(caught.value, AmbiguousLabelsError)


@pytest.mark.parametrize("content", [{"0": 0}, {"0": {"ranges": [[0, 3]]}}, "0: 0-3"])
def test_frame_0_does_not_exist_where_frames_are_counted_from_1(read, content):
    with pytest.raises(LabelError, match="Episode 0: frame 0 does not exist"):
        read(content, first_frame=1)


def test_frame_0_in_text_may_be_counted_from_0(read):
    with pytest.raises(AmbiguousLabelsError, match="Episode 0: frame 0") as caught:
        read("0: 0-3")
    assert "--frames-from 0" in hint(caught.value)
    assert read("0: 0-3", first_frame=0).labels[0].success == (FrameRange(0, 4),)


ONE_TO_THREE = [
    {"1": 4, "2": None, "3": 5},
    {"1": {"success_start": 4}, "3": None},
    "01: 5-\n03: all fail\n",
    "episode,success_start\n1,4\n3,nan\n",
]


@pytest.mark.parametrize("content", ONE_TO_THREE)
def test_episodes_named_1_to_n_may_be_counted_from_1(read, content):
    with pytest.raises(AmbiguousLabelsError, match="episode 3 but not episode 0") as caught:
        read(content, (10, 10, 10))
    assert "--episodes-from 1" in hint(caught.value)
    assert read(content, (10, 10, 10), first_episode=1).labels[0].cutoff == 4
    with pytest.raises(LabelError, match="Episode 3 does not exist"):
        read(content, (10, 10, 10), first_episode=0)


@pytest.mark.parametrize(
    ("content", "flag", "message"),
    [
        ({"0": 4, "3": 4}, None, "Episode 3 does not exist"),
        ({"1": 4, "4": 4}, None, "Episode 4 does not exist"),
        ({"0": 4}, 1, "Episode 0 does not exist"),
        ({"4": 4}, 1, "Episode 4 does not exist"),
    ],
)
def test_an_episode_that_cannot_exist_is_named(read, content, flag, message):
    with pytest.raises(LabelError, match=message) as caught:
        read(content, (10, 10, 10), first_episode=flag)
    assert not isinstance(caught.value, AmbiguousLabelsError)


def test_episodes_1_and_2_of_three_are_no_riddle(read):
    found = read({"1": 4, "2": 5}, (10, 10, 10))
    assert [label.cutoff for label in found.labels] == [None, 4, 5]
    assert found.notes == ("The file says nothing about episode 0.",)


@pytest.mark.parametrize(
    "content",
    [
        {"0": {"ranges": [[5, 4]]}},
        {"0": {"ranges": [[5, 5]], "exclude": [5]}},
        {"0": {"success_start": 8, "exclude": [8, 9]}},
        "0: 5-4",
        "episode,success_start,env_reset_start\n0,5,5\n",
        "episode,success_start,env_reset_start\n0,6,5\n",
    ],
)
def test_a_success_without_frames_is_never_taken_for_never(read, content):
    with pytest.raises(LabelError, match="Episode 0"):
        read(content)


@pytest.mark.parametrize("flags", [{"first_frame": 2}, {"first_episode": -1}])
def test_other_values_of_the_flags_are_refused(read, flags):
    with pytest.raises(UsageError, match="from"):
        read({"0": 3}, **flags)


def test_a_label_file_of_our_own_takes_no_flags(read):
    text = write_labels(DatasetLabels([10]), Dialect.LABELER)
    assert read(text, first_frame=0, first_episode=0).dialect is Dialect.LABELER
    for flags in ({"first_frame": 1}, {"first_episode": 1}):
        with pytest.raises(UsageError, match="counts frames and episodes from 0"):
            read(text, **flags)


@pytest.fixture
def merge(tmp_path):
    def reading(episodes, first_episode=None, sources=("a", "b"), lengths=10, **files):
        for name, keys in files.items():
            content = (
                keys if isinstance(keys, str) else json.dumps(dict.fromkeys(map(str, keys), 3))
            )
            (tmp_path / f"{name}.json").write_text(content)
        path = tmp_path / "merge.json"
        path.write_text(json.dumps({"output_repo_id": "x/y", "sources": sources}))
        return read_labels(path, [lengths] * episodes, first_episode=first_episode)

    return reading


@pytest.mark.parametrize("keys", [(0, 2), (2, 7), (1, 0), (1, 3)])
def test_a_source_with_a_gap_makes_the_merge_unclear(merge, keys):
    with pytest.raises(AmbiguousLabelsError, match="Source a does not name its episodes"):
        merge(4, a=keys, b=(0, 1))


def test_a_source_counted_from_1_needs_the_flag(merge):
    with pytest.raises(AmbiguousLabelsError, match="Source b names episodes 1 to 2") as caught:
        merge(4, a=(0, 1), b=(1, 2))
    assert "--episodes-from 1" in hint(caught.value)
    assert merge(4, 1, a=(1, 2), b=(1, 2)).labels.without_decision() == []


@pytest.mark.parametrize("episodes", [2, 3, 5])
def test_a_merge_of_another_number_of_episodes_is_refused(merge, episodes):
    with pytest.raises(LabelError, match=f"name 4 episodes, the dataset has {episodes}"):
        merge(episodes, a=(0, 1), b=(0, 1))


def test_an_error_in_a_source_names_source_and_episode(merge):
    with pytest.raises(LabelError, match=r"Episode 1 of b: frame 12"):
        merge(4, a=(0, 1), b='{"0": 3, "1": 12}')
    with pytest.raises(LabelError, match=r"Source b: Episode 1: the cutoff is 'x'"):
        merge(4, a=(0, 1), b='{"0": 3, "1": "x"}')


def test_a_frame_0_in_one_source_settles_nothing_for_another(merge):
    with pytest.raises(AmbiguousLabelsError, match="Episode 1 of b"):
        merge(4, a='{"0": 0, "1": 0}', b='{"0": 3, "1": 10}')


@pytest.mark.parametrize("name", ["../a", "/a", "a/b", "a\\b", "", ".", "..", 3, None, ["a"]])
def test_a_source_outside_the_folder_is_refused(merge, name):
    with pytest.raises(LabelError, match="is not a file name"):
        merge(4, sources=[name], a=(0, 1))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"output_repo_id": "x"}, "no sources"),
        ({"sources": []}, "no sources"),
        ({"sources": "a"}, "no sources"),
        ({"sources": ["a", "a"]}, "appears twice"),
        ({"sources": ["gone"]}, "Source gone: The file cannot be read"),
        ({"sources": ["a"], "source": 1}, "'source' is not a known field"),
        ({"sources": [{"dataset_path": "x", "episodes": [0, 1]}]}, "is not a file name"),
        ({"sources": ["labels"]}, "Source labels: The file cannot be read"),
    ],
)
def test_broken_merges(read, tmp_path, content, message):
    (tmp_path / "a.json").write_text('{"0": 3}')
    with pytest.raises(LabelError, match=message):
        read(content)


def test_a_merge_of_merges_is_refused(merge):
    with pytest.raises(LabelError, match="Source a has the format merge"):
        merge(2, a='{"sources": ["merge"]}', b=(0,))
