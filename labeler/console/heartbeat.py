"""No command is silent for long: a line on stderr whenever nothing was printed for some seconds.

All output passes `standard_streams`, which tells the heartbeat of the command at work. What the
line says comes from the progress that is shown, or else is the command's name; so a phase that
counts nothing, and an import that takes its time, are heard of, too. While a terminal shows a bar,
that speaks for itself.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from labeler.console.output import say

EVERY = 3.0
"""Seconds without output after which a line is printed; starting a program takes more of the five
that nobody should wait."""
VARIABLE = "LABELER_HEARTBEAT"
"""Environment variable with other seconds, for scripts that compare what is printed; 0 is never."""

_LONGEST_LINE = 2.0  # seconds; the first one imports what writes it

Text = Callable[[], str]


class Heartbeat:
    """Says what a command does, `every` seconds of silence; `clock` gives seconds."""

    def __init__(
        self,
        name: str,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        *,
        every: float,
    ) -> None:
        self._name = name
        self._say = say
        self._clock = clock
        self._every = every
        self._began = self._heard = clock()
        self._texts: list[Text] = []
        self._pauses = 0
        self._end = threading.Event()
        self._speaking = threading.Lock()
        self._silenced = False

    def hear(self) -> None:
        """Something was printed just now."""
        self._heard = self._clock()

    def beat(self) -> float:
        """Print a line if one is due; the seconds until the next one may be come back."""
        silent = self._clock() - self._heard
        if silent < self._every:
            return self._every - silent
        with self._speaking:
            if not self._pauses and not self._silenced:
                self._say(self._line())
        self.hear()
        return self._every

    def silence(self) -> None:
        """Say nothing more, and wait for the end of a line that is being written."""
        self._silenced = True
        if self._speaking.acquire(timeout=_LONGEST_LINE):
            self._speaking.release()

    @contextmanager
    def describe(self, text: Text) -> Iterator[None]:
        """Say what `text` gives while this is at work."""
        self._texts.append(text)
        try:
            yield
        finally:
            self._texts.remove(text)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Stay silent: something else speaks for itself."""
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            self.hear()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Beat in a thread of its own while this is at work."""
        thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()

    def _run(self) -> None:
        wait = self._every
        while not self._end.wait(wait):
            wait = self.beat()

    def _line(self) -> str:
        seconds = f"{self._clock() - self._began:.0f} s"
        text = next((said for told in reversed(self._texts) if (said := told())), "")
        return f"{text or self._name + ' is working'}, {seconds}"


_at_work: list[Heartbeat] = []


@contextmanager
def heartbeat(program: str, words: Sequence[str]) -> Iterator[None]:
    """Beat on stderr while a program runs what `words` say.

    `hear`, `describe` and `pause` mean this one.
    """
    every = _seconds()
    if not every:
        yield
        return
    command = next((word for word in words[:1] if re.fullmatch(r"[a-z]+(-[a-z]+)*", word)), "")
    one = Heartbeat(f"{program} {command}".strip(), _say, every=every)
    _at_work.append(one)
    try:
        with one.watch():
            yield
    finally:
        _at_work.remove(one)


def _seconds() -> float:
    try:
        return max(float(os.environ[VARIABLE]), 0.0)
    except (KeyError, ValueError):
        return EVERY


def _say(line: str) -> None:
    from labeler.console.output import messages

    say(line, messages)


def silence() -> None:
    """Say nothing more: the last word was spoken."""
    for one in _at_work:
        one.silence()


def hear() -> None:
    """Something was printed just now."""
    for one in _at_work:
        one.hear()


def describe(text: Text) -> AbstractContextManager[None]:
    """Say what `text` gives while this is at work, where a heartbeat is."""
    return _at_work[-1].describe(text) if _at_work else nullcontext()


def pause() -> AbstractContextManager[None]:
    """Let another program, a window, a bar or a question speak for itself."""
    return _at_work[-1].pause() if _at_work else nullcontext()
