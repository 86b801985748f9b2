"""Hints from signals: when they say never, and what they are worth."""

from math import isfinite

import numpy as np
import pytest

from labeler.review.hint import HintRule, SignalReading, learn_rule, reading_of
from labeler.review.suggestion import Basis, SuggestionKind, confidence_word

FPS, DELAY, LENGTH = 10, 5, 80


def fingers(at: int, closed: float, opened: float = 60.0) -> np.ndarray:
    noise = np.random.default_rng(at).normal(0, 0.1, LENGTH)
    return (np.interp(np.arange(LENGTH), (at - 4, at), (opened, closed)) + noise)[:, None]


def readings(closed: list[float]) -> dict[int, SignalReading]:
    return {
        number: reading_of(fingers(20 + 5 * number, one), FPS, gripper=True)
        for number, one in enumerate(closed)
    }


def test_without_labels_a_hint_is_worth_little() -> None:
    found = readings([12.0, 12.0, 2.0])
    rule = learn_rule(found, {}, DELAY, FPS)
    hint = rule.hint(found[2], LENGTH)
    assert hint is not None and hint.kind is SuggestionKind.CUTOFF and hint.basis is Basis.SIGNALS
    assert confidence_word(hint.confidence) == "low"


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["closes downwards", "closes upwards"])
def test_a_gripper_that_closes_on_nothing_is_told_from_one_that_holds(sign: float) -> None:
    held, empty = 12.0, 2.0
    found = {
        number: reading_of(sign * fingers(20 + 5 * number, closed), FPS, gripper=True)
        for number, closed in enumerate([held, held + 0.5, empty, held - 0.4, empty + 0.3, held])
    }
    assert all(isfinite(one.closure) for one in found.values())
    cutoffs = {e: found[e].turn + DELAY for e in (0, 1)} | {2: None}
    rule = learn_rule(found, cutoffs, DELAY, FPS)
    kinds = [rule.hint(found[e], LENGTH).kind for e in (3, 4, 5)]
    assert kinds == [SuggestionKind.CUTOFF, SuggestionKind.NEVER, SuggestionKind.CUTOFF]
    assert rule.hint(found[3], LENGTH).cutoff == found[3].turn + DELAY


def test_labels_that_contradict_each_other_make_no_border() -> None:
    found = readings([12.0, 2.0, 12.0, 2.0])
    cutoffs = {0: found[0].turn + DELAY, 1: found[1].turn + DELAY, 2: None, 3: None}
    rule = learn_rule(found, cutoffs, DELAY, FPS)
    assert not any(rule.says_never(one) for one in found.values())


def test_confidence_grows_with_hints_that_were_right_and_falls_with_wrong_ones() -> None:
    found = readings([12.0] * 9)
    right = {e: found[e].turn + DELAY for e in range(8)}
    margins = [
        learn_rule(found, dict(list(right.items())[:count]), DELAY, FPS).margin
        for count in (0, 2, 8)
    ]
    assert margins[0] == 0.0 < margins[1] < margins[2]
    wrong = {e: min(found[e].turn + 10 * (e % 3), LENGTH - 1) for e in range(8)}
    assert learn_rule(found, wrong, DELAY, FPS).margin < margins[2]


def test_episodes_in_which_nothing_closes_fail_once_two_did() -> None:
    still = SignalReading(None)
    found = {0: still, 1: still, 2: still, 3: readings([12.0])[0]}
    good = {3: found[3].turn + DELAY}
    assert learn_rule(found, good | {0: None}, DELAY, FPS).hint(still, LENGTH) is None
    rule = learn_rule(found, good | {0: None, 1: None}, DELAY, FPS)
    assert rule.hint(still, LENGTH).kind is SuggestionKind.NEVER
    assert learn_rule(found, {0: None, 1: None, 2: 30}, DELAY, FPS).hint(still, LENGTH) is None


def test_a_turn_too_late_for_success_is_no_hint() -> None:
    assert HintRule(DELAY).hint(SignalReading(LENGTH - DELAY), LENGTH) is None
    assert HintRule(DELAY).hint(SignalReading(LENGTH - DELAY - 1), LENGTH) is not None
