"""Several recordings with their labels as one: each keeps its own label file, journal and lock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from labeler.collection import Source
from labeler.dataset.joined import JoinedDataset, JoinedPart
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.session.any_session import AnySession
from labeler.session.events import CARRIED, Changed, Event, SaveState, Step
from labeler.session.session import Session
from labeler.session.table import Table

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """A recording of a collection that is open.

    chosen: the episodes that are in the queue: int64, ascending; tags: words for its session
    """

    name: str
    session: Session
    chosen: NDArray[np.int64]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """A recording of a collection that could not be opened: why, and what to do."""

    name: str
    root: Path
    why: str
    cure: str


class JoinedSession(AnySession):
    """Several sessions behind one, with the episodes counted through; methods are a `Session`'s.

    A decision is kept by the session of its recording, as durably as ever. Undoing goes back
    through all of them, latest first. Two members may share a session.

    Attributes:
        members: the recordings, in the order of their episodes.
        absent: recordings that are not open.
        dataset: the episodes of all.
        table: the labels of all.
    """

    by_default = True
    dataset: JoinedDataset

    def __init__(
        self,
        places: Sequence[Path],
        members: Sequence[Member],
        absent: Sequence[Absent] = (),
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.collection = self
        self._places = tuple(places)
        self.members, self.absent = tuple(members), tuple(absent)
        parts = [JoinedPart(one.session.dataset, one.chosen) for one in self.members]
        self.dataset = JoinedDataset(places[0], parts, _name(places))
        self.file = places[0]
        self.notes = tuple(notes)
        self._firsts = np.cumsum([0, *(len(one.chosen) for one in self.members)])
        self.sessions = tuple(dict.fromkeys(one.session for one in self.members))
        self.table = Table(self.dataset.lengths, self._collect_labels())
        self.task_texts = self._task_texts()
        self._done: list[Session] = []
        self._undone: list[Session] = []
        self._turning = False
        self._decided = False  # whether a step was taken since this start
        self._ends = [self._follow(session) for session in self.sessions]

    @property
    def author(self) -> str:
        """Stamped on decisions from now on."""
        return self.sessions[0].author

    @author.setter
    def author(self, name: str) -> None:
        for session in self.sessions:
            session.author = name

    @property
    def places(self) -> tuple[Path, ...]:
        """The collection file, or the folders."""
        return self._places

    @property
    def files(self) -> frozenset[Path]:
        """The label files."""
        return frozenset(session.file for session in self.sessions)

    def member_of(self, episode: int) -> tuple[Member, int]:
        """The recording of an episode, and its number there."""
        number = int(self.dataset.part_numbers[episode])
        member = self.members[number]
        return member, int(member.chosen[episode - self._firsts[number]])

    def session_at(self, episode: int) -> Session:
        """The session of the recording that an episode belongs to."""
        return self.member_of(max(episode, 0))[0].session

    def place_of(self, episode: int) -> tuple[str, int]:
        """Name of the recording of an episode, and its number there."""
        member, own = self.member_of(episode)
        return member.name, own

    def find_episode(self, own: int, near: int) -> int | None:
        """The episode with this number in the recording of the episode `near`."""
        number = int(self.dataset.part_numbers[near])
        return self._there(number, own)

    def snapshot(self) -> Callable[[], DatasetLabels]:
        """The labels of all episodes as they are now; see `AnySession.snapshot`."""
        touched, lengths = dict(self.table.touched), self.table.lengths
        return lambda: DatasetLabels(lengths.tolist(), touched)

    def sources(self) -> Callable[[], tuple[Source, ...]]:
        """Every recording with its labels as they are now, made when what comes back is called.

        Their datasets are readers of their own, to be closed.
        """
        snapshots = [one.session.snapshot() for one in self.members]
        return lambda: tuple(
            Source(
                name=one.name,
                dataset=one.session.dataset.reopen(),
                labels=labels(),
                origin=str(one.session.file),
                chosen=tuple(one.chosen.tolist()),
                tags=one.tags,
            )
            for one, labels in zip(self.members, snapshots, strict=True)
        )

    def decide(self, episode: int, label: EpisodeLabel, *, frame: int, what: str) -> None:
        """Take one decision; it is on the disk, in the recording's journal, when this returns.

        Raises:
            LabelError, BusyError, StorageError: as `Session.decide`.
        """
        member, own = self.member_of(episode)
        member.session.decide(own, label, frame=frame, what=what)

    def undo(self) -> Step | None:
        """Take back the last step, in whichever recording; None if there is none.

        Raises:
            StorageError: that could not be kept; nothing changed.
        """
        return self._turn(self._done, self._undone, Session.undo)

    def redo(self) -> Step | None:
        """Bring back the step last taken back; None if there is none.

        Raises:
            StorageError: that could not be kept; nothing changed.
        """
        return self._turn(self._undone, self._done, Session.redo)

    @property
    def undo_text(self) -> str:
        """What undoing takes back; empty when there is nothing."""
        session = self._done[-1] if self._done else self._latest(Session.undo)
        return session.undo_text if session else ""

    @property
    def redo_text(self) -> str:
        """What redoing brings back; empty when there is nothing."""
        session = self._undone[-1] if self._undone else self._latest(Session.redo)
        return session.redo_text if session else ""

    def save_state(self) -> SaveState:
        """How safe the labels of all are; what is wrong with one names it."""
        named = {one.session: one.name for one in reversed(self.members)}
        states = {named[session]: session.save_state() for session in self.sessions}

        def join_lines(what: str) -> str:
            return "\n".join(
                f"{name}: {said}" for name, one in states.items() if (said := getattr(one, what))
            )

        saved = max((one.saved_at or _NEVER for one in states.values()), default=_NEVER)
        return SaveState(
            self.file,
            saved_at=None if saved == _NEVER else saved,
            pending=sum(one.pending for one in states.values()),
            read_only=join_lines("read_only")
            if all(one.read_only for one in states.values())
            else "",
            conflict=join_lines("conflict"),
            dataset_changed=join_lines("dataset_changed"),
            dataset_damaged=join_lines("dataset_damaged"),
            problem=join_lines("problem"),
            cures=tuple(dict.fromkeys(cure for one in states.values() for cure in one.cures)),
            recovered=sum(one.recovered for one in states.values()),
        )

    def check_disk(self) -> None:
        """Look whether somebody else changed a label file."""
        for session in self.sessions:
            session.check_disk()

    def flush(self, timeout: float) -> bool:
        """Write the label files; whether each holds everything within `timeout` seconds."""
        return all([session.flush(timeout) for session in self.sessions])

    def close(self) -> None:
        """Write the label files, let others write them, close the datasets."""
        self.dataset.close()
        for end in self._ends:
            end()
        for session in self.sessions:
            session.close()

    def _turn(
        self,
        here: list[Session],
        there: list[Session],
        turn: Callable[[Session], Step | None],
    ) -> Step | None:
        earlier = not here  # what earlier starts decided lies with each recording
        session = self._latest(turn) if earlier else here.pop()
        if session is None:
            return None
        self._turning = True
        try:
            step = turn(session)
        except BaseException:
            if not earlier:
                here.append(session)
            raise
        finally:
            self._turning = False
        there.append(session)
        return None if step is None else self._renumber(session, step)

    def _latest(self, turn: Callable[[Session], Step | None]) -> Session | None:
        """The recording with the step to turn, of what earlier starts left."""
        back = turn is Session.undo
        if not back and self._decided:  # a step that was taken ends what was undone
            return None
        # Where several are opened, the labels that a recording brings along are where one begins.
        turned = [one for one in self.sessions if not (back and one.undo_text == CARRIED)]
        times = {one: one.step_time(back=back) for one in turned}
        left = {one: time for one, time in times.items() if time is not None}
        if not left:
            return None
        return max(left, key=left.__getitem__) if back else min(left, key=left.__getitem__)

    def _follow(self, session: Session) -> Callable[[], None]:
        return session.subscribe(lambda event: self._on_event(session, event))

    def _on_event(self, session: Session, event: Event) -> None:
        """Called in the thread of the decision; about saving, also in those that save."""
        if isinstance(event, SaveState):
            self._listeners.announce(self.save_state())
            return
        # What somebody else decided and a reader reloads is no step that it could take back.
        if not self._turning and not session.save_state().read_only:
            self._decided = True
            self._done.append(session)
            self._undone.clear()
        changed = [there for own in event.episodes for there in self._everywhere(session, own)]
        for episode in changed:
            member, own = self.member_of(episode)
            self.table.put(episode, member.session.label(own))
        if changed:
            self._listeners.announce(Changed(tuple(changed)))

    def _renumber(self, session: Session, step: Step) -> Step:
        """The step with the numbers of its episodes here; one that is not in the queue has none."""
        changes = {
            there: pair
            for own, pair in step.changes.items()
            for there in self._everywhere(session, own)
        }
        places = self._everywhere(session, step.episode) or list(changes) or [self._first(session)]
        frame = step.frame if step.episode in step.changes else 0
        return Step(step.what, places[0], frame, MappingProxyType(changes))

    def _first(self, session: Session) -> int:
        number = next(i for i, one in enumerate(self.members) if one.session is session)
        return int(self._firsts[number])

    def _everywhere(self, session: Session, own: int) -> list[int]:
        numbers = [i for i, one in enumerate(self.members) if one.session is session]
        found = [self._there(number, own) for number in numbers]
        return [episode for episode in found if episode is not None]

    def _there(self, number: int, own: int) -> int | None:
        chosen = self.members[number].chosen
        at = int(np.searchsorted(chosen, own))
        return int(self._firsts[number]) + at if at < len(chosen) and chosen[at] == own else None

    def _collect_labels(self) -> dict[int, EpisodeLabel]:
        return {
            first + at: touched[own]
            for first, one in zip(self._firsts.tolist(), self.members, strict=False)
            for touched in [one.session.table.touched]
            for at, own in enumerate(one.chosen.tolist())
            if own in touched
        }

    def _task_texts(self) -> tuple[list[str], NDArray[np.int64]]:
        """Task texts that begin with the recording's name, so that a search finds that, too."""
        numbers: dict[str, int] = {}
        which: list[int] = []
        for one in self.members:
            texts, of = one.session.task_texts
            told = [f"{one.name.casefold()} {text}" for text in texts]
            which += [numbers.setdefault(told[n], len(numbers)) for n in of[one.chosen].tolist()]
        return list(numbers), np.array(which, dtype=np.int64)


def _name(places: Sequence[Path]) -> str:
    first, rest = places[0], len(places) - 1
    return f"{first.name} and {rest} more" if rest else first.stem
