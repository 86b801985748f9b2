"""What happens when stdout or stderr go nowhere: a full disk, a reader that has ended, or none."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import TextIO, cast

from labeler.console.heartbeat import hear
from labeler.errors import StorageError

_STDERR = 2  # the last of the standard streams
READER_GONE = 141
"""Exit code of a program whose reader ended: 128 + SIGPIPE, as of any other in a pipeline."""


class _OutputLostError(BaseException):
    """Stdout cannot be written. No `except Exception` may take it for an error of its own."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _Stream:
    """A stream whose failures are told from those of any file."""

    def __init__(self, stream: TextIO, *, needed: bool) -> None:
        self._stream = stream
        self._needed = needed

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text; what is not `needed` is dropped where it cannot be written."""
        with self._watch():
            self._stream.write(text)
        hear()
        return len(text)

    def flush(self) -> None:
        """Send on what was written."""
        with self._watch():
            self._stream.flush()

    @contextmanager
    def _watch(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # What is left in the buffer would fail once more when the interpreter ends.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            if self._needed:
                raise _OutputLostError(error) from error


class _Closed(_Stream):
    """Stands for the stdout that a program was started without (`>&-`)."""

    def __init__(self) -> None:
        super().__init__(StringIO(), needed=True)

    def write(self, text: str) -> int:
        """Fail as writing to any closed file does."""
        if text:
            raise _OutputLostError(OSError(errno.EBADF, os.strerror(errno.EBADF)))
        return 0


def _occupy_standard_streams() -> None:
    """Keep the numbers of standard streams that were closed from the files that are opened next.

    Libraries write messages to them whatever they are.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(descriptor)


@contextmanager
def watch_output(program: str) -> Iterator[None]:
    """Run a program; if its output cannot be written it ends with a sentence and an exit code.

    Raises:
        SystemExit: with 141 where nobody reads any more, with 5 where the disk is full or stdout
            was closed.
    """
    before = sys.stdout, sys.stderr
    if None in before:
        _occupy_standard_streams()
    out = _Closed() if sys.stdout is None else _Stream(sys.stdout, needed=True)
    sys.stdout = cast("TextIO", out)
    if sys.stderr is not None:
        sys.stderr = cast("TextIO", _Stream(sys.stderr, needed=False))
    try:
        yield
    except _OutputLostError as lost:
        if isinstance(lost.cause, BrokenPipeError):
            raise SystemExit(READER_GONE) from None
        reason = lost.cause.strerror or str(lost.cause)
        if sys.stderr is not None:
            sys.stderr.write(
                f"{program}: The output cannot be written: {reason}.\n"
                "Free some room or send the output elsewhere.\n"
            )
        raise SystemExit(StorageError.exit_code) from None
    finally:
        sys.stdout, sys.stderr = before
