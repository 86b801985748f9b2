"""What is written says the same when it is read; what cannot be said is refused by name."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.errors import InexpressibleError, UsageError
from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange, State
from labeler.labels.dialects import Dialect, inexpressible, read_labels, write_labels
from labeler.labels.episode import exclude, never, skip, with_cutoff, with_success
from labeler.labels.rewards import exclusion_mask, success_mask
from tests.labeler.labels.label_strategies import dataset_labels, frame_by_frame, stored

FORMS = [Dialect.LABELER, Dialect.CUTOFFS, Dialect.RANGES, Dialect.CSV]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("labels") / "labels"


def sayable(label, form):
    """Whether a form has words for a label, told from what its frames are."""
    if form is Dialect.LABELER:
        return True
    success, excluded = success_mask(label).tolist(), exclusion_mask(label).tolist()
    if label.state is State.SKIPPED or (label.state is State.UNLABELED and any(excluded)):
        return False
    if form is Dialect.CUTOFFS:
        return not any(excluded) and success == sorted(success)
    if form is Dialect.RANGES:
        return not any(excluded)
    if label.state is State.SUCCESS and not any(success):
        return False
    kept = success[: excluded.index(True)] if any(excluded) else success
    return excluded == sorted(excluded) and kept == sorted(kept)


@pytest.mark.parametrize("form", FORMS)
@given(labels=dataset_labels())
def test_labels_come_back_or_are_refused_by_name(path, form, labels):
    unsaid = [index for index, label in enumerate(labels) if not sayable(label, form)]
    assert inexpressible(labels, form) == tuple(unsaid)
    if unsaid:
        with pytest.raises(InexpressibleError) as caught:
            write_labels(labels, form)
        assert form.value in caught.value.message
        assert "labeler" in hint(caught.value)
        labels = DatasetLabels(
            labels.lengths,
            {index: label for index, label in labels.touched.items() if index not in unsaid},
        )
    text = write_labels(labels, form)
    assert text.isascii()
    assert text.endswith("\n")
    path.write_text(text)
    found = read_labels(path, labels.lengths)
    assert found.dialect is form
    assert frame_by_frame(found.labels) == frame_by_frame(labels)
    if form is not Dialect.CSV:
        assert stored(found.labels) == stored(labels)
    else:
        assert stored(found.labels) == stored(without_hidden_success(labels))
    assert write_labels(found.labels, form) == text


def without_hidden_success(labels):
    """Success that excluded frames hide cannot be seen in a CSV file."""
    told = {}
    for index, label in labels.touched.items():
        kept = [
            FrameRange(frames.start, min(frames.end, label.excluded[0].start))
            for frames in label.success
            if label.excluded and frames.start < label.excluded[0].start
        ]
        told[index] = with_success(label, kept) if label.success and label.excluded else label
    return replace(labels, touched=told)


def test_the_text_of_every_form():
    blank = EpisodeLabel(10, note="kept elsewhere")
    labels = DatasetLabels([10] * 4, {0: with_cutoff(blank, 5), 1: never(blank), 3: blank})
    assert write_labels(labels, Dialect.CUTOFFS) == '{\n"0": 5,\n"1": null\n}\n'
    assert write_labels(labels, Dialect.CSV) == (
        "episode,success_start,env_reset_start\n0,5,nan\n1,nan,nan\n"
    )
    twice = labels.with_label(2, with_success(blank, [FrameRange(1, 3), FrameRange(6, 10)]))
    assert write_labels(twice, Dialect.RANGES, dataset_path="/data/größe") == (
        '{\n"dataset_path": "/data/gr\\u00f6\\u00dfe",\n"episodes": {\n'
        '"0": {"success_start": 5},\n"1": null,\n"2": {"ranges": [[1, 2], [6, null]]}\n}\n}\n'
    )
    tail = labels.with_label(0, exclude(with_cutoff(blank, 5), FrameRange(8, 10)))
    assert "0,5,8\n" in write_labels(tail, Dialect.CSV)


def test_a_refusal_names_episodes_reason_and_what_would_do():
    blank = EpisodeLabel(10)
    ranged = with_success(blank, [FrameRange(1, 3)])
    labels = DatasetLabels([10] * 5, {1: ranged, 2: ranged, 4: skip(blank)})
    with pytest.raises(InexpressibleError) as caught:
        write_labels(labels, Dialect.CUTOFFS)
    assert "success in ranges (episodes 1-2)" in caught.value.message
    assert "a skipped episode (episode 4)" in caught.value.message
    assert "Use labeler," in hint(caught.value)
    with pytest.raises(InexpressibleError, match="excluded frames") as caught:
        write_labels(
            DatasetLabels([10], {0: exclude(with_cutoff(blank, 3), FrameRange(8, 10))}),
            Dialect.RANGES,
        )
    assert "labeler or csv" in hint(caught.value)


@pytest.mark.parametrize("form", [Dialect.MERGE, Dialect.TEXT])
def test_forms_that_can_only_be_read(form):
    with pytest.raises(UsageError, match=f"cannot be written as {form.value}"):
        write_labels(DatasetLabels([1]), form)


@given(st.dictionaries(st.integers(0, 9), st.none() | st.integers(0, 99)))
def test_cutoffs_are_plain_json(cutoffs):
    blank = EpisodeLabel(100)
    told = {
        index: never(blank) if cutoff is None else with_cutoff(blank, cutoff)
        for index, cutoff in cutoffs.items()
    }
    text = write_labels(DatasetLabels([100] * 10, told), Dialect.CUTOFFS)
    assert json.loads(text) == {str(index): cutoff for index, cutoff in cutoffs.items()}
    assert list(json.loads(text)) == [str(index) for index in sorted(cutoffs)]
