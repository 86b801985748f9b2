"""An open dataset with its labels: decides, takes back, keeps, and announces what changed."""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.errors import BusyError
from labeler.labels import Crop, DatasetLabels, EpisodeLabel
from labeler.labels.collection import check_label, last_time
from labeler.labels.document import join_lines
from labeler.session.any_session import AnySession
from labeler.session.autosave import Autosave, Before
from labeler.session.conflict import Settled, take_both, take_theirs
from labeler.session.entries import entry_of
from labeler.session.events import Changed, SaveState, Step
from labeler.session.history import History
from labeler.session.opening import Opened, loading, open_all
from labeler.session.queue import task_texts
from labeler.session.recording_check import RecordingCheck
from labeler.session.table import Table, content_of, stamped
from labeler.storage.labels.history_file import HistoryFile


class Session(AnySession):
    """An open dataset with labels, history and autosave.

    Methods may be called from any thread, one at a time for those that change labels. `Changed`
    is announced on the thread that calls; `SaveState` there or on a thread of the session.
    Use `open`.

    Attributes:
        dataset: the recording, open for reading.
        file: the label file; it need not exist yet.
        by_default: whether it lies where labels lie if the user does not say.
        author: stamped on decisions from now on.
        notes: sentences about opening that the user should see.
        task_texts: distinct task texts in lower case, and which of them each episode has: int64,
            shape (episodes,).
    """

    def __init__(self, opened: Opened, author: str) -> None:
        super().__init__()
        self.dataset = opened.dataset
        self.file: Path = opened.file.path
        self.by_default = opened.by_default
        self.author = author
        self.notes: tuple[str, ...] = tuple(opened.notes)
        self.table = Table(opened.dataset.lengths, opened.labels, opened.crops)
        self.task_texts = task_texts(opened.dataset)
        kept = None if opened.journal is None else HistoryFile(opened.file.history_path)
        self._history = History(kept, self.table)
        self._announcing = threading.RLock()
        self._announced = opened.state
        self._autosave = Autosave(
            opened.file, opened.journal, opened.state, self.table.prepare, self._compose,
            self._announce_state, opened.since,
        )  # fmt: skip
        self._lock = self._autosave.lock
        self._decided = False
        self._recording = RecordingCheck(
            opened.dataset,
            opened.identity,
            last_time(opened.labels.values()),
            self._recording_known,
        )
        self._autosave.start()
        self._recording.start()

    @classmethod
    def open(
        cls,
        root: Path,
        labels_file: Path | None = None,
        *,
        author: str = "",
        on_step: Callable[[str], None] | None = None,
        first_frame: int | None = None,
        first_episode: int | None = None,
    ) -> "Session":
        """Open the dataset at `root` with its labels.

        Without `labels_file` they lie in the user's data folder. A file of another dialect is
        imported into the labels there, where they say nothing yet; `first_frame` and
        `first_episode` (0 or 1) say how it counts. `on_step` is told what is being done.

        Raises:
            DatasetError: the dataset cannot be opened.
            LabelError: the label file cannot be understood or belongs to another dataset.
            StorageError: the label file cannot be read or lies inside a dataset.
        """
        with loading():
            opened = open_all(
                Path(root), labels_file, on_step or (lambda what: None), first_frame, first_episode
            )
            session = cls(opened, author)
        if opened.foreign is not None and labels_file is not None:
            from labeler.session.exchange import fill_in

            try:
                session.notes += fill_in(session, opened.foreign, labels_file.name)
            except BaseException:
                session.close()
                raise
        return session

    @property
    def places(self) -> tuple[Path, ...]:
        """The recording's folder."""
        return (self.dataset.root,)

    @property
    def files(self) -> frozenset[Path]:
        """The label file."""
        return frozenset({self.file})

    def session_at(self, episode: int) -> "Session":
        """This one."""
        return self

    def place_of(self, episode: int) -> tuple[str, int]:
        """No name, and the number of the episode."""
        return "", episode

    def find_episode(self, own: int, near: int) -> int | None:
        """The episode with this number; None if there is none."""
        return own if own < len(self.dataset) else None

    def flagged(self) -> NDArray[np.bool_]:
        """Whether an episode is flagged, shape (episodes,); a view that stays current."""
        view = self.table.flagged.view()
        view.flags.writeable = False
        return view

    def snapshot(self) -> Callable[[], DatasetLabels]:
        """The labels as they are now, at once; calling what comes back makes them a value.

        That takes time where there are many, and may be done in another thread.
        """
        with self._lock:
            touched, identity = dict(self.table.touched), self._recording.identity
            crops = dict(self.table.crops)
        lengths = self.table.lengths
        return lambda: DatasetLabels(lengths.tolist(), touched, identity, crops)

    def decide(self, episode: int, label: EpisodeLabel, *, frame: int, what: str) -> None:
        """Take one decision; it is on the disk when this returns.

        Author and time are stamped on it. A label that differs in nothing else is no step.
        `frame` is where the operator was, `what` what undoing is called.

        Raises:
            LabelError: the label does not fit the episode.
            BusyError: the session only reads.
            StorageError: the decision could not be kept; it does not hold.
        """
        self._take({episode: stamped(label, self.author)}, what, episode, frame)

    def decide_many(
        self,
        labels: Mapping[int, EpisodeLabel],
        *,
        what: str,
        crops: Mapping[str, Crop] | None = None,
    ) -> tuple[int, ...]:
        """Take decisions about several episodes as one step; the episodes that it changed.

        Labels with a time keep theirs. Where `crops` are given, the step draws those, too.

        Raises:
            LabelError: a label does not fit its episode; none is taken.
            BusyError: the session only reads.
            StorageError: the decisions could not be kept; none holds.
        """
        dated = {
            episode: label if label.time else stamped(label, self.author)
            for episode, label in labels.items()
        }
        return self._take(dated, what, None, 0, crops)

    def undo(self) -> Step | None:
        """Take back the last step; the step comes back, with its place. None if there is none.

        Raises:
            StorageError: that could not be kept; nothing changed.
        """
        return self._turn(back=True)

    def redo(self) -> Step | None:
        """Bring back the step last taken back; None if there is none.

        Raises:
            StorageError: that could not be kept; nothing changed.
        """
        return self._turn(back=False)

    @property
    def undo_text(self) -> str:
        """What undoing takes back; empty when there is nothing."""
        return self._history.undo_text

    @property
    def redo_text(self) -> str:
        """What redoing brings back; empty when there is nothing."""
        return self._history.redo_text

    def step_time(self, *, back: bool) -> float | None:
        """When the step to undo, or redo, was taken: seconds since 1970 UTC; None without one."""
        step = self._history.last if back else self._history.next
        return None if step is None else step.time

    def save_state(self) -> SaveState:
        """How safe the labels are now."""
        return self._autosave.state

    def check_disk(self) -> None:
        """Look whether somebody else changed the label file; `SaveState.conflict` says so."""
        self._autosave.look()

    def reload(self) -> None:
        """Take the label file as it is on disk. Can be undone.

        What the session had is kept in a file `….before-reload-…` beside it.

        Raises:
            LabelError: the file cannot be understood or belongs to another dataset.
            StorageError: the file cannot be read, or nothing could be written.
        """
        self._settle(take_theirs, f"reloading {self.file.name}")

    def merge(self) -> None:
        """Take the label file as it is on disk, and over it what was decided here since it was
        last written. Can be undone.

        The file is kept as `….before-merge-…` beside it if it says something else about an episode
        that was decided here.

        Raises:
            LabelError: the file cannot be understood or belongs to another dataset.
            BusyError: the session only reads.
            StorageError: the file cannot be read, or nothing could be written.
        """
        self._check_writable()
        self._settle(take_both, f"merging {self.file.name}")

    def accept_recording(self) -> None:
        """Say that the labels belong to the recording as it is now, although it has changed.

        Raises:
            BusyError: the session only reads.
        """
        self._check_writable()
        with self._changing():
            if self._recording.changed or not self._recording.known:
                self._recording.accept()
                self._autosave.make_stale()
                self._compare_recording()

    def set_crops(self, crops: Mapping[str, Crop], *, episode: int = 0, frame: int = 0) -> None:
        """Keep in the label file what a classifier is to see of the cameras. Can be undone.

        `episode` and `frame` are where the operator was.

        Raises:
            BusyError: the session only reads.
            StorageError: they could not be kept; they do not hold.
        """
        self._take({}, "crop", episode, frame, crops)

    def flush(self, timeout: float) -> bool:
        """Write the label file; whether it holds everything within `timeout` seconds."""
        return self._autosave.flush(timeout)

    def close(self) -> None:
        """Write the label file, let others write it, close the dataset. May be called again."""
        self._recording.stop()
        self._autosave.close()
        self.dataset.close()
        gc.unfreeze()  # see `loading`

    @contextmanager
    def _changing(self, first: AbstractContextManager[None] | None = None) -> Iterator[list[int]]:
        """Hold the lock, and one that comes before it; then announce the episodes in the list.

        How safe the labels are is announced, too. That comes last, because no callback may be
        called with a lock held: it may wait for a thread that waits for the lock.
        """
        changed: list[int] = []
        try:
            with first or nullcontext(), self._lock:
                yield changed
        finally:
            if changed:
                self._listeners.announce(Changed(tuple(changed)))
            self._announce_state()

    def _settle(self, cure: Callable[[Autosave, Dataset, Table], Settled], what: str) -> None:
        with self._changing(self._autosave.taking_over()) as changed:
            settled = cure(self._autosave, self.dataset, self.table)
            self._recording.identity = settled.identity
            step = self.table.step_to(settled.changes, settled.crops, what)
            self.table.take(settled.changes, settled.crops)
            if step is not None and not self.save_state().read_only:
                self._history.add(step)
            changed += settled.changes
            self._compare_recording()

    def _take(
        self,
        labels: Mapping[int, EpisodeLabel],
        what: str,
        episode: int | None,
        frame: int,
        crops: Mapping[str, Crop] | None = None,
    ) -> tuple[int, ...]:
        self._check_writable()
        with self._changing() as changed:
            for index, label in labels.items():
                check_label(self.table.lengths, index, label)  # type: ignore[arg-type]
            new = {
                index: label
                for index, label in labels.items()
                if content_of(self.table[index]) != content_of(label)
            }
            step = self.table.step_to(new, crops, what, episode, frame)
            if step is None:
                return ()
            self._apply(step, what)
            self._history.add(step)
            changed += new
        return tuple(new)

    def _turn(self, *, back: bool) -> Step | None:
        """Undo, or redo, one step."""
        with self._changing() as changed:
            step = self._history.last if back else self._history.next
            if step is not None:
                word = "undo" if back else "redo"
                self._apply(step.turned() if back else step, f"{word} {step.what}")
                (self._history.undone if back else self._history.redone)()
                changed += step.changes
        return step

    def _check_writable(self) -> None:
        if reason := (state := self.save_state()).read_only:
            raise BusyError(reason, *state.cures)

    def _apply(self, step: Step, what: str) -> None:
        """Keep what a step leads to, then let it hold; with the lock held."""
        drawn = None if step.crops is None else step.crops[1]
        before = {episode: self.table[episode] for episode in step.changes}
        self._autosave.record(
            entry_of(step.after, what, drawn),
            Before(before, None if drawn is None else self.table.crops),
        )
        self._decided = True
        self.table.take(step.after, drawn)

    def _compose(self) -> Callable[[], bytes]:
        lines, identity = self.table.lines(), self._recording.identity
        crops = dict(self.table.crops)
        return lambda: join_lines(identity, lines, crops).encode("ascii")

    def _announce_state(self) -> None:
        """Announce the newest state; two threads never announce an older one after a newer."""
        with self._announcing:
            state = self._autosave.state
            if state != self._announced:
                self._announced = state
                self._listeners.announce(state)

    def _recording_known(self) -> None:
        with self._changing():
            self._compare_recording()

    def _compare_recording(self) -> None:
        if self._recording.adopt() and self._decided:
            self._autosave.make_stale()
        self._autosave.set(
            dataset_changed=self._recording.sentence(),
            dataset_damaged=self._recording.failure,
            may_accept=self._recording.changed,
        )
