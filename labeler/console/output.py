"""What the commands print: tables and progress on a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from labeler.progress import Progress

results = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


class BarProgress(Progress):
    """Shows bytes, files and the time left, on stderr and only on a terminal."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("Preparing", total=None, files=0, of=0)

    def begin(self, phase: str, total_bytes: int, total_files: int) -> None:
        """Start the bar of a phase anew."""
        self._bar.remove_task(self._task)
        self._task = self._bar.add_task(phase, total=total_bytes, files=0, of=total_files)

    def advance(self, count: int) -> None:
        """Move the bar."""
        self._bar.advance(self._task, count)

    def file_done(self) -> None:
        """Count a file."""
        task = self._bar.tasks[-1]
        self._bar.update(self._task, files=task.fields["files"] + 1)


@contextmanager
def byte_progress() -> Iterator[Progress]:
    """A progress bar in bytes and files."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[files]} of {task.fields[of]} files"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        yield BarProgress(bar)


@contextmanager
def count_progress() -> Iterator[Bar]:
    """A progress bar that counts."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        yield bar


def say(sentence: str, console: Console = results) -> None:
    """Print a line; nothing in it is taken for markup, since paths may hold brackets."""
    console.print(sentence, markup=False)


def note(sentence: str) -> None:
    """Print a line worth knowing to stderr."""
    messages.print(f"[yellow]Note:[/] {escape(sentence)}")
