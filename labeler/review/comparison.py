"""Two operators on the same recording: how well they agree, and where they do not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeler.errors import LabelError
from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange, State
from labeler.labels.rewards import exclusion_mask, success_mask
from labeler.review.agreement import edge_distance
from labeler.review.words import label_words


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Frames that count for both operators: neither left them out, both decided their episode."""

    both: int = 0
    only_first: int = 0
    only_second: int = 0
    neither: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def agreement(self) -> float | None:
        """Share of frames labelled alike; None without frames."""
        return (self.both + self.neither) / self.total if self.total else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa: agreement beyond that of two who label by chance with the same shares.

        J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
        Measurement 20 (1960). None where chance alone agrees on everything: without frames, or
        where both call all frames the same.
        """
        if self.agreement is None:
            return None
        first, second = self.both + self.only_first, self.both + self.only_second
        rest, square = self.total, self.total**2
        chance = (first * second + (rest - first) * (rest - second)) / square
        return None if chance == 1.0 else (self.agreement - chance) / (1.0 - chance)


@dataclass(frozen=True, slots=True)
class LabelDifference:
    """An episode that two operators label differently.

    frames: how many frames differ in being success, failure or excluded; all of an episode that
        only one decided
    """

    episode: int
    first: EpisodeLabel
    second: EpisodeLabel
    frames: int

    def words(self, names: tuple[str, str]) -> str:
        """`anna: success from 40, ben: never`."""
        told = zip(names, (self.first, self.second), strict=True)
        return ", ".join(
            f"{name}: {_label_text(label, self._exclusions_differ)}" for name, label in told
        )

    @property
    def _exclusions_differ(self) -> bool:
        return self.first.excluded != self.second.excluded


@dataclass(frozen=True)
class LabelComparison:
    """Two label files of one recording.

    states: episodes by the state in the first file and in the second
    cutoffs: int64, frames by which cutoffs are apart, of episodes that have one in both files
    differences: episodes labelled differently, those that differ in most frames first
    one_sided: episodes that only one file labels, which is no disagreement
    """

    episodes: int
    frames: FrameCounts
    states: Mapping[tuple[State, State], int]
    cutoffs: NDArray[np.int64]
    differences: tuple[LabelDifference, ...]
    one_sided: tuple[int, ...]

    @property
    def states_agreed(self) -> float | None:
        """Share of equal states among episodes that both label; None without any."""
        told = {pair: n for pair, n in self.states.items() if State.UNLABELED not in pair}
        same = sum(count for (one, other), count in told.items() if one is other)
        return same / sum(told.values()) if told else None

    @property
    def cutoff_difference(self) -> tuple[float, float] | None:
        """Median and 90th percentile in frames; None where no episode has two cutoffs."""
        if not len(self.cutoffs):
            return None
        median, p90 = np.percentile(self.cutoffs, (50, 90)).tolist()
        return median, p90


def compare(first: DatasetLabels, second: DatasetLabels, within: int = 0) -> LabelComparison:
    """Compare the labels of two operators; edges at most `within` frames apart count as equal.

    Raises:
        LabelError: the labels are of different recordings.
    """
    require_same_recording(first, second)
    states: Counter[tuple[State, State]] = Counter()
    differences, one_sided, cutoffs = [], [], []
    frames = np.zeros(4, np.int64)
    for episode, (one, other) in enumerate(zip(first, second, strict=True)):
        states[one.state, other.state] += 1
        if one.cutoff is not None and other.cutoff is not None:
            cutoffs.append(abs(one.cutoff - other.cutoff))
        if one.decided and other.decided:
            frames += confusion_counts(one, other)
        if (one.state is State.UNLABELED) != (other.state is State.UNLABELED):
            one_sided.append(episode)
        elif not same_decision(one, other, within):
            differences.append(LabelDifference(episode, one, other, _apart(one, other)))
    differences.sort(key=lambda found: (-found.frames, found.episode))
    counts = FrameCounts(*frames.tolist())
    distances = np.array(cutoffs, np.int64)
    return LabelComparison(
        len(first), counts, states, distances, tuple(differences), tuple(one_sided)
    )


def require_same_recording(first: DatasetLabels, second: DatasetLabels) -> None:
    """Refuse labels of two recordings.

    Raises:
        LabelError: fingerprints or lengths of episodes differ.
    """
    one, other = first.identity, second.identity
    if one.fingerprint and other.fingerprint and one.fingerprint != other.fingerprint:
        raise LabelError(
            f"The labels belong to two recordings: {_name_text(one.name, one.fingerprint)} and "
            f"{_name_text(other.name, other.fingerprint)}.",
            "Compare label files of the same recording.",
        )
    if first.lengths != second.lengths:
        raise LabelError(
            "The labels belong to two recordings: their episodes have other lengths.",
            "Compare label files of the same recording.",
        )


def same_decision(one: EpisodeLabel, other: EpisodeLabel, within: int = 0) -> bool:
    """Whether two labels say the same about every frame, but for `within` frames at each edge."""
    if one.state is not other.state:
        return False
    return edge_distance(one, other) <= within and _near(one.excluded, other.excluded, within)


def _near(one: tuple[FrameRange, ...], other: tuple[FrameRange, ...], within: int) -> bool:
    return len(one) == len(other) and all(
        abs(a.start - b.start) <= within and abs(a.end - b.end) <= within
        for a, b in zip(one, other, strict=True)
    )


def confusion_counts(one: EpisodeLabel, other: EpisodeLabel) -> NDArray[np.int64]:
    """Frames that both, only the first, only the second and neither call success; int64 (4,).

    Frames that one of them excludes do not count.
    """
    counted = ~(exclusion_mask(one) | exclusion_mask(other))
    a, b = success_mask(one)[counted], success_mask(other)[counted]
    return np.array([(a & b).sum(), (a & ~b).sum(), (~a & b).sum(), (~a & ~b).sum()], np.int64)


def _apart(one: EpisodeLabel, other: EpisodeLabel) -> int:
    if not (one.decided and other.decided):
        return one.length
    excluded = exclusion_mask(one) != exclusion_mask(other)
    return int(np.count_nonzero(excluded | (success_mask(one) != success_mask(other))))


def _label_text(label: EpisodeLabel, with_excluded: bool) -> str:
    if label.state is not State.SUCCESS:
        said = label.state.value
    else:
        word = "from" if label.cutoff is not None else "in"
        said = f"success {word} {label_words(label)}"
    if not with_excluded:
        return said
    count = int(np.count_nonzero(exclusion_mask(label)))
    return f"{said} ({count} frames excluded)"


def _name_text(name: str, fingerprint: str) -> str:
    return f"{name or 'one'} ({fingerprint.removeprefix('sha256:')[:8]})"
