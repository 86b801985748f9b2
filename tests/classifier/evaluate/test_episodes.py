"""Delays, runs of false positives and the choice of the worst mistakes."""

import pytest
from hypothesis import given

from classifier.evaluate import ScoredFrames, episode_figures, worst_mistakes
from labeler.contracts.report import EpisodeFigures
from tests.classifier.evaluate.cases import frames, one_episode, scored


def test_an_episode_computed_by_hand() -> None:
    # frame                    0    1    2    3    4    5    6    7    8
    found = episode_figures(
        one_episode("......###", 0.1, 0.9, 0.9, 0.1, 0.9, 0.1, 0.3, 0.8, 0.9), 0.5
    )
    assert found == (
        EpisodeFigures(
            episode=0, frames=9, first_success=6, first_predicted=1, delay=-5,
            longest_false_run=2, false_positives=3, misses=1,
        ),
    )  # fmt: skip


def test_firing_late_is_a_positive_delay() -> None:
    (found,) = episode_figures(one_episode("..###", 0, 0, 0, 0, 1), 0.5)
    assert (found.first_success, found.first_predicted, found.delay) == (2, 4, 2)


@pytest.mark.parametrize("labels, probability", [("...", 0.9), ("..#", 0.1)])
def test_without_a_success_there_is_no_delay(labels: str, probability: float) -> None:
    (found,) = episode_figures(one_episode(labels, *[probability] * 3), 0.5)
    assert found.delay is None


def test_an_excluded_frame_ends_a_run() -> None:
    (found,) = episode_figures(scored((0, 1, 0, 1), (0, 2, 0, 1), (0, 4, 0, 1)), 0.5)
    assert (found.longest_false_run, found.false_positives) == (2, 3)


def test_a_run_ends_with_its_episode() -> None:
    found = episode_figures(scored((0, 8, 0, 1), (0, 9, 0, 1), (1, 10, 0, 1)), 0.5)
    assert [entry.longest_false_run for entry in found] == [2, 1]


@given(frames)
def test_episodes_against_a_plain_loop(scored: ScoredFrames) -> None:
    for entry in episode_figures(scored, 0.5):
        rows = {
            int(f): (bool(y), p > 0.5)
            for e, f, y, p in zip(
                scored.episodes, scored.frames, scored.labels, scored.probabilities, strict=True
            )
            if e == entry.episode
        }
        longest = run = 0
        for frame in range(13):
            run = run + 1 if rows.get(frame) == (False, True) else 0
            longest = max(longest, run)
        assert entry.longest_false_run == longest
        assert entry.false_positives == sum(row == (False, True) for row in rows.values())
        assert entry.misses == sum(row == (True, False) for row in rows.values())
        assert entry.first_success == min((f for f, (y, _) in rows.items() if y), default=None)
        assert entry.first_predicted == min((f for f, (_, p) in rows.items() if p), default=None)


def test_the_worst_of_each_run_comes_before_its_neighbours() -> None:
    frames = one_episode("........#", 0.9, 0.99, 0.95, 0.98, 0.1, 0.7, 0.1, 0.1, 0.1)
    found = worst_mistakes(frames, 0.5, 10)
    assert [(m.frame, m.label) for m in found] == [
        (1, False),  # the run of frames 0 to 3
        (8, True),  # 0.4 below 0.5
        (5, False),
        (3, False), (2, False),  # three of the first run at most
    ]  # fmt: skip
    assert [m.frame for m in worst_mistakes(frames, 0.5, 2)] == [1, 8]


def test_both_sides_of_a_high_threshold_compare() -> None:
    # 0.99 is as sure of success as it can nearly be; 0.5 is half way down to a sure failure.
    found = worst_mistakes(one_episode(".#", 0.99, 0.45), 0.9, 2)
    assert [m.frame for m in found] == [0, 1]
    assert found[0].probability == 0.99


@given(frames)
def test_every_mistake_named_is_one(scored: ScoredFrames) -> None:
    for threshold in (0.0, 0.5, 0.9):
        found = worst_mistakes(scored, threshold, 1000)
        assert all((m.probability > threshold) != m.label for m in found)
        assert len({(m.episode, m.frame) for m in found}) == len(found)
        assert bool(found) == bool((scored.successes(threshold) != scored.labels).any())
