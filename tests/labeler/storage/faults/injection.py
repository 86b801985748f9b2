"""Counting every change of the file system that a program makes, and interrupting it at one.

A step is one call that changes something: opening for writing, writing, copying in the kernel,
syncing, renaming, removing, making a folder, setting a time, cloning.
`tests/labeler/storage/faults/test_trace.py` proves with strace that these are all there are.
"""

import fcntl
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FUNCTIONS = (
    "open", "write", "fsync", "ftruncate", "rename", "replace", "unlink", "remove", "mkdir",
    "rmdir", "utime", "sendfile", "fchmod",
)  # fmt: skip
_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

Call = Callable[..., Any]


@dataclass(frozen=True)
class Fault:
    """What happens just before step `step` (counted from 1); a write is done by half before it,
    unless the program is only stopped to go on later.

    "error" raises an OSError with `code`, once or, if `lasting`, from that step on.
    """

    kind: Literal["none", "kill", "error", "signal"] = "none"
    step: int = 0
    code: int = 0
    lasting: bool = False


class Steps:
    """The steps of this process, in order."""

    def __init__(self, fault: Fault, *, sync: bool, watched: Path | None = None) -> None:
        """Without `sync` nothing is really synced: a kill loses nothing that the kernel has."""
        self.trace: list[tuple[str, str, str]] = []
        """Call, path, and new path of a rename."""
        self.seen: list[list[str]] = []
        """Files below `watched` before each step."""
        self._fault = fault
        self._sync = sync
        self._watched = watched

    def install(self) -> None:
        """From now on every change is a step."""
        for name in FUNCTIONS:
            setattr(os, name, self._wrapped(name, getattr(os, name)))
        fcntl.ioctl = self._wrapped("ioctl", fcntl.ioctl)

    def _wrapped(self, name: str, function: Call) -> Call:
        def call(*args: Any, **kwargs: Any) -> Any:
            if name == "open" and not args[1] & _CHANGING:
                return function(*args, **kwargs)
            target = str(args[1]) if name in ("rename", "replace") else ""
            self.trace.append((name, _place(args[0], kwargs.get("dir_fd")), target))
            if self._watched is not None:
                self.seen.append(_files(self._watched))
            if self._due():
                if name == "write" and self._fault.code != signal.SIGSTOP:
                    function(args[0], args[1][: len(args[1]) // 2])
                self._strike()
            if name == "fsync" and not self._sync:
                return None
            return function(*args, **kwargs)

        return call

    def _due(self) -> bool:
        number = len(self.trace)
        return number == self._fault.step or (self._fault.lasting and number > self._fault.step > 0)

    def _strike(self) -> None:
        if self._fault.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self._fault.kind == "signal":
            signal.raise_signal(signal.Signals(self._fault.code))
        elif self._fault.kind == "error":
            raise OSError(self._fault.code, os.strerror(self._fault.code))


def _place(where: object, folder: int | None) -> str:
    """Path of what a call is about: a path, a name inside an open folder, or an open file."""
    if isinstance(where, int):
        return str(Path(f"/proc/self/fd/{where}").readlink())
    path = os.fspath(where)
    return path if folder is None else f"{_place(folder, None)}/{path}"


def _files(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
