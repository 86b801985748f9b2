"""Many small byte ranges of one file or buffer replaced at once, and where other bytes go then."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from labeler.parquet.shape import gather, within
from labeler.parquet.thrift import FormatError
from labeler.parquet.walk import Bytes, Ints


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

    def move(self, positions: Ints) -> Ints:
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
    def merge(cls, parts: Sequence["Patches"]) -> Self:
        """All patches in one."""
        start, end, length = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("start", "end", "length")
        )
        return cls(start, end, length, np.concatenate([part.payload for part in parts]))

    @cached_property
    def _moving(self) -> Ints:
        """Those that move what is behind them, in the order of the buffer.

        Most numbers are as long as before.
        """
        moving = np.flatnonzero(self.length != self.end - self.start)
        return moving[ascending(self.start[moving], self.end[moving])]

    @cached_property
    def ranges(self) -> Ranges:
        """The ranges that get more or fewer bytes."""
        return Ranges(self.start[self._moving], self.end[self._moving], self.length[self._moving])

    def apply(self, data: bytes) -> bytes:
        """The buffer with every range replaced."""
        begins = np.cumsum(self.length) - self.length
        patched = np.frombuffer(data, np.uint8).copy()
        still = self.length == self.end - self.start
        patched[within(self.start[still], self.length[still])] = gather(
            self.payload, begins[still], self.length[still]
        )
        first = begins[self._moving]
        pieces = [b""] * (2 * len(first) + 1)
        pieces[::2] = _cut(
            patched.tobytes(),
            np.concatenate(([0], self.ranges.end)),
            np.concatenate((self.ranges.start, [len(data)])),
        )
        pieces[1::2] = _cut(self.payload.tobytes(), first, first + self.ranges.length)
        return b"".join(pieces)


def _cut(data: bytes, start: Ints, end: Ints) -> list[bytes]:
    return [data[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]


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
