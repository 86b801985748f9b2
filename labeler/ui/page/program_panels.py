"""Panels of what runs as a program of its own: a classifier that is watched, the Hub."""

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QObject

from labeler.runs.record import Run
from labeler.ui.desk.desk import Desk
from labeler.ui.hub.hub_panel import HubPanel
from labeler.ui.page.file_commands import FileCommands
from labeler.ui.training.trainings import Trainings
from labeler.ui.watching.watch_panel import WatchPanel


class ProgramPanels(QObject):
    """Shows them as `FileCommands` shows its own; they are made when they are first needed."""

    def __init__(self, desk: Desk, files: FileCommands, trainings: Trainings) -> None:
        super().__init__(desk)
        self._desk, self._files, self._trainings = desk, files, trainings
        self.handlers: dict[str, Callable[[], object]] = {
            "train.watch": lambda: files.show_panel(self.watch_panel),
            "file.hub": lambda: files.show_panel(self.hub_panel),
        }

    @cached_property
    def watch_panel(self) -> WatchPanel:
        """`Watch a classifier…`."""
        return self._files.placed(WatchPanel(self._desk, self._finished))

    @cached_property
    def hub_panel(self) -> HubPanel:
        """`Compare with the Hub…`."""
        return self._files.placed(HubPanel(self._desk))

    def watch(self, run: Run) -> None:
        """Open the panel at a training."""
        self._files.show_panel(self.watch_panel)
        self.watch_panel.form.use_checkpoint(run.checkpoint, run.title)

    def _finished(self) -> list[Run]:
        """Trainings that left a checkpoint, the newest first."""
        runs = [one.run for one in reversed(self._trainings.all)]
        return [run for run in runs if run.checkpoint.is_dir()]
