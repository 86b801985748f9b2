"""How long work reports how far it is, and how it ends early; knows neither files nor windows."""

from typing import Protocol


class Cancelled(Exception):
    """Raised inside the work when the user cancelled it."""


class Steps(Protocol):
    """Whoever follows a piece of work."""

    def step(self, value: object = None) -> None:
        """Hear how far it is; raises `Cancelled` once the user has cancelled."""

    def check(self) -> None:
        """Raise `Cancelled` once the user has cancelled."""


class Progress:
    """Told of every step; this one is silent, a front end overrides what it shows."""

    def begin(self, phase: str, total_bytes: int, total_files: int) -> None:
        """A phase starts: what it does, and how much there is to do."""

    def advance(self, count: int) -> None:
        """`count` more bytes are done."""

    def file_done(self) -> None:
        """One more file is done."""
