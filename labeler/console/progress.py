"""How far a command is: a bar on a terminal; elsewhere the heartbeat says it in lines."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from labeler.console.heartbeat import describe, pause
from labeler.console.output import messages
from labeler.labels.wording import size_text
from labeler.progress import Progress


def _count_text(task: Task) -> str:
    of = "" if task.total is None else f" of {task.total:,.0f}"
    return f"{task.description}: {task.completed:,.0f}{of}"


def _byte_text(task: Task) -> str:
    if not task.total:
        return task.description
    return f"{task.description}: {size_text(task.completed)} of {size_text(task.total)}"


class ShownProgress(Bar):
    """A bar that vanishes at the end; where there is no terminal, what the heartbeat says.

    `text` gives the line of a task.
    """

    def __init__(self, *columns: ProgressColumn, text: Callable[[Task], str] = _count_text) -> None:
        terminal = messages.is_terminal
        super().__init__(*columns, console=messages, transient=True, disable=not terminal)
        self._text = text
        self._described = ExitStack()

    def start(self) -> None:
        """Show it."""
        super().start()
        self._described.enter_context(pause() if not self.disable else describe(self._line))

    def stop(self) -> None:
        """Take it away."""
        self._described.close()
        super().stop()

    def _line(self) -> str:
        tasks = self.tasks
        return self._text(tasks[-1]) if tasks else ""


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


@contextmanager
def text_progress(text: str) -> Iterator[Callable[[str], None]]:
    """Show what is done where it can neither be counted nor measured; the function changes it."""
    said = [text]
    if not messages.is_terminal:
        with describe(lambda: said[-1]):
            yield said.append
        return
    with pause(), messages.status(text) as shown:
        yield shown.update
