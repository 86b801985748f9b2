"""The dock's place in the page: nothing of it is made before it is opened."""

import importlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QLabel, QVBoxLayout

from labeler.errors import LabelerError
from labeler.labels.wording import share_text
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.dock import Dock
from labeler.ui.kit.focus import enter
from labeler.ui.kit.work import AFTER_IMAGE, Work, start_work
from labeler.ui.training.suggestions.stillness import Stillness

if TYPE_CHECKING:
    from labeler.ui.training.dock import TrainingDock
    from labeler.ui.training.suggestions.continuous import Continuous
    from labeler.ui.training.trainings import Training, Trainings

_DOCK = "labeler.ui.training.dock"  # takes seconds to import on a slow disk, because of its plots
HEIGHT = 330


class TrainingPanel(Dock):
    """What is trained here, with the dock that shows it.

    Trainings are looked for, and suggestions refreshed, only once the page has been seen for a
    moment: what that takes is imported and made then.
    """

    watch_wanted = Signal(object)
    """Run: its classifier is to be watched."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.stillness = Stillness(self)
        self._beginning = QTimer(self, singleShot=True, interval=AFTER_IMAGE)
        self._beginning.timeout.connect(lambda: self.continuous)
        self.dock: TrainingDock | None = None
        self._loading: Work | None = None
        self._coming: TrainingDock | None = None  # is being made
        self._wants_form = False
        self._leave = self._ended = False
        self._closing: Callable[[], object] | None = None
        self.waiting = QLabel("Opening…")
        self.waiting.setContentsMargins(12, 8, 12, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.waiting)
        self.hide()

    @cached_property
    def trainings(self) -> "Trainings":
        """The trainings on what is open."""
        from labeler.ui.training.trainings import Trainings

        trainings = Trainings(self._desk)
        trainings.ended.connect(self._on_ended)
        trainings.loaded.connect(self._find_classifier)
        return trainings

    @cached_property
    def continuous(self) -> "Continuous":
        """What keeps suggestions up to date."""
        from labeler.ui.training.suggestions.continuous import Continuous

        return Continuous(self._desk, self.trainings, self.stillness)

    def open_dock(self) -> None:
        """Open the dock; the first time its parts are loaded in a thread."""
        super().open_dock()
        if self.dock is None and self._loading is None:
            self._loading = start_work(
                self,
                lambda work: importlib.import_module(_DOCK),
                name="dock",
                done=lambda module: self._build(),
            )

    def new_training(self) -> None:
        """Open the dock at the form."""
        self._wants_form, by_key = True, self.entering
        self.open_dock()
        if self.dock is not None:
            self.entering = by_key
            self._show_form(self.dock)

    def stop(self) -> None:
        """Stop what is being trained: it finishes its step, and saves."""
        alive = self.trainings.alive
        try:
            for training in alive:
                self.trainings.stop(training)
        except LabelerError as error:
            self._desk.say(as_line(error))
            return
        told = "Stopping: the training finishes its step and saves."
        self._desk.say(told if alive else "No training is running.")

    def enter_by_key(self) -> None:
        """Take the focus if a key asked for this, once there is something to operate."""
        if self.dock is not None:
            super().enter_by_key()

    def focus_first(self) -> None:
        """Into the form where it is shown, else into the list of trainings."""
        dock = self.dock
        if dock is not None and dock.pages.currentWidget() is dock.form:
            enter(dock.form)
        elif dock is not None:
            dock.table.setFocus(Qt.FocusReason.TabFocusReason)

    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the window may close now; if not, it is asked, and `close` called later.

        A second wish to close while the question stands leaves the training running.
        """
        goes = self._leave or self.question.isVisible() or "trainings" not in vars(self)
        if goes or not self.trainings.alive:
            return True
        self._closing = close
        self.question.ask(
            "A training is running. Stop it (it saves and can be resumed), or leave it running "
            "without the window?",
            {
                "Stop and close": self._stop_and_close,
                "Leave it running": self._leave_and_close,
                "Do not close": self._stay,
            },
        )
        return False

    def follow_window(self, window: QWindow | None) -> None:
        """The window is there now: suggestions are refreshed when no key is pressed in it."""
        self.stillness.follow(window)
        if "continuous" not in vars(self):
            self._beginning.start()

    def end(self) -> None:
        """Look at trainings no more; they go on."""
        self._ended = True
        if self._loading is not None:
            self._loading.join(10)
        dock, self._coming = self.dock or self._coming, None
        if dock is not None:
            list(dock.turns)  # what is left to be made
            dock.end()
        self._beginning.stop()
        for name in ("continuous", "trainings"):
            if name in vars(self):
                getattr(self, name).close()

    def _build(self) -> None:
        from labeler.ui.training.dock import TrainingDock

        if self._ended:
            return
        self._coming = TrainingDock(self._desk, self.trainings, self.continuous, self.close_dock)
        self._coming.hide()
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self._coming)  # while it is empty
        self._go_on()

    def _go_on(self) -> None:
        """Make the next part of the dock, in a turn of the event loop of its own."""
        dock = self._coming
        if dock is None:
            return
        if next(dock.turns, self) is self:  # through
            self._show_dock(dock)
        else:
            QTimer.singleShot(0, self, self._go_on)

    def _show_dock(self, dock: "TrainingDock") -> None:
        self.dock, self._coming = dock, None
        dock.left.connect(self.left)
        dock.results.watch_wanted.connect(self.watch_wanted)
        self.waiting.hide()
        dock.show()
        if self._wants_form:
            self._show_form(dock)
        else:
            self.enter_by_key()

    def _show_form(self, dock: "TrainingDock") -> None:
        """Keys go to the form from now on; Escape, or a click on the image, leads back."""
        dock.show_form()
        dock.form.setFocus()
        self.enter_by_key()

    def _stop_and_close(self) -> None:
        for training in self.trainings.alive:
            self.trainings.stop(training)
        self.question.ask(
            "Stopping: the training finishes its step and saves, then the window closes.",
            {"Leave it running": self._leave_and_close, "Do not close": self._stay},
        )
        if not self.trainings.alive:
            self._leave_and_close()

    def _leave_and_close(self) -> None:
        self._leave = True
        if self._closing is not None:
            self._closing()

    def _stay(self) -> None:
        self._closing = None

    def _find_classifier(self) -> None:
        """The latest finished training is what crops are compared with."""
        finished = [one.run for one in self.trainings.all if one.run.report.is_file()]
        if finished:
            self._desk.classifier.use(finished[-1].checkpoint, finished[-1].title)

    def _on_ended(self, training: "Training") -> None:
        self._find_classifier()
        if not training.discarding:
            self._desk.say(_end_sentence(training))
        if self._closing is not None and not self.trainings.alive:
            self.question.dismiss()
            self._leave_and_close()


def _end_sentence(training: "Training") -> str:
    from labeler.runs.story import Phase

    phase = training.story.phase
    if phase is Phase.FINISHED:
        accuracy = training.story.figures.get("accuracy")
        told = "" if accuracy is None else f": held-out accuracy {share_text(accuracy)}"
        return f"The training is finished{told}."
    if phase is Phase.STOPPED:
        return "The training has stopped and is saved."
    failure = training.failure
    return f"The training failed. {failure.message}" if failure else "The training failed."
