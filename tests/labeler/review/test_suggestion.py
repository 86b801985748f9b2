"""Suggestions: equal to trying every label, and what they turn into."""

from itertools import pairwise, product
from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.labels import EpisodeLabel, FrameRange, Origin, State
from labeler.review.suggestion import (
    LOSS_COST,
    NEAR,
    SuggestionKind,
    best_ranges,
    confidence_word,
    log_odds,
    suggest,
)

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=9).map(np.array)
EXTREME = st.lists(st.sampled_from([0.0, 0.02, 0.5, 0.97, 1.0]), min_size=1, max_size=11)


def likelihood(probabilities: np.ndarray, success: tuple[bool, ...]) -> float:
    """Of a label, as the formula says it, less what it pays for every loss of success."""
    total = 0.0
    for probability, is_success in zip(probabilities.tolist(), success, strict=True):
        p = min(max(probability, 0.01), 0.99)
        total += log(p) if is_success else log(1 - p)
    losses = sum(a and not b for a, b in pairwise(success))
    return total - LOSS_COST * losses


def kind_of(success: tuple[bool, ...]) -> SuggestionKind:
    if not any(success):
        return SuggestionKind.NEVER
    return SuggestionKind.CUTOFF if all(success[success.index(True) :]) else SuggestionKind.RANGES


def from_(cutoff: int, probabilities: np.ndarray) -> tuple[bool, ...]:
    return tuple(frame >= cutoff for frame in range(len(probabilities)))


def frames_of(ranges: tuple[FrameRange, ...], length: int) -> tuple[bool, ...]:
    return tuple(any(frame in part for part in ranges) for frame in range(length))


@given(PROBABILITIES)
def test_no_other_label_is_likelier(probabilities: np.ndarray) -> None:
    best = dict.fromkeys(SuggestionKind, -inf)
    for success in product((False, True), repeat=len(probabilities)):
        kind = kind_of(success)
        best[kind] = max(best[kind], likelihood(probabilities, success))
    found = suggest(probabilities)
    own = likelihood(probabilities, frames_of(found.ranges, len(probabilities)))
    assert kind_of(frames_of(found.ranges, len(probabilities))) is found.kind
    assert own == pytest.approx(max(best.values()), abs=1e-4)
    if (
        found.kind is SuggestionKind.NEVER and len(probabilities) > NEAR
    ):  # the last frames are no rival
        serious = range(len(probabilities) - NEAR)
        best[SuggestionKind.CUTOFF] = max(
            likelihood(probabilities, from_(k, probabilities)) for k in serious
        )
    others = max(value for kind, value in best.items() if kind is not found.kind)
    assert found.margin == pytest.approx(own - others, abs=1e-4)


@given(EXTREME)
def test_the_best_ranges_are_the_best_of_all(values: list[float]) -> None:
    probabilities = np.array(values)
    never = likelihood(probabilities, (False,) * len(values))
    lossy = [
        likelihood(probabilities, success) - never
        for success in product((False, True), repeat=len(values))
        if kind_of(success) is SuggestionKind.RANGES
    ]
    value, ranges = best_ranges(log_odds(probabilities))
    if not lossy:
        assert value == -inf
        return
    assert value == pytest.approx(max(lossy), abs=1e-4)
    own = likelihood(probabilities, frames_of(ranges, len(values))) - never
    assert own == pytest.approx(value, abs=1e-4)


@given(PROBABILITIES)
def test_sharpness_is_the_lead_over_cutoffs_elsewhere(probabilities: np.ndarray) -> None:
    found = suggest(probabilities)
    if found.kind is not SuggestionKind.CUTOFF:
        assert found.sharpness == inf
        return
    length = len(probabilities)
    gains = [
        likelihood(probabilities, (False,) * k + (True,) * (length - k)) for k in range(length)
    ]
    elsewhere = [gains[k] for k in range(length) if abs(k - found.cutoff) > NEAR]
    lead = gains[found.cutoff] - max(elsewhere, default=-inf)
    assert found.sharpness == pytest.approx(lead, abs=1e-4)
    assert found.confidence == min(found.margin, found.sharpness)


def steps(*parts: tuple[int, float]) -> np.ndarray:
    return np.concatenate([np.full(count, value) for count, value in parts])


def test_a_clear_edge_is_found_with_high_confidence() -> None:
    found = suggest(steps((53, 0.02), (47, 0.98)))
    assert (found.kind, found.cutoff) == (SuggestionKind.CUTOFF, 53)
    assert confidence_word(found.confidence) == "high"


def test_a_few_frames_that_differ_make_no_range() -> None:
    found = suggest(steps((40, 0.02), (20, 0.98), (3, 0.02), (37, 0.98)))
    assert (found.kind, found.cutoff) == (SuggestionKind.CUTOFF, 40)


def test_success_that_is_lost_for_long_makes_ranges() -> None:
    found = suggest(steps((38, 0.02), (24, 0.98), (16, 0.02), (22, 0.98)))
    assert found.kind is SuggestionKind.RANGES
    assert found.ranges == (FrameRange(38, 62), FrameRange(78, 100))
    assert found.label(EpisodeLabel(100)).success == found.ranges


def test_an_edge_nobody_can_place_has_low_confidence() -> None:
    found = suggest(steps((40, 0.02), (20, 0.5), (40, 0.98)))
    assert confidence_word(found.confidence) == "low"
    assert found.margin > 5


def test_excluded_and_unknown_frames_say_nothing() -> None:
    probabilities = steps((10, 0.9), (30, 0.02), (20, np.nan), (40, 0.98))
    excluded = np.arange(100) < 10
    assert suggest(probabilities, excluded) == suggest(
        np.where(np.arange(100) < 10, 0.5, probabilities)
    )
    assert suggest(probabilities, excluded).cutoff == 60


def test_nothing_known_is_never_without_confidence() -> None:
    found = suggest(np.full(5, np.nan))
    assert (found.kind, found.margin) == (SuggestionKind.NEVER, 0.0)


def test_accepting_keeps_note_flag_and_exclusions() -> None:
    template = EpisodeLabel(100, excluded=(FrameRange(0, 5),), note="dark", flag="occluded")
    label = suggest(steps((53, 0.02), (47, 0.98))).label(template)
    assert (label.state, label.cutoff, label.origin) == (State.SUCCESS, 53, Origin.ACCEPTED)
    assert (label.excluded, label.note, label.flag) == (template.excluded, "dark", "occluded")
    assert suggest(steps((100, 0.02))).label(template).state is State.NEVER
