"""Being told to stop: by Ctrl-C, by the system, or by the window."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


class Stopped(Exception):
    """Raised where there is nothing to finish first: while frames are encoded."""


@dataclass
class Stop:
    """Whether a run was told to stop, and by which signal."""

    number: int | None = None

    def __bool__(self) -> bool:
        return self.number is not None

    @property
    def exit_code(self) -> int:
        """130 after SIGINT, 143 after SIGTERM, as shells give them."""
        return 128 + (self.number or 0)

    def check(self) -> None:
        """Leave at once if told to.

        Raises:
            Stopped: told to.
        """
        if self:
            raise Stopped


@contextmanager
def signals() -> Iterator[Stop]:
    """SIGINT and SIGTERM ask to stop; the second one does what it did before, so it interrupts."""
    stop = Stop()
    before = {int(each): signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        if not stop:
            stop.number = number
        elif callable(handler := before[number]):
            handler(number, frame)
        else:
            raise KeyboardInterrupt

    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
