"""Which episodes a user means by their labels, notes and tasks."""

from collections.abc import Sequence
from dataclasses import dataclass

from labeler.errors import LabelError, UsageError
from labeler.labels.collection import DatasetLabels
from labeler.labels.episode import EpisodeLabel, State
from labeler.labels.summary import count_frames


@dataclass(frozen=True)
class EpisodeFilter:
    """Conditions that an episode has to meet, all of them; None and () ask for nothing.

    `share_from` and `share_to` bound the share of success frames among those with a label, from 0
    to 1; an episode without a label has none. `task` and `note` are parts of a text, in any case.

    Raises:
        UsageError: a share is not within 0 and 1, or the bounds are the wrong way round.
    """

    episodes: tuple[int, ...] | None = None
    states: tuple[State, ...] = ()
    share_from: float | None = None
    share_to: float | None = None
    task: str | None = None
    flagged: bool | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        low = 0.0 if self.share_from is None else self.share_from
        high = 1.0 if self.share_to is None else self.share_to
        if not 0 <= low <= high <= 1:
            raise UsageError(
                f"A share of success frames cannot be from {low:g} to {high:g}.",
                "Give two shares between 0 and 1, the lower one first, for instance 0.1 and 0.9.",
            )

    def choose(self, labels: DatasetLabels, tasks: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
        """Episodes that meet all conditions; `tasks` are the texts of every episode.

        Raises:
            LabelError: none does.
        """
        every = range(len(labels)) if self.episodes is None else self.episodes
        found = tuple(e for e in every if self._meets(labels[e], tasks[e]))
        if not found:
            raise LabelError(
                f"No episode meets every condition; {len(every)} were looked at.",
                "Ask for less at a time.",
            )
        return found

    def _meets(self, label: EpisodeLabel, tasks: tuple[str, ...]) -> bool:
        flagged = label.flag is not None
        return (
            (not self.states or label.state in self.states)
            and (self.flagged is None or self.flagged is flagged)
            and self._meets_share(label)
            and _among(self.task, *tasks)
            and _among(self.note, label.note, label.flag or "")
        )

    def _meets_share(self, label: EpisodeLabel) -> bool:
        if self.share_from is None and self.share_to is None:
            return True
        frames = count_frames(label)
        labelled = frames.success + frames.failure
        if not labelled:
            return False
        share = frames.success / labelled
        low, high = self.share_from, self.share_to
        return (low is None or share >= low) and (high is None or share <= high)


def _among(wanted: str | None, *texts: str) -> bool:
    return wanted is None or any(wanted.casefold() in text.casefold() for text in texts)
