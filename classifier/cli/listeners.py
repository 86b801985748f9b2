"""Whoever listens to a run: a progress bar, a file of events, experiment trackers."""

import importlib
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from classifier import output
from classifier.cli.output import messages, note, say
from classifier.config import TrainConfig, values_of
from classifier.events import (
    Encoding,
    Evaluation,
    Event,
    Started,
    Step,
    Warned,
    line,
)
from labeler.errors import UsageError

Listener = Callable[[Event], None]


class Listeners:
    """Everybody who is told. Use it as a context manager."""

    def __init__(self, config: TrainConfig, events: str | None) -> None:
        self._stack = ExitStack()
        self._all: list[Listener] = [_event_lines(events)] if events else []
        self._all += [tracker(name, config) for name in trackers(config)]
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
            TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[told]}"),
        )
        self._bar = Progress(
            *columns, console=messages, transient=True, disable=not messages.is_terminal
        )
        self._task = self._bar.add_task("Preparing", total=1, told="")
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
                say(event.device)
                say(
                    f"Training on {event.train_frames:,} frames of {event.train_episodes} "
                    f"episodes; {event.held_out_frames:,} of {event.held_out_episodes} held out."
                )
            case Encoding():
                told = f"{event.frames_per_second:.0f} pictures/s"
                self._show("Encoding", event.done, event.total, told)
            case Step():
                name = "Training" if event.fold is None else f"Fold {event.fold + 1}"
                name = "Training on all" if event.refit else name
                self._show(name, event.step, self._steps, f"loss {event.loss:.4f}{self._best}")
            case Evaluation():
                self._best = f", held out {event.loss:.4f}, accuracy {event.accuracy:.1%}"
            case Warned():
                note(event.message)

    def _show(self, name: str, done: int, total: int, told: str) -> None:
        self._bar.update(self._task, description=name, completed=done, total=total, told=told)


def _event_lines(target: str) -> Listener:
    """Events as lines on stdout (`-`) or at the end of a file, each one complete at once."""
    if target == "-":

        def print_line(event: Event) -> None:
            sys.stdout.write(f"{line(event)}\n")
            sys.stdout.flush()

        return print_line
    return lambda event: output.append_line(Path(target), line(event))


def trackers(config: TrainConfig) -> list[str]:
    """Experiment trackers that were asked for."""
    asked = [*config.train.trackers, *(["wandb"] if config.wandb.enable else [])]
    return list(dict.fromkeys(asked))


def tracker(name: str, config: TrainConfig) -> Listener:
    """A listener that hands numbers to TensorBoard, Weights & Biases or trackio.

    Raises:
        UsageError: it is not installed.
    """
    if name == "tensorboard":
        folder = str((config.output_dir or Path("outputs")) / "tensorboard")
        writer = _module("torch.utils.tensorboard", name).SummaryWriter(folder)
        return lambda event: _each(event, writer.add_scalar)
    module = _module(name, name)
    wandb = config.wandb
    run = module.init(
        project=wandb.project, name=config.job_name, config=values_of(config), **_more(name, config)
    )
    return lambda event: _each(event, lambda key, value, step: run.log({key: value}, step=step))


def _more(name: str, config: TrainConfig) -> dict[str, Any]:
    if name != "wandb":
        return {}
    wandb = config.wandb
    return {"entity": wandb.entity, "notes": wandb.notes, "id": wandb.run_id, "mode": wandb.mode}


def _each(event: Event, put: Callable[[str, float, int], None]) -> None:
    if isinstance(event, Step) and event.fold is None and not event.refit:
        put("train/loss", event.loss, event.step)
        put("train/learning_rate", event.learning_rate, event.step)
    elif isinstance(event, Evaluation):
        for name in ("loss", "accuracy", "precision", "recall", "f1"):
            put(f"held_out/{name}", getattr(event, name), event.step)


def _module(module: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"{name} was asked for and is not installed.",
            f"Install it beside Labeler (uv pip install {name}), or do not ask for it.",
        ) from error
