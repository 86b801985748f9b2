"""What happens when stdout or stderr go nowhere: a full disk, or a reader that has ended."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast

from labeler.console.heartbeat import hear
from labeler.errors import StorageError

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


@contextmanager
def watch_output(program: str) -> Iterator[None]:
    """Run a program; if its output cannot be written it ends with a sentence and an exit code.

    Raises:
        SystemExit: with 141 where nobody reads any more, with 5 where the disk is full.
    """
    before = sys.stdout, sys.stderr
    if sys.stdout is not None:  # there is none where it was closed
        sys.stdout = cast("TextIO", _Stream(sys.stdout, needed=True))
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
