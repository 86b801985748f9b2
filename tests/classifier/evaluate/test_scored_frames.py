"""Judged frames are checked, sorted and selected."""

import numpy as np
import pytest

from classifier.cli.cures import hint
from classifier.evaluate import ScoredFrames, figures
from labeler.errors import LabelerError
from tests.classifier.evaluate.cases import one_episode, scored


def test_any_order_is_sorted_by_episode_and_frame() -> None:
    frames = scored((1, 0, 1, 0.4), (0, 5, 0, 0.3), (0, 2, 1, 0.2))
    assert frames.episodes.tolist() == [0, 0, 1]
    assert frames.frames.tolist() == [2, 5, 0]
    assert frames.labels.tolist() == [True, False, True]
    assert frames.probabilities.tolist() == [0.2, 0.3, 0.4]


def test_a_selection_keeps_what_belongs_together() -> None:
    frames = scored((0, 2, 1, 0.2), (0, 5, 0, 0.3), (1, 0, 1, 0.4))
    chosen = frames.select(frames.labels)
    assert list(zip(chosen.episodes, chosen.frames, chosen.probabilities, strict=True)) == [
        (0, 2, 0.2), (1, 0, 0.4),
    ]  # fmt: skip
    assert list(frames.by_episode()) == [0, 1]


@pytest.mark.parametrize("mask", [np.array([True]), np.array([0, 1])], ids=["short", "indices"])
def test_a_selection_is_made_with_a_mask(mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="mask has to be bool"):
        one_episode(".#", 0, 1).select(mask)


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.1, 1.1])
def test_an_answer_that_is_no_probability_names_its_frame(value: float) -> None:
    with pytest.raises(LabelerError, match="frame 7 of episode 3") as caught:
        scored((3, 6, 0, 0.5), (3, 7, 0, value))
    assert "learning rate" in hint(caught.value)


def test_a_frame_counts_once() -> None:
    with pytest.raises(ValueError, match="none twice"):
        scored((0, 1, 0, 0.5), (0, 1, 1, 0.5))


def test_arrays_have_one_length_and_the_promised_type() -> None:
    index, labels = np.arange(2, dtype=np.int64), np.array([True, False])
    with pytest.raises(ValueError, match="probabilities has to be float64"):
        ScoredFrames(index, index, labels, np.array([0.5], np.float64))
    with pytest.raises(ValueError, match="probabilities has to be float64"):
        ScoredFrames(index, index, labels, np.array([0.5, 0.5], np.float32))


def test_the_threshold_itself_is_no_success() -> None:
    assert one_episode("##", 0.5, 0.51).successes(0.5).tolist() == [False, True]


def test_no_frames_can_be_held_but_not_evaluated() -> None:
    assert len(scored()) == 0
    with pytest.raises(LabelerError, match="no labelled frame"):
        figures(scored(), 0.5)
