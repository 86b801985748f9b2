"""Reads a whole recording in the background to tell whether it is what was labelled."""

import threading
from collections.abc import Callable

from labeler.dataset import Dataset
from labeler.dataset.files import fingerprint
from labeler.errors import DatasetError


class _CancelledError(Exception):
    pass


class Fingerprinting:
    """Computes the fingerprint in a thread, from files that it opens itself.

    One of the two callbacks is called from that thread, unless it is stopped before.
    """

    def __init__(
        self,
        dataset: Dataset,
        on_done: Callable[[str], None],
        on_error: Callable[[DatasetError], None],
    ) -> None:
        self._dataset = dataset
        self._on_done = on_done
        self._on_error = on_error
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fingerprint", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, whether it is done or not."""
        self._stopped.set()
        self._thread.join()

    def wait(self, timeout: float) -> bool:
        """Whether the thread is done within `timeout` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            found = fingerprint(self._dataset, self._on_bytes)
        except _CancelledError:
            return
        except DatasetError as error:
            if not self._stopped.is_set():
                self._on_error(error)
            return
        if not self._stopped.is_set():
            self._on_done(found)

    def _on_bytes(self, count: int) -> None:
        if self._stopped.is_set():
            raise _CancelledError
