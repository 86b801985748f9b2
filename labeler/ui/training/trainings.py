"""The trainings on the open recording: listed, started, followed while they run, ended."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from labeler.background import give_way
from labeler.contracts.cluster_answer import LOCAL
from labeler.errors import LabelerError
from labeler.labels import DatasetLabels
from labeler.labels.document import from_text
from labeler.runs import process
from labeler.runs.failure import Failure, failure_from_log, failure_of
from labeler.runs.record import Run, make_run, meaning, runs_in
from labeler.runs.story import Phase, Story
from labeler.runs.tail import EventTail, last_lines
from labeler.runs.trainer import resuming_arguments, training_arguments
from labeler.session.default_places import runs_folder
from labeler.storage.program.training_runs import move_to_trash
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.processes import launch
from labeler.ui.kit.work import Work, start_work

_TICK = 500  # ms between looks at the events of a run that is alive
_LOG_LINES = 200


class Training:
    """One run with its story; `changed_since` are episodes whose labels are others now."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.story = Story()
        self.tail = EventTail(run.events)
        self.changed_since: set[int] = set()
        self.labels: DatasetLabels | None = None
        self.discarding = False

    @property
    def name(self) -> str:
        """How the list calls it: the name that it was given, or its time."""
        if self.run.record.name:
            return self.run.record.name
        created = self.run.record.created.astimezone()
        today = created.date() == datetime.now(UTC).astimezone().date()
        return created.strftime("%H:%M:%S" if today else "%d %b %H:%M:%S")

    @property
    def alive(self) -> bool:
        """Whether its process is at work, as far as was looked."""
        return not self.story.phase.over

    @property
    def failure(self) -> Failure | None:
        """Why it failed; None if it did not."""
        if self.story.failed is not None:
            return failure_of(self.story.failed)
        if self.story.phase is Phase.DIED:
            return failure_from_log(self.log(), can_resume=self.run.can_resume)
        return None

    def log(self) -> list[str]:
        """The end of what its process printed."""
        return last_lines(self.run.log, _LOG_LINES)

    def look(self) -> bool:
        """Read what came; whether there is anything new."""
        if self.story.phase.over and not process.alive(*self._mark()):
            return self.story.tell(self.tail.read())
        there = process.alive(*self._mark())
        new = self.story.tell(self.tail.read())
        while not there and (more := self.tail.read()):
            self.story.tell(more)
        if not there and not self.story.phase.over:
            self.story.process_ended(asked_to_stop=self.run.record.stopping)
            new = True
        return new

    def _mark(self) -> tuple[int, str]:
        return self.run.record.pid, self.run.record.born


class Trainings(QObject):
    """All runs of a recording, oldest first. A timer runs only while one of them is alive."""

    loaded = Signal()
    """Runs of earlier sessions are known."""
    listed = Signal()
    """Runs came or went."""
    changed = Signal(object)
    """Training: it told something new, or its labels are others now."""
    ended = Signal(object)
    """Training: its process is gone."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.all: list[Training] = []
        self.folder: Path | None = None
        self._closed = False
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._look)
        desk.bridge.labels_changed.connect(self._compare)
        self._work: Work = start_work(
            self,
            lambda work: _find_trainings(desk),
            name="trainings",
            done=self._on_found,
            failed=self._on_failed,
        )

    @property
    def alive(self) -> list[Training]:
        """Those whose process is at work."""
        return [one for one in self.all if one.alive]

    @property
    def watching(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    @property
    def latest_settings(self) -> Path | None:
        """Settings of the latest run that its trainer found to be good; None without one."""
        good = [one for one in self.all if one.story.started is not None]
        return good[-1].run.settings if good else None

    def start(self, settings: str, name: str = "", place: str = LOCAL) -> Training:
        """Begin a training on the labels as they are now, and give it a name.

        place: where its frames are encoded, as `labeler-train --on` takes it

        Raises:
            LabelerError: its folder could not be written, or its process did not start.
        """
        session = self._desk.session
        self.folder = self.folder or runs_folder(session.dataset)
        labels = session.labels()
        root = session.dataset.root
        training = Training(make_run(self.folder, root, labels, settings, place))
        training.labels = labels
        self.all.append(training)
        if name.strip():
            training.run = training.run.renamed(name)
        self.listed.emit()
        self._launch(training, training_arguments(training.run))
        return training

    def resume(self, training: Training) -> None:
        """Go on with a training that ended early.

        Raises:
            LabelerError: its process did not start.
        """
        again = training.run.can_resume
        arguments = resuming_arguments(training.run) if again else training_arguments(training.run)
        training.story.process_began()
        self._launch(training, arguments)

    def stop(self, training: Training) -> None:
        """Ask a training to finish its step and save.

        Raises:
            StorageError: that it was asked could not be written down.
        """
        if training.alive:
            training.run = training.run.with_record(stopping=True)
            process.ask_to_stop(training.run.record.pid)
            self.changed.emit(training)

    def set_name(self, training: Training, name: str) -> None:
        """Give a training another name; an empty one gives its time back.

        Raises:
            StorageError: it could not be written down.
        """
        training.run = training.run.renamed(name)
        self.changed.emit(training)

    def discard(self, training: Training) -> Path | None:
        """End a training and move its folder to the trash; its place there comes back.

        None while its process still has to end; the folder is moved after that.

        Raises:
            StorageError: it could not be moved.
        """
        if training.alive:
            training.discarding = True
            process.end(training.run.record.pid)
            self._timer.start()
            return None
        assert self.folder is not None
        trash = self.folder.parent.parent / "trash"
        place = move_to_trash(training.run.folder, trash)
        self.all.remove(training)
        self.listed.emit()
        return place

    def close(self) -> None:
        """Look no more; processes go on."""
        self._closed = True
        self._timer.stop()
        self._work.join(5)

    def _launch(self, training: Training, arguments: Sequence[str]) -> None:
        try:
            training.run = launch(training.run, arguments)
        except LabelerError:
            training.story.process_ended(asked_to_stop=False)
            self.changed.emit(training)
            raise
        self._timer.start()
        self.changed.emit(training)

    def _look(self) -> None:
        for training in self.alive:
            if training.look():
                self.changed.emit(training)
            if not training.alive:
                self._on_end(training)
        if not self.alive:
            self._timer.stop()

    def _on_end(self, training: Training) -> None:
        self.ended.emit(training)
        if training.discarding:
            try:
                place = self.discard(training)
            except LabelerError as error:
                self._desk.say(as_line(error))
            else:
                self._desk.say(f"Training discarded. It is now in {place}.")

    def _compare(self, episodes: Sequence[int]) -> None:
        session = self._desk.session
        for training in self.all:
            if training.labels is None:
                continue
            before = len(training.changed_since)
            for episode in episodes:
                now = meaning(session.label(episode))
                if now == meaning(training.labels[episode]):
                    training.changed_since.discard(episode)
                else:
                    training.changed_since.add(episode)
            if len(training.changed_since) != before:
                self.changed.emit(training)

    def _on_found(self, found: tuple[Path, list[Training]]) -> None:
        if self._closed:
            return
        self.folder, trainings = found
        known = {one.run.folder for one in self.all}
        self.all[:0] = [one for one in trainings if one.run.folder not in known]
        if trainings:
            self._compare(range(len(self._desk.session.dataset)))
            self.listed.emit()
        if self.alive:
            self._timer.start()
        self.loaded.emit()

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            raise error
        self._desk.say(as_line(error))


def _find_trainings(desk: Desk) -> tuple[Path, list[Training]]:
    """The runs of earlier sessions with all they told; off the window's thread."""
    give_way()
    folder = runs_folder(desk.session.dataset)
    trainings = [Training(run) for run in runs_in(folder)]
    for training in trainings:
        while training.look():
            pass
        training.labels = _labels(training.run, desk)
    return folder, trainings


def _labels(run: Run, desk: Desk) -> DatasetLabels | None:
    lengths = desk.session.dataset.lengths.tolist()
    try:
        return from_text(run.labels.read_text(encoding="utf-8"), lengths=lengths)
    except (OSError, ValueError, LabelerError):
        return None
