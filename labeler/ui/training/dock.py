"""The dock's content: the list of trainings beside the form, the curves or the results."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from labeler.errors import LabelerError
from labeler.runs.story import Phase
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.question import Question
from labeler.ui.training.curves import LiveCurves
from labeler.ui.training.failed import FailureCard
from labeler.ui.training.live import LiveView
from labeler.ui.training.outcome.results import ResultsView
from labeler.ui.training.outcome.threshold_curves import ThresholdCurves
from labeler.ui.training.run_table import RunTable
from labeler.ui.training.setup.form import TrainingForm
from labeler.ui.training.suggestions.continuous import Continuous
from labeler.ui.training.trainings import Training, Trainings

_LIST, _LEAST_LIST = 348, 220  # pixels of the list at first, in a wide window and a narrow one
_PAGE = 900  # pixels of the page beside it, before which the list has less


class TrainingDock(QWidget):
    """Places the parts and binds the buttons; what is shown follows the row that is chosen.

    It is of use once `turns` is through.
    """

    left = Signal()
    """The focus goes back to the labels."""

    def __init__(
        self, desk: Desk, trainings: Trainings, continuous: Continuous, close: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._continuous = continuous
        self._desk, self.trainings = desk, trainings
        self.table = RunTable(trainings)
        self.question = Question()
        self.pages = QStackedWidget()
        self.refreshing = quiet_label()
        self.refreshing.setWordWrap(False)
        self.refreshing.setToolTip("“Refresh suggestions while labelling” in the menu Train")
        self.results_button = push_button("Results")
        self.results_button.setCheckable(True)
        self.results_button.setToolTip("Show numbers instead of curves")
        self.results_button.setChecked(True)
        self.new_button = push_button("New training…")
        self.stop_button = push_button("Stop")
        self.resume_button = push_button("Resume")
        self.again_button = push_button("Duplicate…")
        self.discard_button = push_button("Discard…")
        self.close_button = push_button("Close")
        self.turns = self._make(close)
        """What is left to be made; each step is short, so that the window answers in between."""

    def _make(self, close: Callable[[], None]) -> Iterator[None]:
        self._place()
        yield
        self.form = TrainingForm(self._desk)
        yield
        self.pages.addWidget(self.form)
        yield
        curves = LiveCurves()
        yield
        self.failure = FailureCard()
        self.live = LiveView(curves)
        self.pages.addWidget(self._run_page())
        yield
        threshold_curves = ThresholdCurves()
        yield
        self.results = ResultsView(self._desk, threshold_curves, lambda: self.form.where.place)
        self.pages.addWidget(self.results)
        yield
        self._bind(close)
        if self.trainings.all:
            self.table.choose(self.trainings.all[-1])
        else:
            self.show_form()

    @property
    def training(self) -> Training | None:
        """The training that is shown; None beside the form, or where several are compared."""
        chosen = self.table.selection()
        return chosen[0] if len(chosen) == 1 else None

    def show_form(self) -> None:
        """Show the settings of a training to come."""
        self.table.clearSelection()
        self._show([])

    def start(self, settings: str) -> None:
        """Begin a training and show it."""
        name, place = self.form.name.text(), self.form.where.place
        self._try(lambda: self.table.choose(self.trainings.start(settings, name, place)))
        self.form.name.clear()
        self.left.emit()  # labelling goes on while it trains

    def _show(self, chosen: Sequence[Training]) -> None:
        """Show the form, a training, or a comparison."""
        self.question.dismiss()
        if not chosen:
            self.pages.setCurrentWidget(self.form)
        else:
            self.live.show_trainings(chosen)
        self._refresh()

    def _refresh(self) -> None:
        training = self.training
        phase = training.story.phase if training else None
        alive = training is not None and training.alive
        self._choose_page(training)
        self.failure.show_failure(training.failure if training else None)
        self.stop_button.setVisible(alive)
        stopping = training is not None and training.run.record.stopping
        self.stop_button.setEnabled(not stopping)
        early = phase in (Phase.STOPPED, Phase.FAILED, Phase.DIED)
        self.resume_button.setVisible(early)
        if training is not None and early:
            self.resume_button.setText("Resume" if training.run.can_resume else "Start again")
        self.again_button.setVisible(training is not None)
        self.discard_button.setVisible(training is not None)
        self.live.refresh()

    def _choose_page(self, training: Training | None) -> None:
        """Results of a finished training, if wanted; curves of any other, or of several."""
        if not self.table.selection():
            self.results_button.hide()
            return
        finished = training is not None and training.run.report.is_file() and not training.alive
        self.results_button.setVisible(finished)
        if training is not None and finished and self.results_button.isChecked():
            self.results.show_run(training.run)
            self.pages.setCurrentWidget(self.results)
        else:
            self.pages.setCurrentIndex(1)

    def end(self) -> None:
        """End what is at work for this dock; trainings go on."""
        self.form.where.end()
        self.results.close_workers()

    def _show_refreshing(self) -> None:
        state = self._continuous.state
        self.refreshing.setText(f"Suggestions: {state or 'refreshed after a training only'}")

    def _on_changed(self, training: Training) -> None:
        if training in self.table.selection():
            self._refresh()

    def _rename(self, training: Training, name: str) -> None:
        self._try(lambda: self.trainings.set_name(training, name))

    def _duplicate(self) -> None:
        training = self.training
        if training is None:
            return
        failure = training.failure

        def load() -> None:
            self.form.load(training.run.settings)
            self.form.where.show_place(training.run.record.place)
            self.show_form()
            if failure is not None and failure.setting:
                self.form.complain(failure.setting, failure.message)

        self._try(load)

    def _ask_discard(self) -> None:
        training = self.training
        if training is None:
            return
        running = "It is still running and will be stopped at once. " if training.alive else ""
        self.question.ask(
            f"Discard {training.run.title}? {running}Its folder goes to the trash "
            f"beside the other trainings.",
            {"Discard": lambda: self._discard(training), "Keep": lambda: None},
        )

    def _discard(self, training: Training) -> None:
        def discard() -> None:
            place = self.trainings.discard(training)
            if place is not None:
                self._desk.say(f"Training discarded. It is now in {place}.")

        self._try(discard)

    def _with_training(self, action: Callable[[Training], None]) -> None:
        training = self.training
        if training is not None:
            self._try(lambda: action(training))
            self._refresh()

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except LabelerError as error:
            self._desk.say(as_line(error))

    def _bind(self, close: Callable[[], None]) -> None:
        self.table.chosen.connect(self._show)
        self.table.runs.rename_wanted.connect(self._rename)
        self._continuous.changed.connect(self._show_refreshing)
        self._show_refreshing()
        self.trainings.changed.connect(self._on_changed)
        self.form.start.connect(self.start)
        self.failure.change.connect(self._duplicate)
        self.failure.resume.connect(lambda: self._with_training(self.trainings.resume))
        self.failure.new.connect(self.show_form)
        self.results_button.toggled.connect(lambda on: self._refresh())
        self.new_button.clicked.connect(self.show_form)
        self.stop_button.clicked.connect(lambda: self._with_training(self.trainings.stop))
        self.resume_button.clicked.connect(lambda: self._with_training(self.trainings.resume))
        self.again_button.clicked.connect(self._duplicate)
        self.discard_button.clicked.connect(self._ask_discard)
        self.close_button.clicked.connect(close)

    def _run_page(self) -> QWidget:
        run = QFrame()
        run.setProperty("panel", True)
        column = QVBoxLayout(run)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.failure)
        column.addWidget(self.live, 1)
        area = QScrollArea(widgetResizable=True)  # a low dock squeezes nothing
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(run)
        return area

    def _place(self) -> None:
        # From the outside in: every change of parent goes through all that is below.
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self._header())
        layout.addWidget(self.question)
        self.columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._dragged = False
        self.columns.splitterMoved.connect(self._on_dragged)
        layout.addWidget(self.columns, 1)
        self.columns.addWidget(self.table)
        self.columns.addWidget(self.pages)
        self.columns.setStretchFactor(1, 1)

    def _on_dragged(self) -> None:
        self._dragged = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window has a narrow list, as long as nobody chose its width."""
        super().resizeEvent(event)
        if not self._dragged:
            list_width = min(max(self.width() - _PAGE, _LEAST_LIST), _LIST)
            self.columns.setSizes([list_width, self.width() - list_width])

    def _header(self) -> QFrame:
        header = QFrame()
        line = QHBoxLayout(header)
        line.setContentsMargins(4, 0, 0, 0)
        title = QLabel("Training")
        title.setProperty("strong", True)
        line.addWidget(title)
        line.addSpacing(14)
        line.addWidget(self.refreshing)
        line.addStretch(1)
        for button in (
            self.results_button, self.new_button, self.stop_button, self.resume_button,
            self.again_button, self.discard_button, self.close_button,
        ):  # fmt: skip
            line.addWidget(button)
        return header
