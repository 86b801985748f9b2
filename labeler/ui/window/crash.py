"""Errors that are ours: a report with the traceback. Decisions are on disk already."""

import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from labeler import __version__
from labeler.storage.program.crash_reports import write_crash_report


def install(show: Callable[[str], None]) -> None:
    """Report every error that nobody handled; `show` puts a sentence into the window."""

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        place = write_crash_report(f"Labeler {__version__}, Python {sys.version}\n\n{text}")
        where = f" Report: {place}" if place else ""
        show(f"This is an error of Labeler itself; your labels are safe.{where}")

    sys.excepthook = report
    threading.excepthook = lambda args: report(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
