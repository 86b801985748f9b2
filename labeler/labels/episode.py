"""The label of one episode: an immutable value, validated against the episode's length."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from operator import index
from typing import SupportsIndex

from labeler.errors import LabelError
from labeler.labels.wording import plural


class State(StrEnum):
    """What an operator decided about an episode."""

    UNLABELED = "unlabeled"
    SUCCESS = "success"
    NEVER = "never"
    SKIPPED = "skipped"


class Origin(StrEnum):
    """Where a label came from."""

    HUMAN = "human"
    IMPORTED = "imported"
    ACCEPTED = "accepted suggestion"


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """Frames `start <= frame_index < end` of one episode, counted from 0.

    Raises:
        LabelError: a bound is not a whole number, or the range is empty or negative.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if type(self.start) is not int or type(self.end) is not int:
            object.__setattr__(self, "start", _whole(self.start))
            object.__setattr__(self, "end", _whole(self.end))
        if not 0 <= self.start < self.end:
            raise LabelError(
                f"The frame range [{self.start}, {self.end}) is empty or negative.",
                "Give a start of at least 0 and an end after the start.",
            )

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.end


@dataclass(frozen=True, slots=True)
class EpisodeLabel:
    """State of one episode of `length` frames.

    `success` holds the frames that count as success (only in state `success`), `excluded` those
    that training leaves out; both are sorted, disjoint and merged. A cutoff is the single range
    from that frame to the end. `flag` is None, or the reason (possibly empty) of a flag.

    Raises:
        LabelError: a range leaves the episode, or state and ranges contradict each other.
    """

    length: int
    state: State = State.UNLABELED
    success: tuple[FrameRange, ...] = ()
    excluded: tuple[FrameRange, ...] = ()
    note: str = ""
    flag: str | None = None
    origin: Origin = Origin.HUMAN
    author: str = ""
    time: datetime | None = None

    def __post_init__(self) -> None:
        if type(self.length) is not int:
            object.__setattr__(self, "length", _whole(self.length))
        if self.length < 1:
            raise LabelError("An episode has at least one frame.", "Check the dataset.")
        for name in ("success", "excluded"):
            given = getattr(self, name)
            if given == ():  # as in most labels, of which a recording may have 10^5
                continue
            ranges = merge_ranges(given)
            if ranges and ranges[-1].end > self.length:
                raise LabelError(
                    f"Frames [{ranges[-1].start}, {ranges[-1].end}) are outside an episode of "
                    f"{plural(self.length, 'frame')}.",
                    f"Frames are counted from 0 to {self.length - 1}.",
                )
            object.__setattr__(self, name, ranges)
        if (self.state is State.SUCCESS) != bool(self.success):
            raise LabelError(
                f"State {self.state.value!r} does not go with {len(self.success)} success ranges.",
                "A success needs at least one frame; every other state has none.",
            )
        if self.time is not None and self.time.tzinfo is None:
            raise LabelError("The time of a label has no time zone.", "Give it as UTC.")

    @property
    def cutoff(self) -> int | None:
        """First success frame if success lasts to the end from there; None otherwise."""
        if len(self.success) == 1 and self.success[0].end == self.length:
            return self.success[0].start
        return None

    @property
    def decided(self) -> bool:
        """Whether the label says success or failure for every frame."""
        return self.state in (State.SUCCESS, State.NEVER)


def merge_ranges(ranges: Iterable[FrameRange]) -> tuple[FrameRange, ...]:
    """Sort ranges and join those that touch or overlap."""
    result: list[FrameRange] = []
    ordered = list(ranges)
    if len(ordered) < 2:
        return tuple(ordered)
    for current in sorted(ordered):
        if result and current.start <= result[-1].end:
            end = max(result[-1].end, current.end)
            result[-1] = FrameRange(result[-1].start, end)
        else:
            result.append(current)
    return tuple(result)


def without(ranges: Iterable[FrameRange], removed: FrameRange) -> tuple[FrameRange, ...]:
    """Cut `removed` out of `ranges`."""
    left: list[FrameRange] = []
    for current in ranges:
        if current.start < min(current.end, removed.start):
            left.append(FrameRange(current.start, min(current.end, removed.start)))
        if max(current.start, removed.end) < current.end:
            left.append(FrameRange(max(current.start, removed.end), current.end))
    return merge_ranges(left)


def with_cutoff(label: EpisodeLabel, cutoff: int) -> EpisodeLabel:
    """Success from frame `cutoff` to the end of the episode."""
    if not 0 <= _whole(cutoff) < label.length:
        raise LabelError(
            f"Cutoff {cutoff} is outside an episode of {plural(label.length, 'frame')}.",
            f"Frames are counted from 0 to {label.length - 1}.",
        )
    return with_success(label, (FrameRange(cutoff, label.length),))


def with_success(label: EpisodeLabel, ranges: Iterable[FrameRange]) -> EpisodeLabel:
    """Success in the given ranges; no range at all means that the episode never succeeds."""
    success = tuple(ranges)
    state = State.SUCCESS if success else State.NEVER
    return replace(label, state=state, success=success)


def never(label: EpisodeLabel) -> EpisodeLabel:
    """The task is not achieved in any frame."""
    return replace(label, state=State.NEVER, success=())


def skip(label: EpisodeLabel) -> EpisodeLabel:
    """The episode is left out by decision."""
    return replace(label, state=State.SKIPPED, success=())


def clear(label: EpisodeLabel) -> EpisodeLabel:
    """Back to no decision; exclusions, note and flag stay."""
    return replace(label, state=State.UNLABELED, success=())


def exclude(label: EpisodeLabel, frames: FrameRange) -> EpisodeLabel:
    """Leave `frames` out of training."""
    return replace(label, excluded=(*label.excluded, frames))


def include(label: EpisodeLabel, frames: FrameRange) -> EpisodeLabel:
    """Take `frames` back into training."""
    return replace(label, excluded=without(label.excluded, frames))


def slice_label(label: EpisodeLabel, start: int, stop: int) -> EpisodeLabel:
    """The label of frames `start <= frame_index < stop`, counted from `start`.

    A success none of whose frames are left becomes an episode that never succeeds.
    """
    if (start, stop) == (0, label.length):
        return label
    success, excluded = (
        tuple(
            FrameRange(max(part.start, start) - start, min(part.end, stop) - start)
            for part in ranges
            if max(part.start, start) < min(part.end, stop)
        )
        for ranges in (label.success, label.excluded)
    )
    lost = label.state is State.SUCCESS and not success
    state = State.NEVER if lost else label.state
    return replace(label, length=stop - start, state=state, success=success, excluded=excluded)


def _whole(value: object) -> int:
    """A number of frames as a plain int: NumPy's integers turn into it, bool and float do not."""
    if type(value) is int:
        return value
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        return index(value)
    raise LabelError(f"{value!r} is not a whole number of frames.", "Frames are counted from 0.")
