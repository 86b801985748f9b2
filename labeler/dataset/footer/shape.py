"""Many Thrift structs that follow each other, read side by side.

A recorder writes one row group per episode, so a footer may hold 10^5 descriptions of column
chunks that differ in numbers only. One struct is walked byte by byte; its shape, the sequence of
headers and values, is then followed in all others at once, one array operation per value. A struct
of another shape is walked itself and lends its shape in turn.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from labeler.dataset.footer.thrift import (
    BOOLEANS,
    DEEPEST,
    LISTS,
    NUMBERS,
    FormatError,
    Kind,
    Reader,
)

Ints: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Path: TypeAlias = tuple[int, ...]  # field ids, and positions in lists, from the struct inwards
Wanted: TypeAlias = Callable[[Path], bool]

HEADER = -1  # last step of the path to the header of a list
_MOST_SHAPES = 16  # a struct of a further shape is not compared with the others
_NOWHERE = 1 << 48  # behind all data: a number did not end
_VARINT = rb"[\x80-\xff]{0,9}[\x00-\x7f]"


class Spans(NamedTuple):
    """Where a value lies in each struct, and what it is if it is a number; shape (structs,)."""

    start: Ints
    end: Ints
    value: Ints  # empty if it is no number

    def take(self, index: Ints) -> "Spans":
        """The same of some of the structs."""
        value = self.value[index] if len(self.value) else self.value
        return Spans(self.start[index], self.end[index], value)

    def moved(self, shift: Ints) -> "Spans":
        """The same with the bytes elsewhere; a negative start stands for an absent value."""
        there = self.start >= 0
        start, end = (np.where(there, at + shift, -1) for at in (self.start, self.end))
        return Spans(start, end, self.value)


@dataclass(frozen=True)
class Alike:
    """Structs of one shape.

    `members` are their positions among all structs read; `spans` has the wanted values by path.
    """

    members: Ints
    spans: dict[Path, Spans]


class _Step(Enum):
    SAME = auto()  # bytes that every struct of the shape has
    NUMBER = auto()
    BINARY = auto()
    FIXED = auto()  # so many bytes of any value
    OPEN = auto()
    CLOSE = auto()


class _Token(NamedTuple):
    step: _Step
    start: int
    end: int
    path: Path | None  # only if wanted


def read_structs(data: bytes, at: int, count: int, wanted: Wanted) -> tuple[list[Alike], int]:
    """Read `count` structs that begin at byte `at`; the byte behind the last comes with them.

    Raises:
        FormatError: the bytes are not such structs.
    """
    padded = np.frombuffer(data + b"\0", np.uint8)
    known: dict[int, tuple[int, int, int]] = {}  # start of a struct: its end, shape and row
    shapes: list[dict[Path, Spans]] = []
    chosen: list[list[tuple[int, int]]] = []  # by shape: positions and rows
    for position in range(count):
        if at not in known:
            tokens = _walk(data, at, wanted)
            starts = np.array([at])
            if len(shapes) < _MOST_SHAPES and position + 1 < count:
                starts = _candidates(data, at, tokens, known)
            ends, spans = _follow(tokens, data, padded, starts)
            rows = np.flatnonzero(ends)
            places = zip(starts[rows].tolist(), ends[rows].tolist(), rows.tolist(), strict=True)
            known |= {start: (end, len(shapes), row) for start, end, row in places}
            shapes.append(spans)
            chosen.append([])
        at, shape, row = known[at]
        chosen[shape].append((position, row))
    return [_alike(spans, places) for spans, places in zip(shapes, chosen, strict=True)], at


def read_beginnings(data: bytes, starts: Ints, wanted: Wanted, last: Path) -> dict[Path, Spans]:
    """Read structs that begin at known places up to the end of the value at path `last`.

    Spans of all structs come back; every struct must have every wanted value.

    Raises:
        FormatError: the bytes are not such structs, or have more than a few shapes.
    """
    plain = np.frombuffer(data, np.uint8)
    found: dict[Path, Spans] = {}
    left = np.arange(len(starts))
    for _ in range(_MOST_SHAPES):
        if not len(left):
            return found
        tokens = _walk(data, int(starts[left[0]]), wanted)
        ends = [number for number, token in enumerate(tokens) if token.path == last]
        if not ends:
            raise FormatError("A struct ends too early.")
        same, spans = _follow(tokens[: ends[-1] + 1], data, plain, starts[left])
        rows = np.flatnonzero(same)
        for path, span in spans.items():
            target = found.setdefault(path, _no_spans(len(starts)))
            for whole, part in zip(target, span, strict=True):
                whole[left[rows]] = part[rows] if len(part) else 0
        left = left[same == 0]
    raise FormatError("Structs differ too much.")


def _no_spans(count: int) -> Spans:
    return Spans(*(np.full(count, -1) for _ in range(3)))


def gather(data: Bytes, start: Ints, length: Ints) -> Bytes:
    """Ranges of a buffer, one behind the other."""
    return data[within(start, length)]


def within(start: Ints, length: Ints) -> Ints:
    """Positions of all bytes of the ranges, in order."""
    begins = np.cumsum(length) - length
    return np.repeat(start - begins, length) + np.arange(int(length.sum()))


def _alike(spans: dict[Path, Spans], places: list[tuple[int, int]]) -> Alike:
    members, rows = np.array(places, np.int64).reshape(-1, 2).T
    if all(np.array_equal(rows, np.arange(len(span.start))) for span in spans.values()):
        return Alike(members, spans)  # the usual case: all structs have one shape
    return Alike(members, {path: span.take(rows) for path, span in spans.items()})


def _candidates(
    data: bytes, at: int, tokens: list[_Token], known: dict[int, tuple[int, int, int]]
) -> Ints:
    """Starts of structs that begin like this one, in order; some may turn out to be none."""
    pattern = b""
    for token in tokens:
        exact = token.step in (_Step.SAME, _Step.BINARY)
        pattern += (
            re.escape(data[token.start : token.end])
            if exact
            else _VARINT * (token.step is _Step.NUMBER)
        )
        if token.step in (_Step.BINARY, _Step.FIXED):
            break
    found = re.compile(pattern, re.DOTALL).finditer(data, at)
    return np.array([start for match in found if (start := match.start()) not in known])


def _follow(
    tokens: list[_Token], data: bytes, padded: Bytes, starts: Ints
) -> tuple[Ints, dict[Path, Spans]]:
    """Follow a shape from every start: ends (0 where the shape is another one) and values."""
    at = starts
    same = np.ones(len(at), np.bool_)
    opened: dict[Path, Ints] = {}
    spans: dict[Path, Spans] = {}
    for step, start, end, path in tokens:
        before = at
        value = np.zeros(0, np.int64)
        if step is _Step.SAME:
            same &= _matches(padded, at, data[start:end])
        if step is _Step.NUMBER:
            at, value = _numbers(padded, at)
        elif step is _Step.BINARY:
            at, length = _varints(padded, at)
            at = at + np.minimum(length, len(data)).astype(np.int64)
        else:
            at = at + (end - start)  # nothing for OPEN and CLOSE
        if path is None:
            continue
        if step is _Step.OPEN:
            opened[path] = at
        else:
            spans[path] = Spans(opened.pop(path, before), at, value)
    return np.where(same & (at <= len(data)), at, 0), spans


def _matches(padded: Bytes, at: Ints, expected: bytes) -> NDArray[np.bool_]:
    same = np.ones(len(at), np.bool_)
    for place, byte in enumerate(expected):
        same &= padded.take(at + place, mode="clip") == byte
    return same


def _numbers(padded: Bytes, at: Ints) -> tuple[Ints, Ints]:
    """Signed numbers at many places; the byte behind each comes first."""
    at, value = _varints(padded, at)
    return at, (value >> np.uint64(1)).astype(np.int64) ^ -(value & np.uint64(1)).astype(np.int64)


def _varints(padded: Bytes, at: Ints) -> tuple[Ints, NDArray[np.uint64]]:
    """Unsigned numbers at many places; the byte behind each comes first."""
    byte = padded.take(at, mode="clip")
    value = (byte & 0x7F).astype(np.uint64)
    more = np.flatnonzero(byte >= 0x80)
    at = at + 1
    for shift in range(7, 70, 7):
        if not more.size:
            return at, value
        following = at if len(more) == len(at) else at[more]
        byte = padded.take(following, mode="clip")
        value[more] |= (byte & 0x7F).astype(np.uint64) << np.uint64(shift)
        at[more] = following + 1
        more = more[byte >= 0x80]
    at[more] = _NOWHERE
    return at, value


def _walk(data: bytes, at: int, wanted: Wanted) -> list[_Token]:
    walker = _Walker(Reader(data, at), wanted)
    walker.whole()
    return walker.tokens


class _Walker:
    """Notes what a reader passes."""

    def __init__(self, reader: Reader, wanted: Wanted) -> None:
        self.tokens: list[_Token] = []
        self._reader = reader
        self._wanted = wanted

    def whole(self) -> None:
        """Walk over a struct that is no field of another."""
        name = () if self._wanted(()) else None
        self._note(_Step.OPEN, self._reader.at, name)
        self.struct((), 0)
        self._note(_Step.CLOSE, self._reader.at, name)

    def struct(self, path: Path, depth: int) -> None:
        """Walk over a struct with everything in it."""
        previous = 0
        while True:
            start = self._reader.at
            header = self._reader.field_header(previous)
            self._note(_Step.SAME, start, None)
            if header is None:
                return
            previous, kind = header
            if kind not in BOOLEANS:
                self._value((*path, previous), kind, depth)

    def _value(self, path: Path, kind: Kind, depth: int) -> None:
        reader, start = self._reader, self._reader.at
        name = path if self._wanted(path) else None
        if kind in NUMBERS:
            reader.varint()
            self._note(_Step.NUMBER, start, name)
        elif kind is Kind.BINARY:
            reader.binary()
            self._note(_Step.BINARY, start, name)
        elif kind is Kind.STRUCT or kind in LISTS:
            self._note(_Step.OPEN, start, name)
            self._inner(path, kind, depth + 1)
            self._note(_Step.CLOSE, reader.at, name)
        else:
            reader.take(8 if kind is Kind.DOUBLE else 1)
            self._note(_Step.FIXED, start, name)

    def _inner(self, path: Path, kind: Kind, depth: int) -> None:
        if depth > DEEPEST:
            raise FormatError("Values are nested too deep.")
        if kind is Kind.STRUCT:
            self.struct(path, depth)
            return
        start = self._reader.at
        size, inner = self._reader.list_header()
        header = (*path, HEADER)
        self._note(_Step.SAME, start, header if self._wanted(header) else None)
        for position in range(size):
            self._value((*path, position), inner, depth)

    def _note(self, step: _Step, start: int, path: Path | None) -> None:
        token = _Token(step, start, self._reader.at, path)
        if path is None and step in (_Step.OPEN, _Step.CLOSE):
            return
        last = self.tokens[-1] if self.tokens else token
        if (last.step, last.path, step, path) == (_Step.SAME, None, _Step.SAME, None):
            token = token._replace(start=last.start)
            self.tokens[-1:] = []
        self.tokens.append(token)
