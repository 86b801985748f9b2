"""A sample of labels, given once more by somebody who does not see them: how good all labels are.

The sample lies in the auditor's label file: its episodes are flagged. So it does not change with
the labels that are audited, and an audit goes on where it was left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeler.decision import CONFIDENCE, Interval
from labeler.labels import DatasetLabels, EpisodeLabel, State
from labeler.labels.document import fields_of
from labeler.review.comparison import LabelComparison, compare, confusion_counts
from labeler.review.scores import Scores
from labeler.review.stable import stable_numbers
from labeler.review.suggestion import Suggestion

_MARK = "audit sample"
_TURN = 1 << 64  # what stable numbers are smaller than
_RESAMPLES = 9999


class Stratum(NamedTuple):
    """What episodes of one group have in common; empty where it is not known."""

    task: str
    operator: str
    day: str
    side: str
    """What a classifier predicts, `success` or `never`; without one what the label says."""


def strata_of(
    labels: DatasetLabels, tasks: Sequence[Sequence[str]], scores: Scores | None = None
) -> dict[int, Stratum]:
    """The group of each episode that has a decision; days are those of the label, in UTC."""
    return {
        episode: Stratum(
            "; ".join(tasks[episode]),
            label.author,
            label.time.date().isoformat() if label.time else "",
            _side(label, None if scores is None else scores.suggestion(label, episode)),
        )
        for episode, label in enumerate(labels)
        if label.decided
    }


def draw_sample(strata: Mapping[int, Stratum], count: int, seed: int) -> tuple[int, ...]:
    """`count` episodes, ascending, each with the same chance; all where there are not more.

    Systematic sampling (W. G. Cochran, Sampling Techniques, chapter 8) from a list that is sorted
    by group and random within each: a group gets its share, to the next whole number below or
    above. So the plain share of the sample estimates that of all episodes.
    """
    if not strata:
        return ()
    *numbers, start = stable_numbers(max(strata) + 2, seed).tolist()
    ordered = sorted(strata, key=lambda episode: (strata[episode], numbers[episode]))
    size = min(count, len(ordered))
    places = ((step * _TURN + start) * len(ordered) // (size * _TURN) for step in range(size))
    return tuple(sorted(ordered[place] for place in places))


def sample_mark(count: int, seed: int) -> str:
    """The reason for which an episode of a sample is flagged."""
    return f"{_MARK}: {count} episodes, seed {seed}"


def blank_answers(labels: DatasetLabels, sample: Sequence[int], mark: str) -> DatasetLabels:
    """What an auditor starts with: nothing but the sample's flags."""
    touched = {episode: EpisodeLabel(labels.lengths[episode], flag=mark) for episode in sample}
    return DatasetLabels(labels.lengths, touched, labels.identity)


def sampled_episodes(answers: Mapping[int, EpisodeLabel]) -> dict[int, str]:
    """Episodes that are flagged as being in a sample, with the mark."""
    return {
        episode: label.flag
        for episode, label in sorted(answers.items())
        if label.flag is not None and label.flag.startswith(_MARK)
    }


@dataclass(frozen=True)
class FrameErrors:
    """Share of frames that an auditor calls otherwise."""

    wrong: int
    frames: int
    bounds: tuple[float, float] | None
    """Of the share at 95%, by resampling episodes; None where all episodes have the same share."""


@dataclass(frozen=True)
class Audit:
    """What an auditor's answers say about labels."""

    population: int
    """Episodes with a decision, from which the sample was drawn."""
    sample: tuple[int, ...]
    answered: tuple[int, ...]
    """Episodes of the sample that the auditor and the labels decide."""
    skipped: tuple[int, ...]
    """Those that the auditor skips."""
    left: int
    """How many of them wait for an answer."""
    comparison: LabelComparison
    """Of the answered episodes; the labels are the first."""
    frames: FrameErrors | None
    """None without an answer."""
    success: Interval
    """Episodes that the auditor calls a success."""
    labelled_success: Interval
    """The same by the labels, of all episodes with a decision."""

    @property
    def wrong(self) -> Interval:
        """Labels that say something else than the auditor."""
        return _wilson(len(self.comparison.differences), len(self.answered))

    @property
    def wrong_outcome(self) -> Interval:
        """Labels that call a success what never succeeds, or the other way round."""
        apart = sum(one.first.state is not one.second.state for one in self.comparison.differences)
        return _wilson(apart, len(self.answered))


def audit_figures(
    labels: DatasetLabels, answers: DatasetLabels, sample: Sequence[int], within: int, seed: int
) -> Audit:
    """Compare labels with the answers; edges at most `within` frames apart count as equal.

    `seed` is that of the resampling.

    Raises:
        LabelError: the answers are of another recording.
    """
    answered = [
        episode for episode in sample if labels[episode].decided and answers[episode].decided
    ]
    first, second = (
        replace(one, touched={episode: one[episode] for episode in answered})
        for one in (labels, answers)
    )
    decided = [label for label in labels if label.decided]
    return Audit(
        population=len(decided),
        sample=tuple(sample),
        answered=tuple(answered),
        skipped=tuple(e for e in sample if answers[e].state is State.SKIPPED),
        left=sum(answers[episode].state is State.UNLABELED for episode in sample),
        comparison=compare(first, second, within),
        frames=_frame_errors([(labels[e], answers[e]) for e in answered], seed),
        success=_success_share([answers[e] for e in answered]),
        labelled_success=_success_share(decided),
    )


def audit_values(found: Audit) -> dict[str, object]:
    """For programs: counts, shares and intervals, and the labels that are contradicted."""
    frames = found.frames
    return {
        "population": found.population,
        "sample": list(found.sample),
        "answered": len(found.answered),
        "skipped": list(found.skipped),
        "left": found.left,
        "confidence": CONFIDENCE,
        "wrong_labels": _interval_values(found.wrong),
        "wrong_outcome": _interval_values(found.wrong_outcome),
        "wrong_frames": frames
        and {
            "count": frames.wrong,
            "of": frames.frames,
            "share": frames.wrong / frames.frames,
            "interval": frames.bounds and list(frames.bounds),
        },
        "success": _interval_values(found.success),
        "labelled_success": {
            "count": found.labelled_success.count,
            "of": found.labelled_success.of,
        },
        "differences": [
            {
                "episode": one.episode,
                "frames": one.frames,
                "label": fields_of(one.first),
                "auditor": fields_of(one.second),
            }
            for one in found.comparison.differences
        ],
    }


def _interval_values(share: Interval) -> dict[str, object]:
    return {
        "count": share.count,
        "of": share.of,
        "share": share.share,
        "interval": share.bounds and list(share.bounds),
    }


def _frame_errors(
    pairs: Sequence[tuple[EpisodeLabel, EpisodeLabel]], seed: int
) -> FrameErrors | None:
    counts = np.array([confusion_counts(*pair) for pair in pairs]).reshape(-1, 4)
    wrong, frames = counts[:, 1:3].sum(axis=1), counts.sum(axis=1)
    wrong, frames = wrong[frames > 0], frames[frames > 0]
    if not len(frames):
        return None
    return FrameErrors(int(wrong.sum()), int(frames.sum()), _resampled(wrong, frames, seed))


def _resampled(
    wrong: NDArray[np.int64], frames: NDArray[np.int64], seed: int
) -> tuple[float, float] | None:
    """Interval of the ratio of two sums over episodes, whose frames are no single observations.

    BCa bootstrap (B. Efron, Better bootstrap confidence intervals, 1987).
    """
    if len(np.unique(wrong / frames)) == 1:
        return None
    from scipy.stats import bootstrap  # half a second, for those who look at figures only

    found = bootstrap(
        (wrong, frames),
        lambda one, other, axis: one.sum(axis=axis) / other.sum(axis=axis),
        paired=True,
        n_resamples=_RESAMPLES,
        confidence_level=CONFIDENCE,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def _success_share(labels: Sequence[EpisodeLabel]) -> Interval:
    return _wilson(sum(label.state is State.SUCCESS for label in labels), len(labels))


def _wilson(count: int, of: int) -> Interval:
    return Interval(count, of, "wilson")


def _side(label: EpisodeLabel, suggested: Suggestion | None) -> str:
    ranges = label.success if suggested is None else suggested.ranges
    return State.SUCCESS.value if ranges else State.NEVER.value
