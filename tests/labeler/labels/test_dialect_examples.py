"""Every form of label file that is in use, as its users write it."""

import json
import os
import re
from pathlib import Path

import pytest

from labeler.labels import FrameRange, Origin, State
from labeler.labels.dialects import Dialect, read_labels
from labeler.labels.dialects.detect import detect_form
from labeler.labels.rewards import exclusion_mask, success_mask
from tests.labeler.labels.label_strategies import frames_where, stored

LENGTH = 100
CUTOFFS = {0: 53, 1: 36, 2: 43, 3: 40, 4: 40, 5: 44, 6: 44, 7: 39, 8: 43, 9: 34}
SHARED = Path(os.environ.get("LABELER_SHARED", Path(__file__).resolve().parents[4] / "shared"))
NIGHT = (
    '{"dataset_path": "%s", "episodes": {"0": {"success_start": 27, "exclude": [0]}, "1": null}}'
)
DAY = '{"dataset_path": "day", "episodes": {"0": {"ranges": [[41, 43]]}, "1": null, "2": null}}'


@pytest.fixture
def read(tmp_path):
    def reading(content, episodes=1, length=LENGTH, **flags):
        path = tmp_path / "labels"  # no suffix: the content decides
        path.write_text(content, encoding="utf-8")
        return read_labels(path, [length] * episodes, **flags)

    return reading


def ranges(*pairs):
    return tuple(FrameRange(*pair) for pair in pairs)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({str(key): value for key, value in CUTOFFS.items()}),
        json.dumps({str(key): value for key, value in CUTOFFS.items()}, indent=4),
        repr(CUTOFFS),
        "# cutoffs of Monday\n{\n    0: 53, 1: 36, 2: 43, 3: 40, 4: 40,  # first half\n"
        "    5: 44, 6: 44, 7: 39, 8: 43, 9: 34,\n}\n",
        '{"0": 53.0, "01": 36, "2": 43, "3": 40, "4": 40, "5": 44, "6": 44, "7": 39, "8": 43, '
        '"9": 34}',
        "{'0': 53, 1: 36, 2: 43, 3: 40, 4: 40, 5: 44, 6: 44, 7: 39, 8: 43, 9: 34}",
    ],
)
def test_cutoffs_of_the_reference_case(read, content):
    found = read(content, 10)
    assert found.dialect is Dialect.CUTOFFS
    assert found.notes == ()
    assert {index: label.cutoff for index, label in enumerate(found.labels)} == CUTOFFS
    assert sum(int(success_mask(label).sum()) for label in found.labels) == 584
    assert {label.origin for label in found.labels} == {Origin.IMPORTED}


@pytest.mark.parametrize("content", ['{"0": 53, "1": null}', "{0: 53, 1: None}"])
def test_null_is_never(read, content):
    labels = read(content, 2).labels
    assert (labels[0].cutoff, labels[1].state) == (53, State.NEVER)


ONE_RECORDING = """{"dataset_path": "/data/so101", "episodes": {
    "0": {"success_start": 34},
    "1": {"ranges": [[40, 48], [60, null]]},
    "2": null,
    "3": {"success_start": 27, "exclude": [0]}
}}"""


def test_one_recording_with_ranges(read):
    found = read(ONE_RECORDING, 4)
    assert (found.dialect, found.dataset_path) == (Dialect.RANGES, "/data/so101")
    assert found.notes == ()
    assert stored(found.labels) == [
        (State.SUCCESS, ranges((34, 100)), ()),
        (State.SUCCESS, ranges((40, 49), (60, 100)), ()),
        (State.NEVER, (), ()),
        (State.SUCCESS, ranges((27, 100)), ()),
    ]


def test_the_same_without_the_frame_around_it_and_as_python(read):
    content = repr(json.loads(ONE_RECORDING)["episodes"])
    assert "None" in content
    found = read(content, 4)
    assert (found.dialect, found.dataset_path) == (Dialect.RANGES, None)
    assert stored(found.labels) == stored(read(ONE_RECORDING, 4).labels)


def test_excluded_frames_count_as_failure_and_stay_in_training(read):
    content = '{"episodes": {"0": {"ranges": [[2, 6], [8, null]], "exclude": [3, 8, 3, 0, 99]}}}'
    label = read(content).labels[0]
    assert frames_where(success_mask(label)) == [2, 4, 5, 6, *range(9, 99)]
    assert not exclusion_mask(label).any()


def test_success_ranges_that_overlap_are_joined_and_said_so(read):
    found = read('{"0": {"success_ranges": [[27, 38], [23, null]]}}')
    assert found.dialect is Dialect.RANGES
    assert found.labels[0].cutoff == 23
    assert found.notes == ("Episode 0: ranges that overlap were joined.",)


@pytest.mark.parametrize("field", ["ranges", "success_ranges"])
@pytest.mark.parametrize(
    "form",
    [
        '{"0": {"%s": []}}',
        '{"episodes": {"0": {"%s": []}}}',
        '{"dataset_path": "day", "episodes": {"0": {"%s": []}}}',
        '{"0": {"%s": [], "exclude": [1]}}',
        "{0: {'%s': []}}",
        "{0: {'%s': ()}}  # nothing worked",
    ],
)
def test_no_range_at_all_says_never(read, form, field):
    found = read(form % field)
    assert (found.dialect, found.notes) == (Dialect.RANGES, ())
    assert found.labels[0].state is State.NEVER


@pytest.mark.parametrize("field", ["ranges", "success_ranges"])
def test_a_source_of_a_merge_without_any_range_says_never(tmp_path, read, field):
    content = json.dumps({"0": {field: []}})
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(content)
    labels = read('{"output_repo_id": "me/all", "sources": ["a", "b"]}', 2).labels
    assert [label.state for label in labels] == [State.NEVER] * 2


def test_success_end_belongs_to_the_success(read):
    label = read('{"0": {"success_start": 41, "success_end": 43}}').labels[0]
    assert label.success == ranges((41, 44))


def test_ranges_may_hold_plain_cutoffs_and_null_starts(read):
    labels = read('{"episodes": {"0": 12, "1": {"success_start": null}}}', 2).labels
    assert (labels[0].cutoff, labels[1].state) == (12, State.NEVER)


@pytest.fixture
def merge(tmp_path):
    (tmp_path / "night.json").write_text(NIGHT % "night")
    (tmp_path / "day.json").write_text(DAY)

    def reading(episodes, sources=("night", "day"), **flags):
        path = tmp_path / "merged.json"
        path.write_text(json.dumps({"output_repo_id": "ann/both", "sources": sources}))
        return read_labels(path, [LENGTH] * episodes, **flags)

    return reading


def test_a_merge_numbers_one_source_after_the_other(merge):
    found = merge(5)
    assert (found.dialect, found.dataset_path) == (Dialect.MERGE, None)
    assert [label.success for label in found.labels] == [
        ranges((27, 100)),
        (),
        ranges((41, 44)),
        (),
        (),
    ]
    assert [label.state for label in found.labels].count(State.NEVER) == 3
    assert "'ann/both'" in found.notes[0]
    assert found.notes[1:] == ("night: 2 episodes, from 0 on.", "day: 3 episodes, from 2 on.")


def test_the_order_of_sources_is_the_order_of_episodes(merge):
    assert merge(5, ["day.json", "night"]).labels[3].cutoff == 27


TEXT = """# dataset path: /data/so101 night
00: 34-
14: 40-48, 60-
01: all fail
# 02: 3-
 3 :  ALL  Fail   # lamp
"""


def test_text_counts_frames_from_1(read):
    found = read(TEXT, 15)
    assert (found.dialect, found.dataset_path) == (Dialect.TEXT, "/data/so101 night")
    labels = found.labels
    assert labels[0].cutoff == 33
    assert labels[14].success == ranges((39, 48), (59, 100))
    assert labels[1].state is labels[3].state is State.NEVER
    assert labels.without_decision() == [2, *range(4, 14)]
    assert found.notes == ("The file says nothing about episodes 2 and 4-13.",)


def test_text_that_counts_from_0_says_so_by_the_flag(read):
    assert read(TEXT, 15, first_frame=0).labels[0].cutoff == 34


def test_the_last_frame_of_text_is_the_last_of_the_episode(read):
    assert read("0: 1-2, 100-100").labels[0].success == ranges((0, 2), (99, 100))


CSV = "episode, success_start, env_reset_start\n0, 40, 90\n1, nan, nan\n2, 12,\n3, nan, 80\n"


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        CSV.replace("\n", "\r\n"),
        CSV.replace(", ", ","),
        CSV.replace(", ", ";").replace(",", ";"),
        CSV.replace(", ", "\t").replace(",", "\t"),
        CSV.replace("40", "40.0").replace("nan", "NaN"),
        "# notes\n\n" + CSV.replace("nan", ""),
        '"episode","success_start","env_reset_start"\n"0","40","90"\n"1",,\n"2","12",\n"3",,"80"\n',
    ],
)
def test_csv(read, content):
    found = read(content, 4)
    assert (found.dialect, found.notes) == (Dialect.CSV, ())
    assert stored(found.labels) == [
        (State.SUCCESS, ranges((40, 90)), ranges((90, 100))),
        (State.NEVER, (), ()),
        (State.SUCCESS, ranges((12, 100)), ()),
        (State.NEVER, (), ranges((80, 100))),
    ]


def test_csv_in_another_order_and_with_a_further_column(read):
    found = read("comment,success_start,episode\nlamp,7,0\n")
    assert found.labels[0].cutoff == 7
    assert found.notes == ("Columns ignored: 'comment'.",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark(tmp_path, encoding):
    path = tmp_path / "labels.json"
    path.write_text("# dataset path: größe\n0: 34-\n", encoding=encoding)
    found = read_labels(path, [LENGTH])
    assert (found.dataset_path, found.labels[0].cutoff) == ("größe", 33)


@pytest.mark.parametrize("content", ["{}", '{"episodes": {}}', "episode,success_start\n"])
def test_a_file_without_episodes_says_that_all_are_unlabeled(read, content):
    found = read(content, 3)
    assert found.labels.without_decision() == [0, 1, 2]
    assert found.notes == ("The file says nothing about episodes 0-2.",)


@pytest.mark.skipif(not (SHARED / "datasets").is_dir(), reason="sample datasets are not here")
def test_the_cutoffs_of_the_sample_datasets():
    files = sorted((SHARED / "datasets").glob("*.cutoffs.json"))
    assert files
    for path in files:
        told = json.loads(path.read_text())
        labels = read_labels(path, [301] * len(told)).labels
        assert {str(index): label.cutoff for index, label in enumerate(labels)} == told


def test_every_example_of_the_documentation_can_be_read(tmp_path):
    document = Path(__file__).resolve().parents[3] / "docs" / "label-files.md"
    blocks = re.findall(
        r"^```(?!sh)\w+\n(.*?)^```", document.read_text(encoding="utf-8"), re.M | re.S
    )
    (tmp_path / "grasp_positive.json").write_text('{"episodes": {"0": null, "1": null}}')
    (tmp_path / "grasp_negative.json").write_text('{"episodes": {"0": null}}')
    episodes = {"cutoffs": 3, "ranges": 5, "text": 15, "csv": 3, "labeler": 3, "merge": 3}
    seen = []
    for block in blocks:
        path = tmp_path / "labels"
        path.write_text(block)
        form = detect_form(block).dialect
        read_labels(path, [LENGTH] * episodes[form.value])
        seen.append(form)
    assert sorted(seen) == sorted(Dialect)
