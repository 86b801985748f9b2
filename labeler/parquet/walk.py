"""Walking over a Thrift struct: what it consists of, as a pattern for others like it.

    | id, type | number  | id, type | length  | bytes … | id, type | field | field | 0 | 0 |
      1 byte     1 to 10   1 byte     1 to 10             1 byte     '- struct inside -'  end

In Thrift's compact form a number has as many bytes as it needs, so nothing says where a field
begins but the fields before it. A footer has 100,000 such structs of one shape: the first is walked
field by field, and the tokens found are then looked for in all others at once (`shape`).
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from labeler.parquet.thrift import (
    BOOLEANS,
    DEEPEST,
    LISTS,
    NUMBERS,
    FormatError,
    Reader,
    ThriftType,
)

Ints: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Path: TypeAlias = tuple[int, ...]  # field ids, and positions in lists, from the struct inwards
Wanted: TypeAlias = Callable[[Path], bool]

HEADER = -1  # last step of the path to the header of a list


class TokenKind(Enum):
    """Kinds of tokens."""

    SAME = auto()  # bytes that every struct of the shape has
    NUMBER = auto()
    BINARY = auto()
    FIXED = auto()  # so many bytes of any value
    OPEN = auto()
    CLOSE = auto()


class Token(NamedTuple):
    """Bytes `[start, end)` of the struct that lends its shape to others."""

    step: TokenKind
    start: int
    end: int
    path: Path | None  # only if wanted


def walk(data: bytes, at: int, wanted: Wanted) -> list[Token]:
    """The shape of the struct that begins at byte `at`; wanted values are named by their paths.

    Raises:
        FormatError: the bytes are not a struct.
    """
    walker = _Walker(Reader(data, at), wanted)
    walker.whole()
    return walker.tokens


def walk_again(tokens: list[Token], model: bytes, data: bytes, at: int) -> list[Token] | None:
    """A shape known from `model`, with the lengths it has in the struct at byte `at` of `data`;
    None if that is another.

    Raises:
        FormatError: the bytes end too early.
    """
    found = []
    for step, start, end, path in tokens:
        begin = at
        if step is TokenKind.NUMBER or step is TokenKind.BINARY:
            reader = Reader(data, at)
            length = reader.varint()
            at = reader.at + (length if step is TokenKind.BINARY else 0)
        else:
            at += end - start  # nothing for OPEN and CLOSE
            if step is TokenKind.SAME and data[begin:at] != model[start:end]:
                return None
        found.append(Token(step, begin, at, path))
    return found if at <= len(data) else None


class _Walker:
    """Notes what a reader passes."""

    def __init__(self, reader: Reader, wanted: Wanted) -> None:
        self.tokens: list[Token] = []
        self._reader = reader
        self._wanted = wanted

    def whole(self) -> None:
        """Walk over a struct that is no field of another."""
        name = () if self._wanted(()) else None
        self._note(TokenKind.OPEN, self._reader.at, name)
        self.struct((), 0)
        self._note(TokenKind.CLOSE, self._reader.at, name)

    def struct(self, path: Path, depth: int) -> None:
        """Walk over a struct with everything in it."""
        previous = 0
        while True:
            start = self._reader.at
            header = self._reader.field_header(previous)
            self._note(TokenKind.SAME, start, None)
            if header is None:
                return
            previous, kind = header
            if kind not in BOOLEANS:
                self._value((*path, previous), kind, depth)

    def _value(self, path: Path, kind: ThriftType, depth: int) -> None:
        reader, start = self._reader, self._reader.at
        name = path if self._wanted(path) else None
        if kind in NUMBERS:
            reader.varint()
            self._note(TokenKind.NUMBER, start, name)
        elif kind is ThriftType.BINARY:
            reader.binary()
            self._note(TokenKind.BINARY, start, name)
        elif kind is ThriftType.STRUCT or kind in LISTS:
            self._note(TokenKind.OPEN, start, name)
            self._inner(path, kind, depth + 1)
            self._note(TokenKind.CLOSE, reader.at, name)
        else:
            reader.take(8 if kind is ThriftType.DOUBLE else 1)
            self._note(TokenKind.FIXED, start, name)

    def _inner(self, path: Path, kind: ThriftType, depth: int) -> None:
        if depth > DEEPEST:
            raise FormatError("Values are nested too deep.")
        if kind is ThriftType.STRUCT:
            self.struct(path, depth)
            return
        start = self._reader.at
        size, inner = self._reader.list_header()
        header = (*path, HEADER)
        self._note(TokenKind.SAME, start, header if self._wanted(header) else None)
        for position in range(size):
            self._value((*path, position), inner, depth)

    def _note(self, step: TokenKind, start: int, path: Path | None) -> None:
        token = Token(step, start, self._reader.at, path)
        if path is None and step in (TokenKind.OPEN, TokenKind.CLOSE):
            return
        if path is None and step is TokenKind.SAME and self.tokens:
            last = self.tokens[-1]
            if last.step is TokenKind.SAME and last.path is None:
                self.tokens[-1] = Token(step, last.start, token.end, None)
                return
        self.tokens.append(token)
