"""The threshold reaches the precision asked for, with as many successes found as possible."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.evaluate import ScoredFrames, choose_threshold, figures
from labeler.errors import LabelerError
from tests.classifier.evaluate.cases import frames, one_episode, scored


def test_it_lies_in_the_middle_of_the_gap() -> None:
    chosen = choose_threshold(one_episode("..##", 0.1, 0.4, 0.8, 0.9))
    assert (chosen.threshold, chosen.precision, chosen.recall) == (0.6, 1, 1)
    assert chosen.reached


def test_a_false_positive_that_wins_no_success_is_not_let_through() -> None:
    # Precision 0.98 would allow it: 60 of 61.
    many = one_episode("." + "#" * 60, 0.5, *[0.9] * 60)
    assert choose_threshold(many).threshold == 0.7


def test_a_false_positive_is_let_through_for_a_success_below_it() -> None:
    many = one_episode("#." + "#" * 60, 0.2, 0.5, *[0.9] * 60)
    chosen = choose_threshold(many)
    assert chosen.threshold == 0.1
    assert chosen.precision == pytest.approx(61 / 62)
    assert choose_threshold(many, 1.0).threshold == 0.7


def test_few_digits_where_the_gap_allows_it() -> None:
    chosen = choose_threshold(one_episode(".#", 0.41234, 0.91234))
    assert chosen.threshold == 0.66


def test_ties_are_judged_together() -> None:
    chosen = choose_threshold(one_episode(".#.#", 0.1, 0.5, 0.5, 0.7))
    assert (chosen.threshold, chosen.precision, chosen.recall) == (0.6, 1, 0.5)


def test_neighbouring_floats_are_told_apart() -> None:
    above = float(np.nextafter(0.5, 1))
    for low, high in ((0.5, above), (float(np.nextafter(1, 0)), 1.0), (0.0, 5e-324)):
        chosen = choose_threshold(one_episode(".#", low, high))
        assert (chosen.threshold, chosen.recall) == (low, 1)


def test_out_of_reach_takes_the_best_f_measure_and_says_so() -> None:
    # Accepted from the top: failure; + 3 successes (3/4); + 1 failure (3/5); + success (4/6).
    frames = one_episode(".###.#.", 0.95, 0.9, 0.9, 0.9, 0.5, 0.3, 0.1)
    chosen = choose_threshold(frames)
    assert not chosen.reached
    assert chosen.threshold == 0.7
    assert (chosen.precision, chosen.recall) == (0.75, 0.75)
    assert "No threshold reaches a precision of 0.98" in chosen.sentence
    assert "0.750" in chosen.sentence


@pytest.mark.parametrize(
    "labels, probabilities, reason",
    [
        ("..", (0.2, 0.3), "No frame"),
        ("##", (0.2, 0.3), "Every frame"),
        ("#.", (0.0, 0.9), "Every success frame has probability 0"),
    ],
)
def test_frames_that_decide_nothing_leave_a_half(
    labels: str, probabilities: tuple[float, ...], reason: str
) -> None:
    chosen = choose_threshold(one_episode(labels, *probabilities))
    assert (chosen.threshold, chosen.reached) == (0.5, False)
    assert (chosen.precision, chosen.recall) == (None, None)
    assert chosen.sentence.startswith(reason)


def test_nothing_to_choose_on() -> None:
    with pytest.raises(LabelerError, match="no labelled frame"):
        choose_threshold(scored())
    with pytest.raises(ValueError, match="precision"):
        choose_threshold(one_episode(".#", 0, 1), 0)


@given(frames, st.sampled_from([0.3, 0.5, 0.75, 0.98, 1.0]))
def test_no_other_threshold_is_better(frames: ScoredFrames, target: float) -> None:
    chosen = choose_threshold(frames, target)
    assert 0 <= chosen.threshold < 1
    if chosen.precision is None:
        return
    mine = figures(frames, chosen.threshold)
    assert (mine.precision, mine.recall) == pytest.approx((chosen.precision, chosen.recall))
    others = [figures(frames, t) for t in {0.0, *frames.probabilities.tolist()}]
    reaching = [o for o in others if (o.precision or 0) >= target and o.recall]
    assert chosen.reached == bool(reaching)
    if reaching:
        assert chosen.precision >= target
        best = max(o.recall or 0 for o in reaching)
        assert chosen.recall == pytest.approx(best)
        same = [o.precision or 0 for o in reaching if o.recall == best]
        assert chosen.precision == pytest.approx(max(same))


def test_with_more_than_two_classes_there_is_nothing_to_choose() -> None:
    """LeRobot's step on the robot takes the largest class, whatever the threshold."""
    frames_ = scored((0, 0, 0, 0.55), (0, 1, 1, 0.6), (1, 0, 1, 0.9), (1, 1, 0, 0.2))
    assert choose_threshold(frames_, 1.0).threshold > 0.55
    found = choose_threshold(frames_, 1.0, classes=3)
    assert (found.threshold, found.precision, found.recall) == (0.5, 2 / 3, 1)
    assert not found.reached and "likeliest class is 1" in found.sentence
