"""A training's probabilities as suggestions: out-of-fold where there are, else predicted."""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject

from labeler.errors import LabelerError
from labeler.review import Scores, read_scores
from labeler.runs.failure import Failure
from labeler.runs.record import Run
from labeler.runs.trainer import place_arguments
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.processes import Tool


class Suggesting(QObject):
    """Brings the probabilities of a run into the desk.

    place: gives where frames are predicted, as `labeler-train --on` takes it
    """

    def __init__(self, desk: Desk, tool: Tool, place: Callable[[], str]) -> None:
        super().__init__(desk)
        self._desk, self._tool, self._place = desk, tool, place

    def use(self, run: Run, threshold: float) -> None:
        """Show a run's probabilities; frames that have none yet are scored in the background.

        Raises:
            LabelerError: probabilities that are there cannot be read.
        """
        if run.scores.is_file() or self._covers_all(run):
            self._show(run, threshold)
            return
        if self._tool.running:
            self._desk.say("Another command is still running.")
            return
        self._desk.say("Predicting every frame for suggestions…")
        root = str(self._desk.session.dataset.root)
        arguments = ["predict", str(run.checkpoint), root, f"--out={run.scores}", "--overwrite"]
        arguments += place_arguments(self._place())
        self._tool.start(arguments, lambda failure: self._on_scored(run, threshold, failure))

    def _covers_all(self, run: Run) -> bool:
        if not run.out_of_fold.is_file():
            return False
        return bool(np.isfinite(self._read(run.out_of_fold).values).all())

    def _read(self, path: Path) -> Scores:
        return read_scores(path, self._desk.session.dataset.lengths.tolist())

    def _show(self, run: Run, threshold: float) -> None:
        """Out-of-fold probabilities go first: the others know the labels that they were given."""
        files = [file for file in (run.out_of_fold, run.scores) if file.is_file()]
        scores = reduce(Scores.before, map(self._read, files))
        self._desk.use_scores(replace(scores, threshold=threshold))
        self._desk.classifier.use(run.checkpoint, run.title)
        honest = run.out_of_fold.is_file()
        told = (
            "Suggestions are shown; labelled episodes are predicted by classifiers that did not "
            "see them."
            if honest
            else "Suggestions are shown. Labelled episodes were trained on, so they look too "
            "good: train with folds for honest ones."
        )
        other = self._desk.classifier.differences(self._desk.crops)
        if other:
            told = f"{told} Note that it was trained with other crops. {other[0]}"
        self._desk.say(told)

    def _on_scored(self, run: Run, threshold: float, failure: Failure | None) -> None:
        if failure is not None:
            self._desk.say(as_line(failure))
            return
        try:
            self._show(run, threshold)
        except LabelerError as error:
            self._desk.say(as_line(error))
