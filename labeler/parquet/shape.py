"""Many Thrift structs that follow each other, read side by side.

    walked     | id, type | number 1 byte  | id, type | number 2 bytes | 0 |
    alike      | id, type | number 1 byte  | id, type | number 2 bytes | 0 |  one matrix of bytes
    alike      | id, type | number 3 bytes | id, type | number 1 byte  | 0 |  value by value
    another    | id, type | length, bytes …          | id, type | number | 0 |  walked in turn

A recorder writes one row group per episode, so a footer may hold 10^5 descriptions of column
chunks that differ in numbers only. One struct is walked byte by byte; its shape, the sequence of
headers and values, is then followed in all others at once, one array operation per value. A struct
of another shape is walked itself and lends its shape in turn. Where many neighbours have values of
the same lengths, too, they are the rows of a matrix of bytes, which is compared as a whole.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeler.parquet.thrift import FormatError, Reader
from labeler.parquet.walk import Bytes, Ints, Path, Token, TokenKind, Wanted, walk, walk_again

_MOST_SHAPES = 16  # a struct of a further shape is not compared with the others
_KEPT_SHAPES = 4
_FEW_RUNS = 4  # so many runs of structs with values of the same lengths are always read as such,
_MOST_RUNS = 32  # and further ones if no more than this many would be needed for all structs
_RUN_BLOCK = 256  # structs that are compared at a time
_NOWHERE = 1 << 48  # behind all data: a number did not end
_VARINT = rb"[\x80-\xff]{0,9}[\x00-\x7f]"


class Spans(NamedTuple):
    """Where a value lies in each struct, and what it is if it is a number; shape (structs,)."""

    start: Ints
    end: Ints
    value: Ints  # empty if it is not a number

    def take(self, index: Ints) -> "Spans":
        """The same of some of the structs."""
        value = self.value[index] if len(self.value) else self.value
        return Spans(self.start[index], self.end[index], value)

    def move(self, shift: Ints) -> "Spans":
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


class LastShapes:
    """Shapes of the structs walked last: files of one recorder have the same, one after another.

    For calls with one and the same `wanted`, also from several threads.
    """

    def __init__(self) -> None:
        self._known: tuple[tuple[list[Token], bytes], ...] = ()

    def walk(self, data: bytes, at: int, wanted: Wanted) -> list[Token]:
        """The same as the function `walk`, sooner where the struct has a known shape."""
        for tokens, model in self._known:
            if found := walk_again(tokens, model, data, at):
                return found
        tokens = walk(data, at, wanted)
        begin, end = tokens[0].start, tokens[-1].end
        moved = [Token(step, a - begin, b - begin, path) for step, a, b, path in tokens]
        self._known = ((moved, data[begin:end]), *self._known)[:_KEPT_SHAPES]
        return tokens


def read_structs(
    data: bytes, at: int, count: int, wanted: Wanted, known: LastShapes | None = None
) -> tuple[list[Alike], int]:
    """Read `count` structs that begin at byte `at`; the byte behind the last comes with them.

    Raises:
        FormatError: the bytes are not such structs.
    """
    padded = np.frombuffer(data + b"\0", np.uint8)
    runs: list[Alike] = []
    tokens = known.walk(data, at, wanted) if known is not None and count else []
    done = 0
    while done < count and (len(runs) < _FEW_RUNS or done * _MOST_RUNS > len(runs) * count):
        if done or not tokens:
            again = walk_again(tokens, data, data, at) if tokens else None
            tokens = again or walk(data, at, wanted)
        length, at, spans = _follow_run(tokens, data, padded, count - done)
        runs.append(Alike(np.arange(done, done + length), spans))
        done += length
    if done == count:
        return runs, at
    others, at = _read_shapes(data, padded, at, count - done, wanted)
    return [*runs, *(Alike(same.members + done, same.spans) for same in others)], at


def _read_shapes(
    data: bytes, padded: Bytes, at: int, count: int, wanted: Wanted
) -> tuple[list[Alike], int]:
    """The same for structs that differ in the lengths of their values."""
    known: dict[int, tuple[int, int, int]] = {}  # start of a struct: its end, shape and row
    shapes: list[dict[Path, Spans]] = []
    chosen: list[list[tuple[int, int]]] = []  # by shape: positions and rows
    for position in range(count):
        if at not in known:
            tokens = walk(data, at, wanted)
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
        tokens = walk(data, int(starts[left[0]]), wanted)
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
    data: bytes, at: int, tokens: list[Token], known: dict[int, tuple[int, int, int]]
) -> Ints:
    """Starts of structs that begin like this one, in order; some may turn out to be none."""
    pattern = b""
    for token in tokens:
        exact = token.step in (TokenKind.SAME, TokenKind.BINARY)
        pattern += (
            re.escape(data[token.start : token.end])
            if exact
            else _VARINT * (token.step is TokenKind.NUMBER)
        )
        if token.step in (TokenKind.BINARY, TokenKind.FIXED):
            break
    found = re.compile(pattern, re.DOTALL).finditer(data, at)
    return np.array([start for match in found if (start := match.start()) not in known])


def _follow(
    tokens: list[Token], data: bytes, padded: Bytes, starts: Ints
) -> tuple[Ints, dict[Path, Spans]]:
    """Follow a shape from every start: ends (0 where the shape is another one) and values."""
    at = starts
    same = np.ones(len(at), np.bool_)
    opened: dict[Path, Ints] = {}
    spans: dict[Path, Spans] = {}
    for step, start, end, path in tokens:
        before = at
        value = np.zeros(0, np.int64)
        if step is TokenKind.SAME:
            same &= _matches(padded, at, data[start:end])
        if step is TokenKind.NUMBER:
            at, value = _numbers(padded, at)
        elif step is TokenKind.BINARY:
            at, length = _varints(padded, at)
            at = at + np.minimum(length, len(data)).astype(np.int64)
        else:
            at = at + (end - start)  # nothing for OPEN and CLOSE
        if path is None:
            continue
        if step is TokenKind.OPEN:
            opened[path] = at
        else:
            spans[path] = Spans(opened.pop(path, before), at, value)
    return np.where(same & (at <= len(data)), at, 0), spans


def _follow_run(
    tokens: list[Token], data: bytes, padded: Bytes, most: int
) -> tuple[int, int, dict[Path, Spans]]:
    """Follow a shape through its own struct and those behind it whose values are as long.

    How many structs these are comes back, the byte behind them, and their values.
    """
    begin, size = tokens[0].start, tokens[-1].end - tokens[0].start
    expected, mask = _pattern(tokens, data)
    most = min(most, (len(data) - begin) // size)
    rows = padded[begin : begin + most * size].reshape(most, size)
    count = most
    for first in range(0, most, _RUN_BLOCK):
        same = ((rows[first : first + _RUN_BLOCK] ^ expected) & mask == 0).all(axis=1)
        if not same.all():
            count = first + int(np.argmin(same))
            break
    return count, begin + count * size, _spans_of(tokens, rows[:count])


def _spans_of(tokens: list[Token], rows: Bytes) -> dict[Path, Spans]:
    """Where values lie in structs of equal lengths, shape (structs, bytes), the first walked."""
    begin = tokens[0].start
    opened: dict[Path, int] = {}
    wanted: list[tuple[Path, int, int, bool]] = []
    for step, start, end, path in tokens:
        if path is not None and step is TokenKind.OPEN:
            opened[path] = start
        elif path is not None:
            wanted.append((path, opened.pop(path, start), end, step is TokenKind.NUMBER))
    first = np.array([start for _, start, _, _ in wanted], np.int64)
    last = np.array([end for _, _, end, _ in wanted], np.int64)
    number = np.array([is_number for _, _, _, is_number in wanted], np.bool_)
    value = _numbers_of(rows, first - begin, np.where(number, last - first, 0))
    move = np.arange(len(rows)) * rows.shape[1]
    none = np.zeros(0, np.int64)
    return {
        path: Spans(start + move, end + move, value[:, place] if is_number else none)
        for place, (path, start, end, is_number) in enumerate(wanted)
    }


def _pattern(tokens: list[Token], data: bytes) -> tuple[Bytes, Bytes]:
    """Bytes of a struct, and which bits others share if their values are as long as its own."""
    begin, end = tokens[0].start, tokens[-1].end
    mask = np.full(end - begin, 0xFF, np.uint8)
    for step, start, stop, _ in tokens:
        if step is TokenKind.NUMBER:
            mask[start - begin : stop - begin] = 0x80  # where a number goes on
        elif step is TokenKind.BINARY:
            reader = Reader(data, start)
            reader.varint()
            mask[reader.at - begin : stop - begin] = 0
        elif step is TokenKind.FIXED:
            mask[start - begin : stop - begin] = 0
    return np.frombuffer(data, np.uint8)[begin:end], mask


def _numbers_of(rows: Bytes, start: Ints, length: Ints) -> Ints:
    """Signed numbers at the same places of all rows: shape (rows, numbers), 0 for no length."""
    value = np.zeros((len(rows), len(start)), np.uint64)
    for place in range(int(length.max(initial=0))):
        there = np.flatnonzero(length > place)
        byte = (rows[:, start[there] + place] & 0x7F).astype(np.uint64)
        value[:, there] |= byte << np.uint64(7 * place)
    return _from_zigzag(value)


def _from_zigzag(value: NDArray[np.uint64]) -> Ints:
    """Numbers whose zigzag form is given."""
    return (value >> np.uint64(1)).astype(np.int64) ^ -(value & np.uint64(1)).astype(np.int64)


def _matches(padded: Bytes, at: Ints, expected: bytes) -> NDArray[np.bool_]:
    same = np.ones(len(at), np.bool_)
    for place, byte in enumerate(expected):
        same &= padded.take(at + place, mode="clip") == byte
    return same


def _numbers(padded: Bytes, at: Ints) -> tuple[Ints, Ints]:
    """Signed numbers at many places; the byte behind each comes first."""
    at, value = _varints(padded, at)
    return at, _from_zigzag(value)


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
