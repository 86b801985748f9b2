"""The order of columns before and after a splice, and the schema that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from labeler.parquet.column import EncodedColumns
from labeler.parquet.footer import Footer
from labeler.parquet.metadata import edit_metadata
from labeler.parquet.schema import ElementField, FileField, ParquetColumn, structs
from labeler.parquet.thrift import FormatError, Items, Struct, ThriftField, ThriftType
from labeler.parquet.walk import Ints


@dataclass(frozen=True)
class ColumnPlace:
    """Where encoded columns go: over chunks `[leaf, leaf_end)`, or between two if empty."""

    encoded: EncodedColumns
    leaf: int
    leaf_end: int


@dataclass(frozen=True)
class Gap:
    """Where neighbouring new columns are to go: over chunks `[leaf, leaf_end)`, or between two."""

    names: tuple[str, ...]
    leaf: int
    leaf_end: int


def arrange(
    old: Sequence[ParquetColumn], new: Sequence[str], before: str
) -> list[ParquetColumn | Gap]:
    """The columns of the new file in their order: old ones that stay, and gaps for new ones.

    A column that is there is replaced where it is; others go before the column `before` or to the
    end. What comes to lie side by side is one gap: to write columns together costs less.
    """
    there = {column.name for column in old}
    added = tuple(name for name in new if name not in there)
    order: list[ParquetColumn | Gap] = []
    for column in old:
        if added and column.name == before:
            _put(order, Gap(added, column.leaf, column.leaf))
        if column.name in new:
            _put(order, Gap((column.name,), column.leaf, column.leaf_end))
        else:
            order.append(column)
    if added and before not in there:
        _put(order, Gap(added, old[-1].leaf_end, old[-1].leaf_end))
    return order


def _put(order: list[ParquetColumn | Gap], gap: Gap) -> None:
    last = order[-1] if order else None
    if isinstance(last, Gap):
        order[-1] = Gap((*last.names, *gap.names), last.leaf, gap.leaf_end)
    else:
        order.append(gap)


@dataclass(frozen=True)
class SpliceLayout:
    """Old columns that stay and new ones, in the order of the new file."""

    footer: Footer
    order: Sequence[ParquetColumn | ColumnPlace]

    @cached_property
    def places(self) -> list[ColumnPlace]:
        """Where new columns go, in file order."""
        return [item for item in self.order if isinstance(item, ColumnPlace)]

    @cached_property
    def remaining(self) -> Ints:
        """Chunks of each row group that stay, by their old positions."""
        kept = [
            np.arange(item.leaf, item.leaf_end)
            for item in self.order
            if isinstance(item, ParquetColumn)
        ]
        return np.concatenate([*kept, np.zeros(0, np.int64)])

    @cached_property
    def outgoing(self) -> Ints:
        """Chunks of each row group that go, by their old positions."""
        gone = [np.arange(place.leaf, place.leaf_end) for place in self.places]
        return np.concatenate([*gone, np.zeros(0, np.int64)])

    @cached_property
    def leaves(self) -> int:
        """Chunks of each row group in the new file."""
        return len(self.remaining) + sum(len(place.encoded.leaves) for place in self.places)

    def new_position(self, leaf: int) -> int | None:
        """The new position of an old chunk in its row group; None for one that is replaced."""
        if leaf not in self.remaining:
            return None
        shift = sum(
            len(place.encoded.leaves) - (place.leaf_end - place.leaf)
            for place in self.places
            if place.leaf_end <= leaf
        )
        return leaf + shift

    def fields(self) -> Struct:
        """FileMetaData of the new file, without the row groups.

        Raises:
            FormatError: the schema of the source contradicts itself.
        """
        old = self.footer.elements
        names = [name for item in self.order for name in _names(item)]
        elements = [old[0] | {ElementField.CHILDREN: ThriftField(ThriftType.I32, len(names))}]
        for item in self.order:
            if isinstance(item, ParquetColumn):
                elements += old[item.element : item.element_end]
            else:
                elements += item.encoded.footer.elements[1:]
        pairs = structs(self.footer.fields, FileField.METADATA)
        new = {
            FileField.SCHEMA: elements,
            FileField.METADATA: edit_metadata(pairs, names),
            FileField.COLUMN_ORDERS: self._column_orders(),
        }
        return self.footer.fields | {
            number: ThriftField(ThriftType.LIST, Items(ThriftType.STRUCT, list(values)))
            for number, values in new.items()
            if number in self.footer.fields
        }

    def _column_orders(self) -> list[Struct]:
        old = structs(self.footer.fields, FileField.COLUMN_ORDERS)
        if not old:
            return []
        if len(old) != len(self.remaining) + len(self.outgoing):
            raise FormatError("Its column orders do not fit its schema.")
        orders: list[Struct] = []
        for item in self.order:
            if isinstance(item, ParquetColumn):
                orders += old[item.leaf : item.leaf_end]
            else:
                orders += structs(item.encoded.footer.fields, FileField.COLUMN_ORDERS)
        return orders


def _names(item: ParquetColumn | ColumnPlace) -> Sequence[str | pa.Field]:
    """The name of a column that stays, or the fields of new ones."""
    return (item.name,) if isinstance(item, ParquetColumn) else item.encoded.fields
