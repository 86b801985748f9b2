"""Whoever listens to a run: a progress bar, a file of events, experiment trackers."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Task, TextColumn, TimeRemainingColumn

from classifier import output
from classifier.cli.trackers import Tracker, tracker_names
from classifier.config import TrainConfig
from labeler.console.output import messages, note, say
from labeler.console.progress import ShownProgress
from labeler.contracts.events import (
    Encoding,
    Event,
    HeldOutEvaluation,
    Started,
    TrainingStep,
    Warned,
    line,
)
from labeler.cures import GiveFileName
from labeler.errors import RefusedError
from labeler.labels.wording import plural, share_text

_LONGEST = 1 << 16  # bytes of a line that is looked at

Listener = Callable[[Event], None]


class RunListeners:
    """Everybody who is told. Use it as a context manager."""

    def __init__(self, config: TrainConfig, events: str | None) -> None:
        self._stack = ExitStack()
        self._all: list[Listener] = [_event_lines(events)] if events else []
        for name in tracker_names(config):
            tracker = Tracker(name, config)
            self._stack.callback(tracker.close)
            self._all.append(tracker.tell)
        self._all.append(self._stack.enter_context(Terminal()).tell)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def tell(self, event: Event) -> None:
        """Tell everybody."""
        for listener in self._all:
            listener(event)


class Terminal:
    """A progress bar on a terminal, a few plain lines elsewhere."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[more]}"),
        )
        self._bar = ShownProgress(*columns, text=_line_of)
        self._task = self._bar.add_task("Preparing", total=None, count="", more="")
        self._steps = 1
        self._best = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def tell(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Started():
                self._steps = event.steps
                say(event.device, messages)
                say(
                    f"Training on {event.train_frames:,} frames of "
                    f"{plural(event.train_episodes, 'episode')}; held out: "
                    f"{event.held_out_frames:,} frames of "
                    f"{plural(event.held_out_episodes, 'episode')}.",
                    messages,
                )
                self._show_solving()
            case Encoding():
                told = f"{event.frames_per_second:.0f} images/s"
                self._show("Encoding", event.done, event.total, told)
                if event.done >= event.total:
                    self._show_solving()
            case TrainingStep():
                name = "Training" if event.fold is None else f"Fold {event.fold + 1}"
                name = "Training on all" if event.refit else name
                self._show(name, event.step, self._steps, f"loss {event.loss:.4f}{self._best}")
            case HeldOutEvaluation():
                self._best = f", held out {event.loss:.4f}, accuracy {share_text(event.accuracy)}"
            case Warned():
                note(event.message)

    def _show_solving(self) -> None:
        """What comes before the first step, and counts nothing: strengths are chosen by folds."""
        self._bar.update(self._task, description="Training", total=None, count="", more="")

    def _show(self, name: str, done: int, total: int, more: str) -> None:
        count = f"{min(done, total):,} of {total:,}"
        self._bar.update(
            self._task, description=name, completed=done, total=total, count=count, more=more
        )


def _line_of(task: Task) -> str:
    more = f", {task.fields['more']}" if task.fields["more"] else ""
    count = f": {task.fields['count']}" if task.fields["count"] else ""
    return f"{task.description}{count}{more}"


def _event_lines(target: str) -> Listener:
    """Events as lines on stdout (`-`) or at the end of a file, each one complete at once."""
    if target == "-":

        def print_line(event: Event) -> None:
            sys.stdout.write(f"{line(event)}\n")
            sys.stdout.flush()

        return print_line
    file = Path(target).expanduser().absolute()
    _require_events(file)
    return lambda event: output.append_line(file, line(event))


def _require_events(file: Path) -> None:
    """Refuse to add lines to a file that holds anything but events.

    Raises:
        RefusedError: it does, it is a folder, or it lies inside a dataset.
    """
    output.require_outside_datasets(file)
    if file.is_dir():
        raise RefusedError(f"{file} is a folder.", GiveFileName())
    if not file.is_file():
        return  # a pipe or a device holds nothing, and reading it could wait for ever
    with file.open("rb") as lines:
        first = lines.readline(_LONGEST).strip()
    if first and not first.startswith(b'{"version": '):
        raise RefusedError(f"{file} exists already and holds no events.", "Name another file.")
