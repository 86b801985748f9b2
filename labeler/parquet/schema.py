"""Parquet's schema: the columns of a table, and the leaves that a file keeps for them.

Source: apache/parquet-format, src/main/thrift/parquet.thrift.
"""

from enum import IntEnum
from typing import NamedTuple

from labeler.parquet.thrift import FormatError, Items, Struct, ThriftType


class FileField(IntEnum):
    """Fields of FileMetaData."""

    VERSION = 1
    SCHEMA = 2
    ROWS = 3
    ROW_GROUPS = 4
    METADATA = 5
    COLUMN_ORDERS = 7
    ENCRYPTION = 8


class ElementField(IntEnum):
    """Fields of SchemaElement."""

    NAME = 4
    CHILDREN = 5


class ParquetColumn(NamedTuple):
    """A column of the table: `[element, element_end)` of the schema, `[leaf, leaf_end)` chunks."""

    name: str
    element: int
    element_end: int
    leaf: int
    leaf_end: int


def columns_of(elements: list[Struct]) -> list[ParquetColumn]:
    """The columns of a table from its schema tree.

    Raises:
        FormatError: the tree does not end where the list does, or two columns have one name.
    """
    found = []
    element, leaf = 1, 0
    for _ in range(_children(elements, 0)):
        end, leaf_end = _subtree(elements, element, leaf)
        name = binary(elements[element], ElementField.NAME).decode(errors="replace")
        found.append(ParquetColumn(name, element, end, leaf, leaf_end))
        element, leaf = end, leaf_end
    if element != len(elements) or len({column.name for column in found}) != len(found):
        raise FormatError("Its schema contradicts itself.")
    return found


def _subtree(elements: list[Struct], element: int, leaf: int) -> tuple[int, int]:
    """Position and leaf behind the element and all below it."""
    pending = 1
    while pending:
        children = _children(elements, element)
        pending += children - 1
        leaf += children == 0
        element += 1
    return element, leaf


def _children(elements: list[Struct], element: int) -> int:
    if element >= len(elements):
        raise FormatError("Its schema ends too early.")
    field = elements[element].get(ElementField.CHILDREN)
    count = 0 if field is None else field.value
    if not isinstance(count, int) or count < 0:
        raise FormatError("Its schema contradicts itself.")
    return count


def integer(struct: Struct, number: int) -> int:
    """A number of a struct; FormatError where it is missing."""
    field = struct.get(number)
    if field is None or not isinstance(field.value, int):
        raise FormatError(f"Field {number} is missing in its footer.")
    return field.value


def binary(struct: Struct, number: int) -> bytes:
    """Bytes of a struct; FormatError where they are missing."""
    field = struct.get(number)
    if field is None or field.kind is not ThriftType.BINARY or not isinstance(field.value, bytes):
        raise FormatError(f"Field {number} is missing in its footer.")
    return field.value


def structs(struct: Struct, number: int) -> list[Struct]:
    """A list of structs inside a struct; empty where it is missing."""
    field = struct.get(number)
    if field is None:
        return []
    if not isinstance(field.value, Items):
        raise FormatError(f"Field {number} of its footer is no list.")
    found = [value for value in field.value.values if isinstance(value, dict)]
    if len(found) != len(field.value.values):
        raise FormatError(f"Field {number} of its footer is no list of structs.")
    return found
