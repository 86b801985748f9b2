"""`Watch a classifier…`: what it is shown, what it says, and how fast it says it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider

from labeler.runs.record import Run
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable
from labeler.ui.watching.image_view import ImageView
from labeler.ui.watching.trace import Trace
from labeler.ui.watching.watch_form import WatchForm
from labeler.ui.watching.watching import Watching

_STEPS = 1000  # of the slider
_IDLE = "Press Start to see the images as the classifier gets them."
_NONE = "There is no classifier yet: train one, or choose the folder of a checkpoint."


class WatchPanel(SidePanel):
    """Nothing runs before Start, and nothing while the panel is closed."""

    least_width = 380

    def __init__(self, desk: Desk, runs: Callable[[], list[Run]]) -> None:
        super().__init__("Watch a classifier")
        self._desk = desk
        self.watching = Watching(self)
        self.form = WatchForm(desk, runs)
        self.start_button = push_button("Start", primary=True)
        self.stop_button = push_button("Stop")
        self.trouble = Trouble({Action.RETRY: self.start})
        self.image = ImageView()
        self.verdict = QLabel()
        self.verdict.setProperty("strong", True)
        self.where = quiet_label()
        self.where.setWordWrap(False)
        self.trace = Trace()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setAccessibleName("Threshold")
        self.slider.setToolTip("Threshold: drag it, or use the arrow keys")
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setSingleStep(_STEPS // 100)
        self.threshold_text = QLabel()
        self.rule = quiet_label()
        self.difference = quiet_label()
        self.difference.setProperty("warning", True)
        self.difference.hide()
        self.facts = quiet_label()
        self.state = quiet_label()
        self._own_threshold = False  # moved by the operator, or that of the checkpoint
        self._arrange()
        self._bind()
        self._show_threshold(0.5)
        self._say_state()

    @property
    def threshold(self) -> float:
        """Above it the classifier's probability means success."""
        return float(self.slider.value() / _STEPS)

    @property
    def _moved(self) -> float | None:
        return self.threshold if self._own_threshold else None

    def start(self) -> None:
        """Begin to watch what the form says."""
        wish = self.form.wish()
        self.trouble.clear()
        if wish is None or self.watching.running:
            return
        if self._own_threshold:
            wish = replace(wish, threshold=self.threshold)
        self.image.say("Loading the classifier…")
        self.watching.start(wish)
        self._show()
        self._say_state()

    def set_shown(self, shown: bool) -> None:
        """Closing ends the process; a video that is being recorded is kept."""
        if shown:
            self.form.refresh()
            self._say_state()
        else:
            self.watching.end()

    def _on_began(self) -> None:
        assert self.watching.started is not None
        if not self._own_threshold:
            self._show_threshold(self.watching.started.threshold)
        self._show_rule()
        self._say_state()

    def _show_rule(self) -> None:
        rule, started = self.watching.rule(self._moved), self.watching.started
        told = [] if rule is None else [f"Success: {rule.text}."]
        self.rule.setText(" ".join([*told, *(started.notes if started else ())]))

    def _show(self) -> None:
        """Show the latest moment."""
        watching = self.watching
        now, started = watching.now, watching.started
        success = watching.decision(self._moved)
        self.trace.show_past(list(watching.past), self.threshold, success=success)
        told = "" if now is None else now.difference
        self.difference.setText(told)
        self.difference.setVisible(bool(told))
        if now is None or started is None:
            self.verdict.clear()
            self.where.clear()
            self.facts.clear()
            return
        self.image.show_images(now.images, started.cameras, success=success)
        self.verdict.setText(f"{now.probability:.3f}   {'success' if success else 'no success'}")
        self.where.setText(f"frame {now.frame}, {now.seconds:.2f} s")
        late = f", {now.dropped} dropped" if now.dropped else ""
        self.facts.setText(
            f"{now.frames_per_second:.3g} frames per second, {now.latency_ms:.0f} ms to the "
            f"verdict{late}, on {started.device}"
        )

    def _on_ended(self) -> None:
        watching = self.watching
        failure, wish = watching.failure, watching.wish
        if failure is not None:
            self.trouble.explain(failure)
            if watching.now is None:
                self.image.say("")
        elif watching.now is None:
            self.image.say("No image arrived.")
        elif wish is not None and wish.record is not None:
            self._desk.say(f"The video was saved: {wish.record}")
            self.form.use_record(None)  # or the next start would replace it
        self._say_state()

    def _say_state(self) -> None:
        """Which buttons do something, and what is said where there is no image."""
        watching = self.watching
        there = self.form.wish() is not None
        self.start_button.setEnabled(there and not watching.running)
        self.stop_button.setEnabled(watching.running and not watching.ending)
        for part in (self.form.checkpoint, self.form.source, self.form.record):
            part.setEnabled(not watching.running)
        if watching.now is None and not watching.running and watching.failure is None:
            self.image.say(_IDLE if there else _NONE)
        self.state.setText(breakable(self._end_sentence()))

    def _end_sentence(self) -> str:
        watching, wish = self.watching, self.watching.wish
        if watching.ending and watching.running:
            return "Ending…"
        if watching.now is None or watching.running:
            return ""
        kept = watching.failure is None and wish is not None and wish.record is not None
        video = f" Video: {wish.record}" if kept and wish is not None else ""
        return f"Ended after {plural(watching.count, 'frame')}.{video}"

    def _show_threshold(self, threshold: float) -> None:
        before = self.slider.blockSignals(True)
        self.slider.setValue(round(threshold * _STEPS))
        self.slider.blockSignals(before)
        self.threshold_text.setText(f"Threshold {threshold:.3f}")
        success = self.watching.decision(self._moved)
        self.trace.show_past(list(self.watching.past), self.threshold, success=success)

    def _bind(self) -> None:
        self.watching.began.connect(self._on_began)
        self.watching.scored.connect(self._show)
        self.watching.ended.connect(self._on_ended)
        self.start_button.clicked.connect(self.start)
        self.stop_button.clicked.connect(self._stop)
        self.slider.valueChanged.connect(self._on_moved)
        self.form.changed.connect(self._forget_threshold)
        self._desk.closing.connect(self.watching.close)

    def _stop(self) -> None:
        self.watching.end()
        self._say_state()

    def _on_moved(self, value: int) -> None:
        self._own_threshold = True
        self.threshold_text.setText(f"Threshold {value / _STEPS:.3f}")
        self.watching.use_threshold(value / _STEPS)
        self._show_rule()
        self._show()

    def _forget_threshold(self) -> None:
        """Another classifier has another threshold."""
        self._own_threshold = False
        self._say_state()

    def _arrange(self) -> None:
        buttons, line, below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for button in (self.start_button, self.stop_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        line.addWidget(self.verdict, 1)
        line.addWidget(self.where)
        below.addWidget(self.threshold_text)
        below.addWidget(self.slider, 1)
        self.column.addWidget(self.form)
        self.column.addLayout(buttons)
        self.column.addWidget(self.trouble)
        # A low panel shows the image in part: what it means comes first.
        self.column.addLayout(line)
        self.column.addWidget(self.difference)
        self.column.addWidget(self.image)
        self.column.addWidget(self.trace)
        self.column.addLayout(below)
        self.column.addWidget(self.rule)
        self.column.addWidget(self.facts)
        self.column.addWidget(self.state)
        self.column.addStretch(1)
