"""What Ctrl-C and SIGTERM do to a command, from its first moment to its last.

Both raise `KeyboardInterrupt` in the main thread, as Python does by itself with Ctrl-C, but not in
the middle of an import. There it is often lost, because packages take any exception for a part that
is not installed; or it leaves a module behind of which only half is there, and the command ends
with an error that looks like a fault of ours. So the exception waits for the import, but not longer
than a second, which is nothing for most, while torch takes several on a busy machine: then the
process ends there. What is done before the next look at the import is over is not what the user
wants any more: a program that comes to its end with a signal still waiting ends by it. Where the
exception comes to nothing or becomes another error, `interrupted` knows, and `repeat_interrupt`
repeats it where a command begins its work.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from labeler.console.heartbeat import silence
from labeler.console.output import complain

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells give it."""
_WITHIN_IMPORT = "<frozen importlib._bootstrap>"
_ONCE_MORE = 0.005  # seconds until an import is looked for again
_LONGEST = 1.0  # seconds


class Terminated(KeyboardInterrupt):
    """SIGTERM to a program that tells it from Ctrl-C by its exit code."""


@dataclass
class _Listening:
    """What signals do in this process now.

    program: which runs; empty where only exceptions are wanted
    received: numbers of the signals that came, until somebody has done what they want
    waiting: whether the last one waits for an import, and has not raised anything yet
    since: when the last one came, in seconds of the clock that never goes back
    said: whether the last word was spoken
    """

    program: str = ""
    sigterm: type[KeyboardInterrupt] = KeyboardInterrupt
    received: list[int] = field(default_factory=list)
    waiting: bool = False
    since: float = 0.0
    said: bool = False


_now = _Listening()


@contextmanager
def end_by_signals(
    program: str, sigterm: type[KeyboardInterrupt] = KeyboardInterrupt, *, own: bool
) -> Iterator[None]:
    """Run a program; one that a signal ends says so and has its exit code.

    SIGTERM raises `sigterm` with the signal's number. A signal that this process was started to
    ignore stays ignored. Where the process is the program's `own`, Ctrl-C after its end, while
    Python takes its modules apart, ends it without a word.

    Raises:
        SystemExit: with 130 or 143, after a signal that nothing within took.
    """
    catch_signals(sigterm)
    _now.program = program
    try:
        yield
        if _now.waiting:
            repeat_interrupt()
    except KeyboardInterrupt as error:
        complain_of_interrupt(program)
        raise SystemExit(exit_code(error)) from None
    except SystemExit as ended:
        if not _now.waiting and not (interrupted() and ended.code == INTERRUPTED):
            raise
        code = exit_code(_exception(_now.received[0]))  # typer knows one code, and says nothing
        complain_of_interrupt(program)
        raise SystemExit(code) from None
    finally:
        _stop_waiting()
        _now.program = ""
        if own and signal.getsignal(signal.SIGINT) is _on_signal:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def catch_signals(sigterm: type[KeyboardInterrupt] = KeyboardInterrupt) -> None:
    """Raise `KeyboardInterrupt` at Ctrl-C, and `sigterm` with the number at SIGTERM."""
    global _now
    _now = _Listening(sigterm=sigterm)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _on_signal)
    signal.signal(signal.SIGTERM, _on_signal)


def interrupted() -> bool:
    """Whether a signal came, also where its exception has become another one, or none."""
    return bool(_now.received)


def repeat_interrupt() -> None:
    """Interrupt now if a signal came that waits, or whose exception a finalizer has dropped.

    Raises:
        KeyboardInterrupt: one came.
    """
    if _now.received:
        _raise(_now.received[-1])


def forget_interrupts() -> None:
    """The program has done what the signals wanted."""
    _now.received.clear()


def exit_code(error: KeyboardInterrupt) -> int:
    """The exit code after a signal."""
    return 128 + signal.SIGTERM if isinstance(error, Terminated) else INTERRUPTED


def complain_of_interrupt(program: str) -> None:
    """Say once that a program was interrupted; nothing is said after that."""
    _stop_waiting()
    if _now.said:
        return
    _now.said = True
    silence()
    complain(program, "Interrupted.", "Nothing was left half done.")


def _on_signal(number: int, frame: FrameType | None) -> None:
    if _now.said:
        return  # it ends
    insisted = interrupted()
    _now.received.append(number)
    _now.since = time.monotonic()
    if not _is_importing(frame) or not hasattr(signal, "setitimer"):
        _raise(number)
    if insisted:
        _leave(number)
    _now.waiting = True
    signal.signal(signal.SIGALRM, _after_import)
    signal.setitimer(signal.ITIMER_REAL, _ONCE_MORE)


def _after_import(number: int, frame: FrameType | None) -> None:
    if not _is_importing(frame):
        repeat_interrupt()
    elif time.monotonic() - _now.since > _LONGEST:
        _leave(_now.received[-1])
    else:
        signal.setitimer(signal.ITIMER_REAL, _ONCE_MORE)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename != _WITHIN_IMPORT:
        frame = frame.f_back
    return frame is not None


def _leave(number: int) -> None:
    """End the process in the middle of an import, where an exception could abort it.

    torch 2.15 imports modules from C++, which takes an exception there for the end of the process.
    What is on the disk can be relied on, as after a kill.
    """
    if not _now.program:
        _raise(number)
    complain_of_interrupt(_now.program)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    os._exit(exit_code(_exception(number)))


def _raise(number: int) -> NoReturn:
    _stop_waiting()
    raise _exception(number)


def _stop_waiting() -> None:
    """A timer that outlives Python's handlers would end the process by SIGALRM."""
    _now.waiting = False
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _exception(number: int) -> KeyboardInterrupt:
    """Ctrl-C reaches every process of a terminal, SIGTERM one: the number tells them apart."""
    return _now.sigterm(number) if number == signal.SIGTERM else KeyboardInterrupt()
