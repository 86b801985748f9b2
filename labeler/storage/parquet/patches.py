"""Many small byte ranges of one file or buffer replaced at once, and where other bytes go then."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from labeler.storage.parquet.shape import Bytes, Ints, gather, within
from labeler.storage.parquet.thrift import FormatError


@dataclass(frozen=True)
class Ranges:
    """Ranges `[start, end)` in ascending order, each to be replaced by `length` other bytes.

    A range may be empty: then something is inserted. All three have shape (ranges,).
    """

    start: Ints
    end: Ints
    length: Ints

    def __post_init__(self) -> None:
        if (self.start > self.end).any() or (self.end[:-1] > self.start[1:]).any():
            raise FormatError("Its parts overlap.")

    @cached_property
    def _shift(self) -> Ints:
        return np.concatenate(([0], np.cumsum(self.length - (self.end - self.start))))

    @property
    def growth(self) -> int:
        """By how many bytes the whole becomes longer."""
        return int(self._shift[-1])

    @property
    def places(self) -> Ints:
        """Where the replacements begin afterwards; shape (ranges,)."""
        return self.start + self._shift[:-1]

    def moved(self, positions: Ints) -> Ints:
        """Where bytes that are not replaced lie afterwards; any shape."""
        return positions + self._shift[np.searchsorted(self.end, positions, side="right")]

    def spare(self, start: Ints, end: Ints) -> bool:
        """Whether no range touches the bytes `[start, end)` of any of the given ranges."""
        behind = np.searchsorted(self.end, start, side="right")
        before = np.searchsorted(self.start, end, side="left")
        return bool(((behind == before) | (start == end)).all())


@dataclass(frozen=True)
class Patches:
    """Ranges of a buffer with the bytes that replace them, one behind the other in `payload`.

    In any order, as long as empty ranges at one place come in the order of their payloads.
    """

    start: Ints
    end: Ints
    length: Ints
    payload: Bytes

    @classmethod
    def of_numbers(cls, start: Ints, end: Ints, values: Ints) -> Self:
        """Put signed numbers where others lie; shapes alike, negative starts are left out."""
        there = start >= 0
        payload, length = encode_numbers(values[there])
        return cls(start[there], end[there], length, payload)

    @classmethod
    def of_constant(cls, start: Ints, end: Ints, payload: bytes) -> Self:
        """Put the same bytes into every range."""
        length = np.full(len(start), len(payload))
        return cls(start, end, length, np.frombuffer(payload * len(start), np.uint8))

    @classmethod
    def merged(cls, parts: Sequence["Patches"]) -> Self:
        """All patches in ascending order."""
        start, end, length = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("start", "end", "length")
        )
        order = ascending(start, end)
        payload = np.concatenate([part.payload for part in parts])
        begins = np.cumsum(length) - length
        return cls(
            start[order], end[order], length[order], gather(payload, begins[order], length[order])
        )

    @cached_property
    def ranges(self) -> Ranges:
        """The ranges without what replaces them; the patches must be in ascending order."""
        return Ranges(self.start, self.end, self.length)

    def apply(self, data: Bytes) -> Bytes:
        """The buffer with every range replaced; the patches must be in ascending order."""
        kept = np.ones(len(data), np.bool_)
        kept[within(self.start, self.end - self.start)] = False
        new = np.zeros(len(data) + self.ranges.growth, np.bool_)
        new[within(self.ranges.places, self.length)] = True
        patched = np.empty(len(new), np.uint8)
        patched[new] = self.payload
        patched[~new] = data[kept]
        return patched


def ascending(start: Ints, end: Ints) -> Ints:
    """The order of ranges in a file; at one place, empty ones come first, in the order given."""
    return np.argsort(2 * start + (end > start), kind="stable")


def encode_numbers(values: Ints) -> tuple[Bytes, Ints]:
    """Zigzag varints of many signed numbers, one behind the other, and the length of each."""
    rest = ((values << 1) ^ (values >> 63)).view(np.uint64)
    columns = []
    length = np.ones(len(values), np.int64)
    while True:
        byte = (rest & np.uint64(0x7F)).astype(np.uint8)
        rest = rest >> np.uint64(7)
        more = rest > 0
        columns.append(byte | more.astype(np.uint8) << np.uint8(7))
        if not more.any():
            break
        length += more
    matrix = np.stack(columns, axis=1)
    return matrix[np.arange(len(columns)) < length[:, None]], length
