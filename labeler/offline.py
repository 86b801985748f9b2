"""Offline unless told otherwise: a library that knows the Hub must not ask it unasked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_VARIABLE = "HF_HUB_OFFLINE"  # huggingface_hub reads it when it is imported
_set_here = False
_asked = False


def stay_offline() -> None:
    """Forbid the Hub to every library in this process and to the programs that it starts.

    A value that the user gave stays, and so does what `allow_hub` allowed.
    """
    global _set_here
    if _VARIABLE not in os.environ and not _asked:
        os.environ[_VARIABLE], _set_here = "1", True


def allow_hub() -> bool:
    """Allow what only `stay_offline` forbids, as the user named something on the Hub.

    Whether it was forbidden: libraries that were imported since still believe so.
    """
    global _set_here, _asked
    forbidden, _set_here, _asked = _set_here, False, True
    if forbidden:
        os.environ.pop(_VARIABLE, None)
    return forbidden


@contextmanager
def as_the_user_said() -> Iterator[None]:
    """Start a program here that decides for itself, as one that is told to fetch an encoder."""
    if _set_here:
        os.environ.pop(_VARIABLE, None)
    try:
        yield
    finally:
        if _set_here:
            os.environ[_VARIABLE] = "1"
