"""From what a file says to labels of a dataset: whose numbers they are, and whether they fit.

Two readings of a number are an error that offers the flag which settles it; nothing is guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from labeler.cures import CheckCounting, CountFrom, CountFromEither, Cure
from labeler.errors import AmbiguousLabelsError, LabelError
from labeler.labels.collection import DatasetLabels
from labeler.labels.dialects.dialect import LabelFileContent, Statement
from labeler.labels.episode import (
    EpisodeLabel,
    FrameRange,
    Origin,
    State,
    exclude,
    merge_ranges,
    with_success,
    without,
)
from labeler.labels.wording import episodes_text, plural


def resolve(
    content: LabelFileContent,
    lengths: Sequence[int],
    first_frame: int | None = None,
    first_episode: int | None = None,
) -> tuple[DatasetLabels, tuple[str, ...]]:
    """Labels of a dataset with `lengths[i]` frames in episode i, and what is worth telling.

    `first_frame` and `first_episode` (0 or 1) say how the file counts; None leaves that to the
    file's form as long as only one reading fits.

    Raises:
        AmbiguousLabelsError: a number fits under two readings.
        LabelError: a number fits under none, or a success has no frame left.
    """
    base = _first_episode(content.statements, len(lengths), first_episode)
    if first_frame is None and _shows_zero(content):
        first_frame = 0
    labels: dict[int, EpisodeLabel] = {}
    notes = list(content.notes)
    for statement in content.statements:
        index = _index(statement, base, len(lengths))
        numbers = _Numbers(statement, int(lengths[index]), first_frame, content.counts_from, notes)
        labels[index] = numbers.label()
    if absent := set(range(len(lengths))) - set(labels):
        notes.append(f"The file says nothing about {episodes_text(absent)}.")
    return DatasetLabels(lengths, labels), tuple(notes)


def _shows_zero(content: LabelFileContent) -> bool:
    """Whether a frame 0 rules out that the file counts from 1."""
    may = content.counts_from == 0 and not content.mixed
    return may and any(map(_has_zero, content.statements))


def _has_zero(statement: Statement) -> bool:
    starts = any(0 in pair for pair in statement.success)
    return starts or 0 in statement.failures or statement.reset == 0


def _first_episode(statements: Sequence[Statement], count: int, given: int | None) -> int:
    if given is not None:
        return given
    numbers = {statement.episode for statement in statements}
    if numbers and 0 not in numbers and max(numbers) == count:
        raise AmbiguousLabelsError(
            f"The file names episode {count} but not episode 0, and the dataset has {count} "
            "episodes, so it may count episodes from 1.",
            CountFrom("episodes", 1, "otherwise the file belongs to another dataset."),
        )
    return 0


def _index(statement: Statement, base: int, count: int) -> int:
    index = statement.episode - base
    if 0 <= index < count:
        return index
    raise LabelError(
        f"{statement.place} does not exist: the dataset has {plural(count, 'episode')}, "
        f"counted here from {base}.",
        CheckCounting("episodes", "Check that the labels belong to this dataset"),
    )


@dataclass(frozen=True)
class _Numbers:
    """The numbers of one statement, turned into frames of an episode of `length` frames."""

    statement: Statement
    length: int
    first: int | None  # how the file counts; None as long as nothing settles it
    usual: int  # how its form counts
    notes: list[str] = field(default_factory=list)

    def label(self) -> EpisodeLabel:
        """The label, with origin `imported`."""
        success = self._success()
        state = State.SUCCESS if success else State.NEVER
        label = EpisodeLabel(self.length, state, success, origin=Origin.IMPORTED)
        if self.statement.failures:
            label = with_success(label, self._without_failures(label))
        if self.statement.reset is not None:
            label = self._without_reset(label, self.statement.reset)
        if self.statement.success and not label.success:
            raise LabelError(
                f"{self.statement.place} has a success without a single frame left.",
                "If it never succeeds, write null, `all fail` or nan, as the format has it.",
            )
        return label

    def _success(self) -> tuple[FrameRange, ...]:
        ranges = [self._range(first, last) for first, last in self.statement.success]
        joined = merge_ranges(ranges)
        if sum(map(len, joined)) != sum(map(len, ranges)):
            self.notes.append(f"{self.statement.place}: ranges that overlap were joined.")
        return joined

    def _range(self, first: int, last: int | None) -> FrameRange:
        start = self._frame(first)
        if last is None:
            return FrameRange(start, self.length)
        end = self._frame(last, past_end=True)
        if end < start:
            raise LabelError(
                f"{self.statement.place}: the range from {first} to {last} ends before it starts.",
                "Correct the file.",
            )
        if end == self.length:
            self.notes.append(
                f"{self.statement.place}: the range to {last} was cut at the episode's last frame."
            )
        return FrameRange(start, min(end + 1, self.length))

    def _without_failures(self, label: EpisodeLabel) -> list[FrameRange]:
        """The runs of success frames between those that count as failure."""
        failures = sorted({self._frame(frame) for frame in self.statement.failures})
        borders = [-1, *failures, self.length]
        kept = [
            FrameRange(before + 1, after)
            for before, after in pairwise(borders)
            if before + 1 < after
        ]
        return _common(label.success, kept)

    def _without_reset(self, label: EpisodeLabel, reset: int) -> EpisodeLabel:
        start = self._frame(reset, past_end=True)
        if start == self.length:
            self.notes.append(
                f"{self.statement.place}: the reset at {reset} is past the end, so no frame is "
                "left out."
            )
            return label
        left_out = FrameRange(start, self.length)
        return exclude(with_success(label, without(label.success, left_out)), left_out)

    def _frame(self, number: int, *, past_end: bool = False) -> int:
        """Frame index of a number; `past_end` allows the length if frames surely count from 0."""
        base = self.usual if self.first is None else self.first
        index = number - base
        if 0 <= index < self.length:
            return index
        if self.first is None and 0 <= number - (1 - base) < self.length:
            raise self._ambiguous(number, 1 - base, past_end)
        if past_end and self.first == 0 and index == self.length:
            return index
        last = self.length - 1 + base
        raise LabelError(
            f"{self.statement.place}: frame {number} does not exist: the episode has "
            f"{plural(self.length, 'frame')}, here counted from {base} to {last}.",
            CheckCounting("frames", "Correct the file"),
        )

    def _ambiguous(self, number: int, other: int, past_end: bool) -> AmbiguousLabelsError:
        usual = 1 - other
        cure: Cure = CountFrom("frames", other, "otherwise correct the file.")
        if past_end:
            reason = "if it means the episode's end"
            cure = CountFromEither("frames", other, usual, reason)
        return AmbiguousLabelsError(
            f"{self.statement.place}: frame {number} does not exist if frames are counted from "
            f"{usual}, and does if they are counted from {other}.",
            cure,
        )


def _common(left: Sequence[FrameRange], right: Sequence[FrameRange]) -> list[FrameRange]:
    """Frames that are in both of two sorted, disjoint lists of ranges."""
    result: list[FrameRange] = []
    first = second = 0
    while first < len(left) and second < len(right):
        one, other = left[first], right[second]
        start, end = max(one.start, other.start), min(one.end, other.end)
        if start < end:
            result.append(FrameRange(start, end))
        first, second = first + (one.end <= other.end), second + (other.end <= one.end)
    return result
