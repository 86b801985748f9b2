"""`python -m tests.classifier.halting PATTERN TIMES …`: `labeler-train` that stops by itself.

It stops (SIGSTOP) right after the text that has PATTERN for the TIMESth time, on stdout, on stderr
or as a line that is added to a file, and goes on when it is told to (SIGCONT). So a test that acts
in the middle of its work does not have to be faster than it.
"""

import os
import re
import signal
import sys
from pathlib import Path
from typing import TextIO

from classifier import output
from classifier.cli import main


class Halt:
    """Stops the process once."""

    def __init__(self, pattern: str, times: int) -> None:
        self._pattern, self._left = re.compile(pattern), times

    def after(self, text: str) -> None:
        """Stop if this was the text."""
        if self._pattern.search(text):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGSTOP)


class Halting:
    """A stream whose texts are looked at."""

    def __init__(self, stream: TextIO, halt: Halt) -> None:
        self._stream, self._halt = stream, halt

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        count = self._stream.write(text)
        self._stream.flush()
        self._halt.after(text)
        return count


def halt_at(halt: Halt) -> None:
    """From now on every text is looked at."""
    append = output.append_line

    def append_line(path: Path, text: str) -> None:
        append(path, text)
        halt.after(text)

    output.append_line = append_line
    sys.stdout, sys.stderr = Halting(sys.stdout, halt), Halting(sys.stderr, halt)


if __name__ == "__main__":
    halt_at(Halt(sys.argv.pop(1), int(sys.argv.pop(1))))
    main()
