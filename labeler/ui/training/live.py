"""How a training goes: where it is, its curves, the log, and what went wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from labeler.labels.wording import size_text
from labeler.runs import process
from labeler.runs.story import Phase
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.training.run_table import labels_sentence
from labeler.ui.training.trainings import Training

if TYPE_CHECKING:
    from labeler.ui.training.curves import LiveCurves

_STRONGEST = 95
_LEAST_CURVES = 110  # pixels


class LiveView(QWidget):
    """One training, or the curves of several."""

    def __init__(self, curves: "LiveCurves") -> None:
        super().__init__()
        self.curves = curves
        self._trainings: list[Training] = []
        self.state = QLabel()
        self.state.setProperty("strong", True)
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setFixedHeight(6)
        self.machine = quiet_label()
        self.machine.setWordWrap(False)
        self.notes = quiet_label()
        self.notes.setProperty("warning", True)
        self.values = quiet_label()
        self.values.setWordWrap(False)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Log of the training")
        self._make_controls()
        self.stack = QStackedWidget()
        self.without = quiet_label()  # words in the place of axes that would be empty
        self.without.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for page in (curves, self.log, self.without):
            self.stack.addWidget(page)
        # As high as there is room, whatever plots would like; lower than this the page scrolls.
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.stack.setMinimumHeight(_LEAST_CURVES)
        curves.pointed.connect(self.values.setText)
        self._place()

    def _make_controls(self) -> None:
        self.log_button = push_button("Log")
        self.log_button.setCheckable(True)
        self.log_button.setToolTip("Show what the training printed")
        self.log_button.toggled.connect(lambda on: self._show_page())
        self.log_scale = QCheckBox("log scale")
        self.log_scale.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.log_scale.toggled.connect(self.curves.use_log)
        self.smoothing_name = QLabel("smoothing")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setMaximum(_STRONGEST)
        self.smoothing.setFixedWidth(90)
        self.smoothing.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.smoothing.setAccessibleName("Smoothing of the training loss")
        self.smoothing.valueChanged.connect(lambda value: self.curves.smooth(value / 100))

    def show_trainings(self, trainings: Sequence[Training]) -> None:
        """Show these; several are compared."""
        from labeler.ui.training.curves import Shown

        self._trainings = list(trainings)
        self.curves.show_stories([Shown(one.name, one.story) for one in trainings])
        self.refresh()

    def refresh(self) -> None:
        """Show what is new."""
        if not self._trainings or not self.isVisible():
            return
        if len(self._trainings) > 1:
            self.state.setText(f"{len(self._trainings)} trainings: held-out loss and accuracy")
            self.machine.setText("")
            self.bar.hide()
        else:
            self._show_one(self._trainings[0])
        self._show_notes()
        self.curves.refresh()
        self._show_page()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def _show_one(self, training: Training) -> None:
        story = training.story
        self.state.setText(sentence(training))
        self.machine.setText(machine_sentence(training))
        self.bar.setVisible(training.alive)
        busy = story.phase in (Phase.STARTING,)
        self.bar.setMaximum(0 if busy else 1000)
        self.bar.setValue(round(story.share * 1000))

    def _show_notes(self) -> None:
        notes = list(self._trainings[0].story.warnings) if len(self._trainings) == 1 else []
        if any(training.tail.newer for training in self._trainings):
            notes.append(
                "The training program is newer than this window: some of its output is left "
                "out. Restart Labeler."
            )
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def _show_page(self) -> None:
        """The log where it is wanted, or the curves, or why there are none yet."""
        why, wanted = without_curves(self._trainings), self.log_button.isChecked()
        self.without.setText(why)
        self.stack.setCurrentWidget(self.log if wanted else self.without if why else self.curves)
        for control in (self.smoothing_name, self.smoothing, self.log_scale):
            control.setEnabled(not why)
        if wanted and self._trainings:
            text = "\n".join(self._trainings[0].log()) or "Nothing has been printed yet."
            if text != self.log.toPlainText():
                self.log.setPlainText(text)
                bar = self.log.verticalScrollBar()
                bar.setValue(bar.maximum())

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        first = QHBoxLayout()
        first.addWidget(self.state, 1)
        for part in (self.smoothing_name, self.smoothing, self.log_scale, self.log_button):
            first.addWidget(part)
        layout.addLayout(first)
        layout.addWidget(self.bar)
        layout.addWidget(self.notes)
        layout.addWidget(self.stack, 1)
        last = QHBoxLayout()
        last.addWidget(self.values, 1)
        last.addWidget(self.machine)
        layout.addLayout(last)


def without_curves(trainings: Sequence[Training]) -> str:
    """Why there is nothing to draw, and what to do about it; empty where there is a curve."""
    if not trainings or any(one.story.steps or one.story.evaluations for one in trainings):
        return ""
    if len(trainings) > 1:
        return "None of these trainings has reached its first step, so there are no curves."
    [training] = trainings
    if training.alive:
        return "The curves begin with the first training step."
    if training.story.phase is not Phase.STOPPED:
        return "This training ended before its first step, so there are no curves."
    button = "Resume" if training.run.can_resume else "Start again"
    return (
        "This training was stopped before its first step: there are no curves and no classifier.\n"
        f"“{button}” continues with the labels that it began with; "
        "“New training…” takes the labels as they are now."
    )


def sentence(training: Training) -> str:
    """Where a training is, in one line."""
    story = training.story
    left = _time_left(story.seconds_left)
    if training.alive and training.run.record.stopping:
        return "Stopping: it finishes its step and saves."
    if story.phase is Phase.ENCODING and story.encoding is not None:
        told = story.encoding
        rate = f"{told.frames_per_second:,.0f} frames/s"
        return f"Encoding {told.done:,} of {told.total:,} frames · {rate}{left}"
    if story.phase is Phase.FOLDS and story.aside is not None:
        return f"Cross-validation: round {(story.aside.fold or 0) + 1}, step {story.aside.step:,}"
    if story.phase is Phase.REFIT and story.aside is not None:
        return f"Final fit on all labelled episodes: step {story.aside.step:,}"
    if story.phase is Phase.TRAINING and story.steps and story.started:
        last = story.steps[-1]
        return f"Step {last.step:,} of {story.started.steps:,} · epoch {last.epoch:.1f}{left}"
    if story.finished is not None and story.finished.figures:
        return _end_text(training)
    return {
        Phase.STARTING: "Starting: checking settings, labels and encoder…",
        Phase.STOPPED: "Stopped. The progress is saved."
        if story.steps
        else "Stopped before the first step.",
        Phase.FAILED: "Failed.",
        Phase.DIED: "Interrupted.",
    }.get(story.phase, story.phase.value.capitalize())


def machine_sentence(training: Training) -> str:
    """On what it runs, how much memory it takes, and on which labels."""
    story = training.story
    parts = [story.started.device.removeprefix("Device: ")] if story.started else []
    held = process.memory(training.run.record.pid) if training.alive else 0
    if held:
        parts.append(f"{size_text(held)} of memory")
    return " · ".join([*parts, labels_sentence(training).rstrip(".")])


def _end_text(training: Training) -> str:
    finished = training.story.finished
    assert finished is not None
    word = {"steps": "Finished", "early stopping": "Finished early", "stopped": "Stopped"}
    best = f"best step {finished.best_step:,} of {finished.step:,}"
    return f"{word[finished.reason]}: {best}"


def _time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return f" · at most {seconds:.0f} s left"
    if seconds < 5400:
        return f" · at most {seconds / 60:.0f} min left"
    return f" · at most {seconds / 3600:,.0f} h left"
