"""Keeps decisions: in the journal at once, in the label file soon after.

Two locks: `lock` guards what is in memory and the journal, and is held for one synced line at the
most; `_disk` guards the label file while it is read, compared and replaced. Who needs both takes
`_disk` first.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from labeler.errors import BusyError, SourceChangedError, StorageError
from labeler.labels import Crop, EpisodeLabel
from labeler.session.events import SaveState
from labeler.session.saver import Saver
from labeler.storage.labels.label_journal import Entry, Journal
from labeler.storage.labels.open_label_file import Disk, OpenLabelFile

_SAFE = "Every decision is safe in the journal beside it."
_ONLY_HERE = "Until it works, only this window has the labels: keep it open."
_NO_PROBLEM: Mapping[str, Any] = MappingProxyType({"problem": "", "cures": ()})
Compose = Callable[[], Callable[[], bytes]]


@dataclass(frozen=True)
class Before:
    """What there was of something that changed.

    labels: per episode that changed; None where that is not known
    crops: of all cameras, none where that is not known; None where no crop changed
    """

    labels: Mapping[int, EpisodeLabel | None] = field(default_factory=dict)
    crops: Mapping[str, Crop] | None = None

    def then(self, later: "Before") -> "Before":
        """What there was before this change and one that came after it."""
        crops = later.crops if self.crops is None else self.crops
        return Before({**later.labels, **self.labels}, crops)


NOTHING = Before()


class Autosave:
    """The label file and the journal of one session, and how safe the labels are.

    `prepare` is called without a lock and does what takes long the first time. `compose` is called
    with `lock` held and gives a function, called without it, that makes the label file's bytes.
    Without a journal the session only reads.
    """

    def __init__(
        self,
        file: OpenLabelFile,
        journal: Journal | None,
        state: SaveState,
        prepare: Callable[[], None],
        compose: Compose,
        announce: Callable[[], None],
        since: Before = NOTHING,
    ) -> None:
        self.lock = threading.RLock()
        self.file = file
        self.journal = journal
        self._disk = threading.Lock()
        self._state = state
        self._prepare = prepare
        self._compose = compose
        self._announce = announce
        self.since = since
        """What the label file said, when last read or written, of what was decided since."""
        self._stale = False  # the file has to be written although nothing was decided
        self._closed = False
        self._opened_in_conflict = bool(state.conflict)
        self._kept_mine = self._opened_in_conflict  # then both sides lie on the disk
        self.saver = Saver(self._save)

    def start(self) -> None:
        """Begin to save; what the journal holds already comes first."""
        self.saver.start()
        if self._state.pending:
            self.saver.wake()

    @property
    def state(self) -> SaveState:
        """How safe the labels are now."""
        return self._state

    def record(self, entry: Entry, before: Before) -> None:
        """Make an entry durable that replaces what was `before`.

        Call with `lock` held, before anything changes in memory.

        Raises:
            BusyError: the session only reads.
            StorageError: the entry could not be written; it does not hold.
        """
        if self.journal is None or self._closed:
            raise self._busy()
        try:
            self.journal.append(entry)
        except StorageError as error:
            self._fail(error, "The last decision was not saved.")
            raise
        self.since = self.since.then(before)
        self.set(pending=self._state.pending + 1, **_NO_PROBLEM)
        self.saver.wake()

    def set(self, **changes: object) -> None:
        """Change what is said about the labels' safety; who calls announces it without a lock."""
        with self.lock:
            self._state = replace(self._state, **changes)  # type: ignore[arg-type]

    def _fail(self, error: StorageError, meaning: str = "") -> None:
        """Writing or reading failed; `meaning` says what that means for the labels."""
        self.set(problem=f"{error.message} {meaning}".strip(), cures=error.cures)

    def make_stale(self) -> None:
        """Have the label file written anew although nothing was decided."""
        with self.lock:
            self._stale = True
        self.saver.wake()

    def look(self) -> None:
        """Notice that somebody else changed the label file; at once, or later if it is in use."""
        if not self._disk.acquire(blocking=False):
            self.saver.save_now(0)  # it is at work, may have looked already, and looks again
            return
        try:
            self._look()
        finally:
            self._disk.release()
        self._announce()

    def flush(self, timeout: float) -> bool:
        """Have the label file written; whether it holds everything within `timeout` seconds."""
        end = time.monotonic() + timeout
        while self.saver.save_now(end - time.monotonic()) and self._has_unsaved():
            if self._state.problem or self._state.conflict:
                break
        return not self._has_unsaved()

    def close(self) -> None:
        """Write the label file, remove the journal if nothing is left in it, let others write."""
        if self._closed:
            return
        self.saver.stop()
        with self.lock:
            self._closed = True
            if self.journal is not None:
                self.journal.close(remove=not self._has_unsaved())
        self.file.release()
        # These lead back to the session, which would live on until the garbage collector runs.
        self._prepare, self._compose, self._announce = _nothing, _no_labels, _nothing

    @contextmanager
    def taking_over(self) -> Iterator[None]:
        """Keep the saver away from the label file while a conflict is settled."""
        with self._disk:
            yield

    def settle(
        self,
        digest: str,
        entries: tuple[Entry, ...] = (),
        since: Before = NOTHING,
    ) -> None:
        """A conflict is over: the file has this digest, and only `entries` are not in it.

        `since` is what the file says of what the entries change. Call with both locks held.

        Raises:
            StorageError: the journal could not be written; the conflict stays.
        """
        if self.journal is not None:
            self.journal.restart(digest, entries)
        self.since = since
        self._opened_in_conflict = False
        self.set(conflict="", pending=len(entries))
        if self.journal is not None:  # a reader still has to be told what would let it decide
            self.set(**_NO_PROBLEM)
        if entries:
            self.saver.wake()

    def _busy(self) -> BusyError:
        sentence = self._state.read_only or "The labels are closed."
        return BusyError(sentence, *self._state.cures)

    def _has_unsaved(self) -> bool:
        return bool(self._state.pending or self._stale)

    def _look(self) -> None:
        try:
            found = self.file.look()
        except StorageError as error:
            self._fail(error)
            return
        if found is Disk.SAME and self._state.conflict and not self._opened_in_conflict:
            self.set(conflict="")  # it was only being written, or was put back
            self.saver.wake()
        elif found is Disk.CHANGED or (found is Disk.GONE and self.journal is None):
            if not self._state.conflict:
                self._kept_mine = False
                self.saver.wake()
            self.set(conflict=conflict_sentence(self.file, read_only=self.journal is None))
        elif found is Disk.GONE:  # everything is in memory: the next write brings it back
            self.file.forget()
            self._opened_in_conflict = False
            self.set(conflict="")
            self.make_stale()

    def _save(self) -> bool:
        """Write the label file if there is anything to write; whether nothing is left to do."""
        if self.journal is None:
            return True
        done = self._save_quietly()
        self._announce()
        return done

    def _save_quietly(self) -> bool:
        with self._disk:
            self._look()
            if self._state.conflict and not self._kept_mine:
                self._keep_mine()
            with self.lock:
                if self._state.conflict or not self._has_unsaved():
                    return True
            self._prepare()
            with self.lock:
                pending, since, stale = self._state.pending, self.since, self._stale
                self.since, self._stale = NOTHING, False
                make = self._compose()
            done = self._write(make(), pending)
            if not done:
                with self.lock:
                    self.since = since.then(self.since)
                    self._stale |= stale
        return done

    def _keep_mine(self) -> None:
        """Keep the labels as they are here beside the file that somebody else overwrote."""
        self._prepare()
        with self.lock:
            make = self._compose()
        try:
            self.file.keep_aside(make(), "mine")
        except StorageError as error:
            self._fail(error)
        else:
            self._kept_mine = True

    def _write(self, data: bytes, pending: int) -> bool:
        """Replace the label file by one that holds `pending` decisions of the journal."""
        journal = self.journal
        assert journal is not None
        try:
            with self.lock:
                journal.note_written(self.file.digest_of(data))
            self.file.overwrite(data)
        except SourceChangedError:
            self._look()
            return False
        except StorageError as error:
            there = self.file.journal_path.exists()  # its folder may have gone, too
            self._fail(error, _SAFE if there else _ONLY_HERE)
            return False
        with self.lock:
            left = self._state.pending - pending
            if not left:
                with suppress(StorageError):  # what is in there already is harmless
                    journal.restart(self.file.digest)
            self.set(pending=left, saved_at=datetime.now(UTC), **_NO_PROBLEM)
        return True


def _nothing() -> None:
    pass


def _no_labels() -> Callable[[], bytes]:
    return bytes


def conflict_sentence(file: OpenLabelFile, *, read_only: bool = False) -> str:
    """That somebody else changed the label file."""
    cure = (
        "Reload it."
        if read_only
        else "Reload it, or merge: take it and what was decided here since. Until then it is left "
        "alone, and what you decide is kept in the journal beside it."
    )
    return f"{file.path.name} was changed by another program. {cure}"
