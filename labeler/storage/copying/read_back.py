"""What was written is read again by other threads while the rest is written."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from io import RawIOBase
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

import pyarrow as pa

from labeler.cures import RetryAfter
from labeler.dataset.files import sha256
from labeler.disk.errors import report_errors, report_source_errors
from labeler.errors import CheckFailedError
from labeler.parquet.reading import read_table
from labeler.parquet.splice import SplicedFile

_BLOCK = 4 << 20  # a thread that wants to go on waits for its turn, so it should not want to often
_THREADS = 2


class ReadBack:
    """Reads files again that were just written, each as a whole or only some columns.

    The kernel copies files without showing anybody the bytes, so a copy is read together with its
    source: its digest is that of what can be read from the copy.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="read back")
        self._digests: dict[str, Future[str]] = {}
        self._columns: list[Future[None]] = []
        self._given_up = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._given_up.set()
        self._pool.shutdown(cancel_futures=True)

    def copy(self, name: str, path: Path, source: Path) -> None:
        """Compare a copy, which is called `name` in `digests`, with its source."""
        self._digests[name] = self._pool.submit(compare, source, path, self._given_up)

    def whole(self, name: str, path: Path, written: SplicedFile) -> None:
        """Read every byte of a parquet file, which is called `name` in `digests`."""
        self._digests[name] = self._pool.submit(_reread, path, written.digest)

    def columns(self, path: Path, columns: Mapping[str, pa.Array]) -> None:
        """Let pyarrow read columns that were written."""
        self._columns.append(self._pool.submit(_check_columns, path, columns))

    def digests(self) -> dict[str, str]:
        """SHA-256 of the files by their names, once everything was read.

        Raises:
            SourceChangedError: a source cannot be read, or no longer.
            CheckFailedError: a file is not what its source is, or what was written.
        """
        for columns in self._columns:
            columns.result()
        return {name: digest.result() for name, digest in self._digests.items()}


def compare(source: Path, copy: Path, given_up: Event | None = None) -> str:
    """SHA-256 of a copy that is compared with its source byte by byte.

    Ends early, with any digest, once it is `given_up`.

    Raises:
        SourceChangedError: the source cannot be read, or no longer.
        StorageError: the copy cannot be read.
        CheckFailedError: they are not the same.
    """
    digest = hashlib.sha256()
    here, there = bytearray(_BLOCK), bytearray(_BLOCK)
    with report_errors(copy), copy.open("rb", buffering=0) as written, _open(source) as original:
        while True:
            count = _fill(written, here)
            with report_source_errors(source):
                same = _fill(original, there) == count
            # the whole buffers while they are full: slices would be copies
            if not same or (here != there if count == _BLOCK else here[:count] != there[:count]):
                raise _different(copy, source)
            digest.update(memoryview(here)[:count])
            if count < _BLOCK or (given_up is not None and given_up.is_set()):
                return digest.hexdigest()


def _reread(path: Path, written: str) -> str:
    if sha256(path) != written:
        raise CheckFailedError(
            f"{path} does not hold what was written into it.",
            "Nothing was kept.",
            RetryAfter("Check the disk"),
        )
    return written


def _check_columns(path: Path, columns: Mapping[str, pa.Array]) -> None:
    written = read_table(path, list(columns), many_groups=True)
    for name, values in columns.items():
        found = written[name].combine_chunks()
        if not found.equals(pa.chunked_array([values]).combine_chunks()):
            raise AssertionError(f"{path}: column {name} does not read back as written")


def _fill(file: RawIOBase, buffer: bytearray) -> int:
    """Read until the buffer is full or the file ends; the number of bytes comes back."""
    view = memoryview(buffer)
    done = 0
    while done < len(view) and (count := file.readinto(view[done:]) or 0):
        done += count
    return done


def _open(source: Path) -> RawIOBase:
    with report_source_errors(source):
        return source.open("rb", buffering=0)


def _different(copy: Path, source: Path) -> CheckFailedError:
    return CheckFailedError(
        f"{copy} is not what {source} is.",
        "Nothing was kept.",
        RetryAfter("Wait until the recording is finished and check the disk"),
    )
