"""How many frames are success, failure and excluded."""

from dataclasses import dataclass

from labeler.labels.collection import DatasetLabels
from labeler.labels.episode import EpisodeLabel, State, without


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames of an episode or of a dataset; excluded ones are counted apart."""

    success: int = 0
    failure: int = 0
    excluded: int = 0

    @property
    def total(self) -> int:
        """All frames."""
        return self.success + self.failure + self.excluded

    def __add__(self, other: "Frames") -> "Frames":
        return Frames(
            self.success + other.success,
            self.failure + other.failure,
            self.excluded + other.excluded,
        )


@dataclass(frozen=True)
class Summary:
    """Frames per episode and in total, and episodes per state."""

    episodes: tuple[Frames, ...]
    states: dict[State, int]

    @property
    def total(self) -> Frames:
        """Frames of all episodes together."""
        return Frames(
            sum(one.success for one in self.episodes),
            sum(one.failure for one in self.episodes),
            sum(one.excluded for one in self.episodes),
        )


def summarize(labels: DatasetLabels) -> Summary:
    """Count frames; those of undecided episodes count as excluded."""
    return Summary(tuple(count_frames(label) for label in labels), labels.counts())


def count_frames(label: EpisodeLabel) -> Frames:
    """Frames of one episode."""
    if not label.decided:
        return Frames(excluded=label.length)
    success = label.success
    for frames in label.excluded:
        success = without(success, frames)
    count, excluded = (sum(map(len, ranges)) for ranges in (success, label.excluded))
    return Frames(count, label.length - count - excluded, excluded)
