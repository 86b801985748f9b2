"""What there is only for one recording: comparisons, crops, a classifier watched, the Hub."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from labeler.ui.desk.desk import Desk
from labeler.ui.kit.choosing import choose_files
from labeler.ui.page.panels import LABEL_FILES, Panels
from labeler.ui.stage.stage import Stage
from labeler.ui.training.panel import TrainingPanel

if TYPE_CHECKING:  # imported where they are first shown: a recording opens without them
    from labeler.runs.record import Run
    from labeler.ui.crop.crop_panel import CropPanel
    from labeler.ui.hub.hub_panel import HubPanel
    from labeler.ui.watching.watch_panel import WatchPanel

_PROBABILITIES = "Probabilities (*.parquet);;All files (*)"


class SinglePanels(QObject):
    """Shown as `Panels` shows its own; they are made when they are first needed."""

    def __init__(self, desk: Desk, panels: Panels, stage: Stage, training: TrainingPanel) -> None:
        super().__init__(desk)
        self._desk, self._panels, self._training = desk, panels, training
        self._stage = stage

    @cached_property
    def crop_panel(self) -> "CropPanel":
        """`Crop…`."""
        from labeler.ui.crop.crop_panel import CropPanel

        return self._panels.adopt(CropPanel(self._desk, self._stage))

    @cached_property
    def watch_panel(self) -> "WatchPanel":
        """`Watch a classifier…`."""
        from labeler.ui.watching.watch_panel import WatchPanel

        return self._panels.adopt(WatchPanel(self._desk, self._runs_with_checkpoint))

    @cached_property
    def hub_panel(self) -> "HubPanel":
        """`Compare with the Hub…`."""
        from labeler.ui.hub.hub_panel import HubPanel

        return self._panels.adopt(HubPanel(self._desk))

    def choose_probabilities(self) -> None:
        """`Open probabilities…`."""
        start = self._desk.session.dataset.root.parent
        if paths := choose_files(self._panels.page, "Open probabilities", _PROBABILITIES, start):
            self._panels.probabilities.open(*paths)

    def choose_comparison(self) -> None:
        """`Compare with labels…`."""
        if (path := self._panels.choose("Compare with labels", LABEL_FILES)) is not None:
            self._panels.probabilities.compare(path)

    def show_crop(self) -> None:
        """`Crop…`."""
        self._panels.show_panel(self.crop_panel)

    def show_watch(self) -> None:
        """`Watch a classifier…`."""
        self._panels.show_panel(self.watch_panel)

    def show_hub(self) -> None:
        """`Compare with the Hub…`."""
        self._panels.show_panel(self.hub_panel)

    def stop_training(self) -> None:
        """`Stop training`."""
        self._training.stop()

    def watch(self, run: "Run") -> None:
        """Open the panel at a training."""
        self.show_watch()
        self.watch_panel.form.use_checkpoint(run.checkpoint, run.title)

    def _runs_with_checkpoint(self) -> "list[Run]":
        """Trainings that left a checkpoint, the newest first."""
        runs = [one.run for one in reversed(self._training.trainings.all)]
        return [run for run in runs if run.checkpoint.is_dir()]
