"""The sample of an audit, and what its answers say about all labels."""

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest

from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange
from labeler.labels.episode import exclude, never, skip, with_cutoff
from labeler.review.audit import (
    Stratum,
    audit_figures,
    blank_answers,
    draw_sample,
    sample_mark,
    sampled_episodes,
    strata_of,
)
from labeler.review.scores import Scores

BLANK = EpisodeLabel(10)


def strata(*sizes: int) -> dict[int, Stratum]:
    """Groups of so many episodes, whose numbers are mixed."""
    names = [f"task {group}" for group, size in enumerate(sizes) for _ in range(size)]
    mixed = np.random.default_rng(0).permutation(len(names)).tolist()
    return {episode: Stratum(names[at], "", "", "never") for episode, at in enumerate(mixed)}


def test_every_group_gets_its_share_and_a_seed_its_sample() -> None:
    groups = strata(140, 50, 10)
    for seed in range(20):
        sample = draw_sample(groups, 60, seed)
        assert len(set(sample)) == 60
        assert list(sample) == sorted(sample)
        counts = Counter(groups[episode].task for episode in sample)
        assert (counts["task 0"], counts["task 1"], counts["task 2"]) == (42, 15, 3)
        assert draw_sample(dict(reversed(groups.items())), 60, seed) == sample
    assert draw_sample(groups, 60, 0) != draw_sample(groups, 60, 1)
    assert draw_sample(groups, 500, 3) == tuple(range(200))
    assert draw_sample({}, 60, 0) == ()


def test_every_episode_has_the_same_chance() -> None:
    groups = strata(11, 5, 1)
    drawn = Counter(e for seed in range(4000) for e in draw_sample(groups, 5, seed))
    shares = np.array([drawn[episode] / 4000 for episode in groups])
    assert np.abs(shares - 5 / 17).max() < 0.03  # four standard deviations


def test_groups_are_told_by_task_operator_day_and_side() -> None:
    time = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    label = EpisodeLabel(10, author="anna", time=time)
    labels = DatasetLabels([10] * 3, {0: with_cutoff(label, 4), 1: never(label)})
    tasks = [("pick",), ("place", "stack"), ("pick",)]
    assert strata_of(labels, tasks) == {
        0: Stratum("pick", "anna", "2026-11-02", "success"),
        1: Stratum("place; stack", "anna", "2026-11-02", "never"),
    }
    rises = np.where(np.arange(10) < 5, 0.02, 0.98)
    values = np.concatenate([np.full(10, 0.02), rises, rises])
    predicted = strata_of(labels, tasks, Scores(values, np.arange(4) * 10))
    assert [one.side for one in predicted.values()] == ["never", "success"]


@pytest.mark.parametrize(
    ("wrong", "of", "low", "high"),
    [  # R. G. Newcombe, Two-sided confidence intervals for the single proportion (1998), table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_shares_have_wilsons_interval(wrong: int, of: int, low: float, high: float) -> None:
    labels = DatasetLabels([10] * of, {e: never(BLANK) for e in range(of)})
    given = {e: with_cutoff(BLANK, 5) if e < wrong else never(BLANK) for e in range(of)}
    found = audit_figures(labels, DatasetLabels([10] * of, given), range(of), 0, 0)
    for share in (found.wrong, found.wrong_outcome, found.success):
        assert (share.count, share.of) == (wrong, of)
        assert share.bounds == pytest.approx((low, high), abs=1e-4)
    assert (found.labelled_success.count, found.labelled_success.of) == (0, of)


def test_frames_are_resampled_by_episode() -> None:
    """An episode is wrong as a whole: its 10 frames count for no more than one observation."""
    of = 60
    labels = DatasetLabels([10] * of, {e: never(BLANK) for e in range(of)})
    given = {e: with_cutoff(BLANK, 0) if e < 12 else never(BLANK) for e in range(of)}
    answers = DatasetLabels([10] * of, given)
    found = audit_figures(labels, answers, range(of), 0, 7).frames
    assert found is not None and found.bounds is not None
    assert (found.wrong, found.frames) == (120, 600)
    low, high = found.bounds
    deviation = (0.2 * 0.8 / of) ** 0.5
    assert low == pytest.approx(0.2 - 1.96 * deviation, abs=0.03)
    assert high == pytest.approx(0.2 + 1.96 * deviation, abs=0.03)
    assert audit_figures(labels, answers, range(of), 0, 7).frames == found
    none = audit_figures(labels, labels, range(of), 0, 7).frames
    assert none is not None
    assert (none.wrong, none.bounds) == (0, None)


def test_what_is_not_answered_is_not_counted() -> None:
    known = {0: with_cutoff(BLANK, 4), 1: never(BLANK), 2: with_cutoff(BLANK, 4), 3: never(BLANK)}
    labels = DatasetLabels([10] * 5, known)
    mark = sample_mark(4, 0)
    answers = blank_answers(labels, range(4), mark)
    assert sampled_episodes(answers.touched) == dict.fromkeys(range(4), mark)
    answers = answers.with_label(0, with_cutoff(answers[0], 6)).with_label(1, skip(answers[1]))
    late = exclude(with_cutoff(answers[2], 9), FrameRange(9, 10))
    found = audit_figures(labels, answers.with_label(2, late), range(4), 2, 0)
    assert (found.population, found.answered, found.skipped, found.left) == (4, (0, 2), (1,), 1)
    assert (found.wrong.count, found.wrong_outcome.count, found.success.count) == (1, 0, 2)
    assert found.frames is not None
    assert (found.frames.wrong, found.frames.frames) == (2 + 5, 19)  # 9 is excluded
    assert [one.episode for one in found.comparison.differences] == [2]
