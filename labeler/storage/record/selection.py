"""Which episodes and frames of a recording go into its copy."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from labeler.cures import DecideEpisodes, KeepExcluded
from labeler.errors import LabelError, UnlabeledEpisodesError
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import never, slice_label
from labeler.labels.wording import episodes_text, plural

INDEX_COLUMNS = ("timestamp", "frame_index", "episode_index", "index")
"""Columns that are numbered again when a copy does not have every row of its source."""


class Unlabeled(StrEnum):
    """What happens to episodes without a decision (unlabeled or skipped)."""

    REFUSE = "refuse"
    DROP = "drop"
    ZERO = "zero"
    KEEP = "keep"
    """They stay without one; only for recordings that nobody has labelled."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Frames `start <= frame_index < stop` of an episode of the source."""

    episode: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Selection:
    """What is kept, in order, and its labels as the copy numbers episodes and frames."""

    kept: tuple[Kept, ...]
    labels: DatasetLabels
    whole: bool
    """Whether the copy has every row of the source."""
    zeroed: tuple[int, ...]
    """Episodes of the source without a decision that are written as failures."""
    dropped: tuple[int, ...]
    """Episodes of the source that are left out."""


def select(
    labels: DatasetLabels,
    unlabeled: Unlabeled,
    *,
    trim: bool,
    episodes: Collection[int] | None = None,
) -> Selection:
    """Decide what goes into the copy; of some `episodes` only, if they are given.

    Raises:
        UnlabeledEpisodesError: there are undecided episodes and `unlabeled` is `refuse`.
        LabelError: nothing would be left of the copy or of an episode, or the copy is to have no
            labels and there are some.
    """
    chosen = range(len(labels)) if episodes is None else sorted(episodes)
    undecided = [index for index in chosen if not labels[index].decided]
    _require_as_wished(unlabeled, undecided, len(chosen))
    kept, written = [], []
    for index in chosen:
        part = part_to_write(index, labels[index], unlabeled, trim=trim)
        if part is not None:
            kept.append(part[0])
            written.append(part[1])
    if not kept:
        raise LabelError("No episode is left to write.", "Label at least one episode.")
    return Selection(
        kept=tuple(kept),
        labels=DatasetLabels(
            [label.length for label in written], dict(enumerate(written)), crops=labels.crops
        ),
        whole=len(kept) == len(labels) and all(len(k) == labels[k.episode].length for k in kept),
        zeroed=tuple(undecided) if unlabeled is Unlabeled.ZERO else (),
        dropped=tuple(undecided) if unlabeled is Unlabeled.DROP else (),
    )


def _require_as_wished(unlabeled: Unlabeled, undecided: list[int], chosen: int) -> None:
    if undecided and unlabeled is Unlabeled.REFUSE:
        raise UnlabeledEpisodesError(
            f"{len(undecided)} of {plural(chosen, 'episode')} "
            f"{'is' if len(undecided) == 1 else 'are'} unlabeled or skipped: "
            f"{episodes_text(undecided)}.",
            DecideEpisodes(tuple(undecided)),
        )
    if unlabeled is Unlabeled.KEEP and len(undecided) < chosen:
        raise LabelError(
            "Some episodes are labelled, so the copy cannot be one without labels.",
            "Leave out the others, or count them as failures.",
        )


def part_to_write(
    episode: int, label: EpisodeLabel, unlabeled: Unlabeled, *, trim: bool
) -> tuple[Kept, EpisodeLabel] | None:
    """The frames of an episode that go into the copy, and their label; None if none do.

    Raises:
        LabelError: nothing would be left of the episode.
    """
    if not label.decided and unlabeled is Unlabeled.DROP:
        return None
    decided = label if label.decided or unlabeled is Unlabeled.KEEP else never(label)
    start, stop = _inner(decided, episode) if trim else (0, label.length)
    return Kept(episode, start, stop), slice_label(decided, start, stop)


def _inner(label: EpisodeLabel, index: int) -> tuple[int, int]:
    """Frames left when an excluded head and tail are cut off."""
    start, stop = 0, label.length
    if label.excluded and label.excluded[0].start == 0:
        start = label.excluded[0].end
    if label.excluded and label.excluded[-1].end == label.length:
        stop = label.excluded[-1].start
    if start >= stop:
        raise LabelError(
            f"Every frame of episode {index} is excluded, so nothing is left of it.",
            KeepExcluded(),
        )
    return start, stop
