"""Replace or insert columns of a parquet file; every other column is copied byte for byte.

    source   PAR1 | chunk A | chunk B | chunk C | page indexes | footer | its length | PAR1
                    copied    encoded   copied    patched        patched
    copy     PAR1 | chunk A | CHUNK B | chunk C | PAGE INDEXES | FOOTER | ITS LENGTH | PAR1

To read everything and write it again would let Arrow choose other pages, encodings and statistics
for columns that nobody touched. What is copied as bytes reads the same everywhere, and one digest
over it proves that.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from labeler.disk import NewFile, remove_file
from labeler.errors import DamagedDatasetError, StorageError
from labeler.parquet.body import Body, chunk_ranges, plan_body
from labeler.parquet.column import encode_columns, style_of
from labeler.parquet.ending import encode_ending
from labeler.parquet.footer import Footer, read_footer, read_range
from labeler.parquet.layout import ColumnPlace, SpliceLayout, arrange
from labeler.parquet.schema import ParquetColumn, columns_of
from labeler.parquet.thrift import FormatError
from labeler.parquet.walk import Ints

_BLOCK = 1 << 20  # what is copied and digested meanwhile stays in the processor's cache


@dataclass(frozen=True)
class SplicedFile:
    """What was written.

    `digest` is the SHA-256 of the whole file of `size` bytes, `untouched` that of the chunks of
    all columns that were not written, in file order: the source has the same.
    """

    rows: int
    size: int
    digest: str
    untouched: str


class Splice:
    """A parquet file with other values in some columns, which is still to be written.

    A column that exists is replaced where it is, also by one of another type; the others are put
    before the column `before`, or at the end if there is none. Row groups, compression and
    metadata stay; the descriptions of columns for Arrow and `datasets` follow.
    """

    def __init__(
        self,
        source: Path,
        columns: Mapping[str, pa.Array],
        *,
        before: str = "timestamp",
        content: pa.Buffer | None = None,
    ) -> None:
        """Work out where which bytes go; `content` is that of the source, if it is not a file.

        Raises:
            ValueError: a column has another number of rows than the file.
            DamagedDatasetError: the source is no parquet file, or broken, or encrypted.
        """
        self._source, self._content = source, content
        with _translate_errors(source), self._open() as file:
            footer = read_footer(file)
            self._start, self._rows = footer.start, footer.rows
            self._layout = _layout(file, footer, columns, before)
            self._body = plan_body(file, self._layout)

    def with_ending(self) -> "Splice":
        """The same, with the end of the file, too, which is else worked out while writing."""
        with _translate_errors(self._source):
            assert self._ending
        return self

    def write(self, destination: Path) -> SplicedFile:
        """Write the new file `destination`.

        Raises:
            DamagedDatasetError: the source is broken or cannot be read any more.
            StorageError: the destination cannot be written, or exists.
        """
        with (
            _translate_errors(self._source),
            self._open() as file,
            _new_file(destination) as writer,
            ThreadPoolExecutor(1) as pool,
        ):
            copy = _Copy(file, writer)
            # waits for the disk while the end is worked out
            copied = pool.submit(copy.body, self._body, self._start)
            ending = self._ending
            copied.result()
            copy.end(ending)
        return SplicedFile(
            self._rows, copy.size, copy.digest.hexdigest(), copy.untouched.hexdigest()
        )

    @cached_property
    def _ending(self) -> list[bytes]:
        with self._open() as file:
            ending = encode_ending(file, self._layout, self._body)
        del self._layout  # it describes up to 10^5 chunks, and nobody needs it any more
        return ending

    def _open(self) -> BinaryIO:
        if self._content is None:
            return _open(self._source)
        return BytesIO(memoryview(self._content))


def digest_without(path: Path, columns: Collection[str]) -> str:
    """SHA-256 of the chunks of all columns but those in `columns`, in file order.

    Raises:
        DamagedDatasetError: this is no parquet file, or it is broken or encrypted.
    """
    digest = hashlib.sha256()
    with _translate_errors(path), _open(path) as file:
        footer = read_footer(file)
        kept = [
            np.arange(column.leaf, column.leaf_end)
            for column in columns_of(footer.elements)
            if column.name not in columns
        ]
        leaves = np.concatenate([*kept, np.zeros(0, np.int64)])
        start, end = chunk_ranges(footer, leaves)
        for at in range(0, footer.start, _BLOCK):
            block = memoryview(read_range(file, at, min(at + _BLOCK, footer.start)))
            digest.update(b"".join(_inside(block, at, start, end)))
    return digest.hexdigest()


def _layout(
    file: BinaryIO, footer: Footer, new: Mapping[str, pa.Array], before: str
) -> SpliceLayout:
    """Encode the new columns and find their places."""
    old = columns_of(footer.elements)
    if not old:
        raise FormatError("It has no columns.")
    beside = next((c for c in old if c.name == before), old[-1])
    style = style_of(file, footer, beside.leaf)
    rows = footer.groups.rows
    order = [
        item
        if isinstance(item, ParquetColumn)
        else ColumnPlace(
            encode_columns({name: new[name] for name in item.names}, rows, style),
            item.leaf,
            item.leaf_end,
        )
        for item in arrange(old, list(new), before)
    ]
    return SpliceLayout(footer, order)


def _open(path: Path) -> BinaryIO:
    return path.open("rb", buffering=0)


class _Copy:
    """Copies block by block and takes the digests meanwhile, in other threads."""

    def __init__(self, file: BinaryIO, writer: NewFile) -> None:
        self.digest = hashlib.sha256()
        self.untouched = hashlib.sha256()
        self.size = 0
        self._file = file
        self._writer = writer

    def body(self, body: Body, end: int) -> None:
        """Write bytes `[0, end)` of the source with what goes and what comes."""
        pieces = _Pieces(body)
        pending: list[Future[None]] = []
        with ThreadPoolExecutor(2) as pool:
            for at in range(0, end, _BLOCK):
                block = memoryview(read_range(self._file, at, min(at + _BLOCK, end)))
                kept = list(_inside(block, at, body.kept, body.kept_end))
                new = b"".join(pieces.of(block, at, last=at + len(block) == end))
                for future in pending:
                    future.result()
                pending = [
                    pool.submit(_update, self.digest, [new]),
                    pool.submit(_update, self.untouched, kept),
                ]
                self.size += self._writer.write(new)

    def end(self, parts: Sequence[bytes]) -> None:
        """Write what follows the body."""
        for part in parts:
            self.digest.update(part)
            self.size += self._writer.write(part)


class _Pieces:
    """Cuts blocks of the source, in order, into what stays and puts in what comes."""

    def __init__(self, body: Body) -> None:
        self._start = body.ranges.start.tolist()
        self._end = body.ranges.end.tolist()
        self._inserted = body.inserted
        self._next = 0

    def of(self, block: memoryview, at: int, *, last: bool) -> Iterator[memoryview]:
        """Pieces that take the place of a block that begins at byte `at`."""
        end = at + len(block)
        done = max(at, self._end[self._next - 1]) if self._next else at
        while self._next < len(self._start):
            start = self._start[self._next]
            if start > end or (start == end and not last):
                break
            yield block[done - at : start - at]
            yield self._inserted[self._next]
            done = self._end[self._next]
            self._next += 1
        if done < end:
            yield block[done - at :]


def _inside(block: memoryview, at: int, start: Ints, end: Ints) -> Iterator[memoryview]:
    """The parts of ascending ranges that lie in a block, which begins at byte `at`."""
    first = int(np.searchsorted(end, at, side="right"))
    last = int(np.searchsorted(start, at + len(block), side="left"))
    bounds = zip(start[first:last].tolist(), end[first:last].tolist(), strict=True)
    for begin, stop in bounds:
        yield block[max(begin - at, 0) : stop - at]


def _update(digest: "hashlib._Hash", parts: Sequence[memoryview | bytes]) -> None:
    digest.update(parts[0] if len(parts) == 1 else b"".join(parts))


@contextmanager
def _new_file(path: Path) -> Iterator[NewFile]:
    """A new file that is removed again if writing it fails."""
    made = False
    try:
        with NewFile(path) as file:
            made = True
            yield file
    except BaseException:
        if made:
            with suppress(StorageError):
                remove_file(path)
        raise


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    hint = "Copy it again from where it was recorded, or leave its episodes out."
    try:
        yield
    except FormatError as error:
        raise DamagedDatasetError(f"{path} is not an intact parquet file. {error}", hint) from error
    except OSError as error:
        raise DamagedDatasetError(f"{path} cannot be read: {error.strerror}.", hint) from error
