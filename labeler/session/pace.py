"""How fast an operator decides, and how long the rest will take."""

import time
from collections import deque
from collections.abc import Callable

import numpy as np

IDLE = 60.0
"""Seconds without a decision that count as a break, not as work."""
_RECENT = 50  # episodes that an estimate rests on: people get faster


class Pace:
    """Learns seconds per episode from the moments at which decisions are taken.

    `clock` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._episode: int | None = None
        self._seconds: deque[float] = deque(maxlen=10_000)

    def begin(self) -> None:
        """Work begins now: time before does not count."""
        self._last = self._clock()
        self._episode = None

    def add_decision(self, episode: int) -> None:
        """A decision about an episode; one about the same episode as before belongs to that one."""
        now = self._clock()
        gap, self._last = now - self._last, now
        if gap > IDLE:
            self._episode = episode
            return
        if episode == self._episode and self._seconds:
            self._seconds[-1] += gap
        else:
            self._seconds.append(gap)
        self._episode = episode

    def left(self, episodes: int) -> float | None:
        """Seconds that so many episodes will take; None as long as that is not known."""
        recent = list(self._seconds)[-_RECENT:]
        return float(np.mean(recent)) * episodes if recent else None

    def text(self, done: int, total: int) -> str:
        """Progress in words: `132 of 200, about 4 min left`."""
        progress = f"{done:,} of {total:,}"
        left = self.left(total - done)
        if done >= total or left is None:
            return progress
        return f"{progress}, {_duration(left)} left"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"about {hours} h {minutes} min" if minutes and hours < 10 else f"about {hours} h"
