"""How far a command is: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from labeler.console.output import messages, say
from labeler.labels.wording import size_text
from labeler.progress import Progress

EVERY = 5.0
"""Seconds between two lines."""


def _count_text(task: Task) -> str:
    of = "" if task.total is None else f" of {task.total:,.0f}"
    return f"{task.description}: {task.completed:,.0f}{of}"


def _byte_text(task: Task) -> str:
    of = f" of {size_text(task.total)}" if task.total else ""
    return f"{task.description}: {size_text(task.completed)}{of}"


class ShownProgress(Bar):
    """A bar that vanishes at the end; where there is no terminal, lines on stderr.

    `text` gives the line of a task.
    """

    def __init__(self, *columns: ProgressColumn, text: Callable[[Task], str] = _count_text) -> None:
        terminal = messages.is_terminal
        super().__init__(*columns, console=messages, transient=True, disable=not terminal)
        self._lines = not terminal
        self._text = text
        self._last = time.monotonic()

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Count what was done."""
        super().advance(task_id, advance)
        self._say(task_id)

    def update(self, task_id: TaskID, **values: Any) -> None:  # noqa: ANN401
        """Change a task."""
        super().update(task_id, **values)
        self._say(task_id)

    def _say(self, task_id: TaskID) -> None:
        now = time.monotonic()
        if self._lines and now - self._last >= EVERY:
            self._last = now
            say(self._text(self._tasks[task_id]), messages)


class BarProgress(Progress):
    """Shows bytes, files and the time left."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("Opening", total=None, files="")
        self._files, self._of = 0, 0

    def begin(self, phase: str, total_bytes: int, total_files: int) -> None:
        """Start the bar of a phase again."""
        self._bar.remove_task(self._task)
        self._files, self._of = 0, total_files
        self._task = self._bar.add_task(phase, total=total_bytes or None, files=self._text())

    def advance(self, count: int) -> None:
        """Move the bar."""
        self._bar.advance(self._task, count)

    def file_done(self) -> None:
        """Count a file; small ones that nobody announced are not counted beyond the total."""
        self._files = min(self._files + 1, self._of)
        self._bar.update(self._task, files=self._text())

    def _text(self) -> str:
        return f"{self._files} of {self._of} files" if self._of else ""


@contextmanager
def byte_progress() -> Iterator[Progress]:
    """A progress bar in bytes and files."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[files]}"),
        TimeRemainingColumn(),
    )
    with ShownProgress(*columns, text=_byte_text) as bar:
        yield BarProgress(bar)


@contextmanager
def count_progress() -> Iterator[Bar]:
    """A progress bar that counts."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with ShownProgress(*columns) as bar:
        yield bar
