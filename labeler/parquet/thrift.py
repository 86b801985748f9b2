"""Thrift compact protocol: structs of unknown meaning, read and written back.

Source: Apache Thrift, doc/specs/thrift-compact-protocol.md. Maps and UUIDs do not occur in
parquet's footer (parquet.thrift) and are refused.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, TypeAlias

DEEPEST = 32  # nesting allowed; parquet.thrift needs seven levels
_LONGEST_NUMBER = 10  # bytes of a 64-bit varint
_LONG_LIST = 15  # from here on the length of a list follows its header


class FormatError(ValueError):
    """The bytes are not what the format asks for."""


class ThriftType(IntEnum):
    """Type codes of the protocol; a true and a false field carry their value in the code."""

    TRUE = 1
    FALSE = 2
    BYTE = 3
    I16 = 4
    I32 = 5
    I64 = 6
    DOUBLE = 7
    BINARY = 8
    LIST = 9
    SET = 10
    STRUCT = 12


_KINDS = {kind.value: kind for kind in ThriftType}
NUMBERS = frozenset({ThriftType.I16, ThriftType.I32, ThriftType.I64})
BOOLEANS = frozenset({ThriftType.TRUE, ThriftType.FALSE})
LISTS = frozenset({ThriftType.LIST, ThriftType.SET})


@dataclass(frozen=True)
class Items:
    """Elements of a list or set, all of one kind."""

    kind: ThriftType
    values: list["Value"]


class Raw(bytes):
    """A value that is encoded already and is written as it stands."""


class ThriftField(NamedTuple):
    """One field of a struct; doubles and bytes are kept as the bytes they are."""

    kind: ThriftType
    value: "Value"


Struct: TypeAlias = dict[int, ThriftField]
Value: TypeAlias = int | bytes | Items | Struct


class Reader:
    """Reads values from `data`, starting at byte `at`; FormatError where they make no sense."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self.at + count
        if end > len(self.data):
            raise FormatError(f"{count} bytes are missing at byte {self.at}.")
        found = self.data[self.at : end]
        self.at = end
        return found

    def varint(self) -> int:
        """An unsigned number, seven bits a byte, lowest first."""
        if self.at < len(self.data) and (first := self.data[self.at]) < 0x80:  # nearly always
            self.at += 1
            return first
        value = 0
        for index, byte in enumerate(self.data[self.at : self.at + _LONGEST_NUMBER]):
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                self.at += index + 1
                return value
        raise FormatError(f"A number at byte {self.at} does not end.")

    def number(self) -> int:
        """A signed number in zigzag form."""
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def binary(self) -> bytes:
        """Bytes behind their length."""
        return self.take(self.varint())

    def field_header(self, previous: int) -> tuple[int, ThriftType] | None:
        """Id and kind of the next field; None at the end of the struct."""
        header = self.take(1)[0]
        if header == 0:
            return None
        number = previous + (header >> 4) if header >> 4 else self.number()
        return number, _kind(header & 15)

    def list_header(self) -> tuple[int, ThriftType]:
        """Length and element kind of a list or set."""
        header = self.take(1)[0]
        size = header >> 4 if header >> 4 < _LONG_LIST else self.varint()
        if size > len(self.data) - self.at:
            raise FormatError(f"A list of {size} is longer than the rest of the data.")
        return size, _kind(header & 15)

    def struct(self, depth: int = 0) -> Struct:
        """A struct with everything in it."""
        if depth > DEEPEST:
            raise FormatError("Structs are nested too deep.")
        found: Struct = {}
        previous = 0
        while (header := self.field_header(previous)) is not None:
            previous, kind = header
            found[previous] = self.field(kind, depth)
        return found

    def field(self, kind: ThriftType, depth: int = 0) -> ThriftField:
        """The value behind a field's header."""
        if kind in BOOLEANS:
            return ThriftField(kind, int(kind is ThriftType.TRUE))
        return ThriftField(kind, self.value(kind, depth))

    def value(self, kind: ThriftType, depth: int = 0) -> Value:
        """A value that is no field of its own (there, booleans are one byte)."""
        if kind in NUMBERS:
            return self.number()
        if kind is ThriftType.BINARY:
            return self.binary()
        if kind is ThriftType.STRUCT:
            return self.struct(depth + 1)
        if kind in LISTS:
            if depth > DEEPEST:
                raise FormatError("Lists are nested too deep.")
            size, inner = self.list_header()
            return Items(inner, [self.value(inner, depth + 1) for _ in range(size)])
        return self.take(8) if kind is ThriftType.DOUBLE else self.take(1)[0]


def encode_varint(value: int) -> bytes:
    """Bytes of an unsigned number."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def encode_number(value: int) -> bytes:
    """Bytes of a signed number in zigzag form."""
    return encode_varint(value << 1 if value >= 0 else (-value << 1) - 1)


def encode_list_header(size: int, kind: ThriftType) -> bytes:
    """Bytes in front of the elements of a list or set."""
    if size < _LONG_LIST:
        return bytes([size << 4 | kind])
    return bytes([_LONG_LIST << 4 | kind]) + encode_varint(size)


def encode_struct(struct: Struct) -> bytes:
    """Bytes of a struct; fields in ascending order of their ids."""
    parts = []
    previous = 0
    for number, (kind, value) in sorted(struct.items()):
        step = number - previous
        short = 0 < step <= 15
        parts.append(bytes([step << 4 | kind]) if short else bytes([kind]) + encode_number(number))
        if kind not in BOOLEANS:
            parts.append(encode_value(kind, value))
        previous = number
    return b"".join(parts) + b"\0"


def encode_value(kind: ThriftType, value: Value) -> bytes:
    """Bytes of a value without a field's header."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, Items):
        parts = [encode_value(value.kind, item) for item in value.values]
        return encode_list_header(len(parts), value.kind) + b"".join(parts)
    if isinstance(value, dict):
        return encode_struct(value)
    if isinstance(value, bytes):
        return value if kind is ThriftType.DOUBLE else encode_varint(len(value)) + value
    return encode_number(value) if kind in NUMBERS else bytes([value])


def _kind(code: int) -> ThriftType:
    if (kind := _KINDS.get(code)) is None:
        raise FormatError(f"Type {code} does not occur in parquet.")
    return kind
