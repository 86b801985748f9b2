"""Keeps suggestions up to date with the labels, in the background, when nobody presses a key."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from labeler.contracts.events import Encoding, Event, TrainingStep
from labeler.cures import Retry
from labeler.errors import LabelerError
from labeler.review import Scores
from labeler.runs.failure import Failure
from labeler.runs.record import Run
from labeler.runs.refresh import NO_ENCODER, Wanted, arguments, newest, prepare_refresh, take_scores
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.processes import Tool
from labeler.ui.kit.work import Work, start_work
from labeler.ui.training.suggestions.stillness import Stillness
from labeler.ui.training.trainings import Trainings

_LOOK = 250  # ms between looks whether the moment has come; only while something waits for it
_BEFORE_START = 1.5  # s without a key
_FIRST = (
    "Suggestions need an encoder on this machine: “Train classifier…” asks which one to use, and "
    "says how to get it."
)
_BEFORE_SHOWING = 0.6  # s without a key, so that Enter never takes what was not read


class Continuous(QObject):
    """One run at a time, attached to the window, on the labels as they are when it begins.

    Trainings that were asked for go first. What goes wrong is said once, and tried again when
    labels have changed.
    """

    changed = Signal()
    """What `state` says is different."""

    def __init__(self, desk: Desk, trainings: Trainings, stillness: Stillness) -> None:
        super().__init__(desk)
        self._desk, self._trainings, self._stillness = desk, trainings, stillness
        self.tool = Tool(self)
        self._work: Work | None = None
        self._known = ""  # fingerprint of the labels on which suggestions rest
        self._waiting = False  # labels have changed since a run began
        self._ready: tuple[Run, Scores] | None = None
        self._was_on = False
        self._failed = False  # the latest attempt
        self._said: set[str] = set()
        self._state = ""
        self._closed = False
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._look)
        desk.bridge.labels_changed.connect(lambda episodes: self._want())
        desk.preferences_changed.connect(self._follow)
        trainings.listed.connect(self._make_way)
        trainings.changed.connect(lambda training: self._make_way())
        trainings.loaded.connect(self._remember)
        trainings.ended.connect(lambda training: self._after_training())
        self._follow()

    @property
    def on(self) -> bool:
        """Whether it is switched on."""
        return self._desk.preferences.continuous

    @property
    def state(self) -> str:
        """Where it is, in a few words; empty while it is off."""
        return self._state if self.on else ""

    @property
    def busy(self) -> bool:
        """Whether there is anything left to do, or being done."""
        return bool(self._work or self.tool.running or self._ready or self._waiting)

    def close(self) -> None:
        """End what is at work."""
        self._closed = True
        self._timer.stop()
        self.tool.close()
        if self._work is not None:
            self._work.join(5)

    def _follow(self) -> None:
        """Switched on, or off, or some other setting is another."""
        if self.on is self._was_on:
            return
        self._was_on = self.on
        if self.on:
            self._want()
        else:
            self._waiting, self._ready = False, None
            self._timer.stop()
            self.tool.close()
        self._tell(self._state)

    def _want(self) -> None:
        if not self.on or self._closed:
            return
        self._waiting = True
        self._timer.start()
        if not self.tool.running and not self._work:
            self._tell("refreshed in a moment")

    def _look(self) -> None:
        """Show what is ready, or begin, if nobody has pressed a key for a moment."""
        if self._ready is not None and self._stillness.seconds >= _BEFORE_SHOWING:
            self._show(*self._ready)
        if not self._waiting and self._ready is None:
            self._timer.stop()
        elif self._waiting and self._stillness.seconds >= _BEFORE_START and self._free:
            self._begin()

    @property
    def _free(self) -> bool:
        scores = self._desk.scores
        compared = scores is not None and bool(scores.by)  # with an operator, who is not replaced
        others = compared or self._trainings.folder is None or self._trainings.alive
        return not (others or self._work or self.tool.running or self._ready)

    def _begin(self) -> None:
        desk, trainings = self._desk, self._trainings
        self._waiting = False
        assert trainings.folder is not None
        like = trainings.latest_settings
        root, snapshot = desk.session.dataset.root, desk.session.snapshot()
        wanted = Wanted(trainings.folder, root, snapshot, like, desk.camera, self._known)
        self._work = start_work(
            self,
            lambda work: prepare_refresh(wanted),
            name="suggestions",
            done=self._on_prepared,
            failed=self._on_failed,
        )

    def _on_prepared(self, run: Run | str) -> None:
        self._work = None
        if self._closed or not self.on:
            return
        if run == NO_ENCODER:
            self._complain(_FIRST, NO_ENCODER)
        elif isinstance(run, str):
            self._tell(run or "up to date")
        elif self._trainings.alive:
            self._waiting = True
        else:
            self._tell("being refreshed")
            self.tool.start(arguments(run), lambda failure: self._on_end(run, failure), self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Encoding):
            self._tell(f"encoding frames, {event.done / max(event.total, 1):.0%}")
        elif isinstance(event, TrainingStep):
            self._tell("being refreshed")

    def _on_end(self, run: Run, failure: Failure | None) -> None:
        if failure is not None:
            self._known = run.record.labels  # not again before labels have changed
            cures = tuple(one for one in failure.cures if one != Retry())  # the next label does
            problem = as_line(replace(failure, cures=cures))
            self._complain(f"Suggestions were not refreshed: {problem}")
            return
        assert self._trainings.folder is not None
        folder, lengths = self._trainings.folder, self._desk.session.dataset.lengths.tolist()
        self._work = start_work(
            self,
            lambda work: take_scores(folder, run, lengths),
            name="suggestions",
            done=lambda scores: self._on_taken(run, scores),
            failed=self._on_failed,
        )

    def _on_taken(self, run: Run, scores: Scores) -> None:
        self._work = None
        if self.on and not self._closed:
            self._ready = run, scores
            self._timer.start()

    def _show(self, run: Run, scores: Scores) -> None:
        self._ready, self._failed = None, False
        self._known = run.record.labels
        self._desk.refresh_scores(scores)
        self._tell("refreshed in a moment" if self._waiting else "up to date")

    def _remember(self) -> None:
        """Trainings of earlier sessions are listed; suggestions may have been left, too."""
        folder, lengths = self._trainings.folder, self._desk.session.dataset.lengths.tolist()
        if folder is None or not self.on or self._work is not None:
            return
        self._work = start_work(
            self,
            lambda work: newest(folder, lengths),
            name="suggestions",
            done=self._on_remembered,
            failed=self._on_failed,
        )

    def _on_remembered(self, found: tuple[Run, Scores] | None) -> None:
        self._work = None
        if found is not None and self.on and not self._closed and not self._desk.has_scores:
            self._ready = found
        self._want()

    def _make_way(self) -> None:
        """A training that was asked for needs the core."""
        if self._trainings.alive and self.tool.running:
            self.tool.close()
            self._want()
        if self._trainings.alive and self._waiting:
            self._tell("after the training")

    def _after_training(self) -> None:
        """What failed before may go well with its settings."""
        if self._failed:
            self._known = ""
        self._want()

    def _on_failed(self, error: BaseException) -> None:
        self._work = None
        if not isinstance(error, LabelerError):
            raise error
        self._complain(f"Suggestions were not refreshed: {as_line(error)}")

    def _complain(self, sentence: str, state: str = "not refreshed") -> None:
        self._failed = True
        self._tell(state)
        if sentence not in self._said:
            self._said.add(sentence)
            self._desk.say(sentence)

    def _tell(self, state: str) -> None:
        self._state = state
        self._desk.say_of_suggestions(f"suggestions: {self.state}" if self.state else "")
        self.changed.emit()
