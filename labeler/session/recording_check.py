"""Whether the recording is still what was labelled."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from labeler.background import give_way
from labeler.dataset import Dataset
from labeler.dataset.fingerprint import changes_since, fingerprint
from labeler.errors import DatasetError
from labeler.labels import DatasetIdentity


class _CancelledError(Exception):
    pass


class _Turn:
    """One recording is read at a time: those of a collection would get in each other's way."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._taken = False

    def take(self, stopped: threading.Event) -> bool:
        """Wait for the turn; False if `stopped` was set meanwhile."""
        with self._change:
            self._change.wait_for(lambda: not self._taken or stopped.is_set())
            if stopped.is_set():
                return False
            self._taken = True
            return True

    def leave(self) -> None:
        """Let another one read."""
        with self._change:
            self._taken = False
            self._change.notify_all()

    def wake(self) -> None:
        """Have those that wait look whether they were stopped."""
        with self._change:
            self._change.notify_all()


_TURN = _Turn()


class RecordingCheck:
    """The identity that the labels carry, compared with the recording's fingerprint once known.

    The fingerprint is computed in a thread, from files that it opens itself; `on_known` is called
    there. Labels that carry no fingerprint belong to this recording and take on its own.
    """

    def __init__(
        self,
        dataset: Dataset,
        identity: DatasetIdentity,
        last_label: datetime | None,
        on_known: Callable[[], None],
    ) -> None:
        self.identity = identity
        self._dataset = dataset
        self._last_label = last_label
        self._changes = ""
        self._found = ""
        self._failure = ""
        self._on_known = on_known
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fingerprint", daemon=True)

    def start(self) -> None:
        """Begin to compute the fingerprint."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, whether it is done or not."""
        self._stopped.set()
        _TURN.wake()
        self._thread.join()
        self._on_known = lambda: None  # whoever waited is not held any longer

    def wait(self, timeout: float) -> bool:
        """Whether the thread is done within `timeout` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def sentence(self) -> str:
        """That the recording is not what was labelled; empty if it is, or as long as unknown."""
        if not self.changed:
            return ""
        return (
            f"The recording {self.identity.name} is not the one that was labelled: its files "
            f"have changed since. {self._changes}".rstrip()
            + " Look through the labels before you write a copy."
        )

    @property
    def failure(self) -> str:
        """Why the recording cannot be compared: a file is missing or cannot be read."""
        return self._failure

    @property
    def changed(self) -> bool:
        """Whether the recording is known to be another than what was labelled."""
        known = self.identity.fingerprint
        return bool(known and self._found and known != self._found)

    @property
    def known(self) -> bool:
        """Whether the recording was read, and can be compared."""
        return bool(self._found)

    def adopt(self) -> bool:
        """Give labels without a fingerprint that of the recording; whether that changed them."""
        if self.identity.fingerprint or not self._found:
            return False
        self.accept()
        return True

    def accept(self) -> None:
        """The labels belong to the recording as it is now, also where that is still to be read."""
        self.identity = replace(self.identity, fingerprint=self._found)

    def _run(self) -> None:
        give_way()  # the first image comes first
        if not _TURN.take(self._stopped):
            return
        try:
            found = fingerprint(self._dataset, self._on_bytes)
            if found != self.identity.fingerprint:
                self._changes = changes_since(self._dataset, self._last_label)
            self._found = found
        except _CancelledError:
            return
        except DatasetError as error:
            self._failure = str(error)
        finally:
            _TURN.leave()
        if not self._stopped.is_set():
            self._on_known()

    def _on_bytes(self, count: int) -> None:
        if self._stopped.is_set():
            raise _CancelledError
