"""How a command that another program started hands an error over: as data, a line on stderr.

A program that says what would help in words of its own, as the window does, sets `VARIABLE` for the
commands that it starts; they then print a `Failed` event after what happened.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from labeler.contracts.events import Failed, line, parse
from labeler.errors import LabelerError

VARIABLE = "LABELER_ERRORS"
_DATA = "json"


def failure_event(error: LabelerError) -> Failed:
    """An error as an event, with all that would help."""
    return Failed(message=error.message, cures=error.cures, setting=error.setting)


def error_line(error: LabelerError) -> str:
    """The line that hands an error over; empty where nobody asked for it."""
    return line(failure_event(error)) if os.environ.get(VARIABLE) == _DATA else ""


def last_failure(printed: Sequence[str]) -> Failed | None:
    """The error that a command handed over last, among the lines that it printed."""
    events = (parse(text) for text in reversed(printed) if text.startswith("{"))
    return next((event for event in events if isinstance(event, Failed)), None)


@contextmanager
def errors_as_data() -> Iterator[None]:
    """Commands that are started here hand their errors over as data."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = _DATA
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
