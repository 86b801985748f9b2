"""Offline unless told otherwise: a library that knows the Hub must not ask it unasked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_VARIABLE = "HF_HUB_OFFLINE"  # huggingface_hub reads it when it is imported
_set_here = False


def stay_offline() -> None:
    """Forbid the Hub to every library in this process and to the programs that it starts.

    A value that the user gave stays.
    """
    global _set_here
    if _VARIABLE not in os.environ:
        os.environ[_VARIABLE], _set_here = "1", True


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
