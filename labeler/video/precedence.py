"""The image that somebody looks at comes before everything that is made beside it."""

import threading


class Precedence:
    """Counts who waits for an image to look at; others ask before each piece of work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._free = threading.Event()
        self._free.set()

    def say(self, who: object, waits: bool) -> None:
        """Tell whether a supply has images to make that somebody looks at."""
        with self._lock:
            (self._waiting.add if waits else self._waiting.discard)(id(who))
            if self._waiting:
                self._free.clear()
            else:
                self._free.set()

    @property
    def waiting(self) -> bool:
        """Whether anybody waits."""
        return not self._free.is_set()

    def give_way(self, timeout: float) -> bool:
        """Block until nobody waits, at most `timeout` seconds; says whether that is so."""
        return self._free.wait(timeout)


LOOKING = Precedence()
"""Thumbnails give way to whatever supply of this process shows an image."""
GLANCING = Precedence()
"""What is decoded far ahead gives way to thumbnails that are in sight."""
