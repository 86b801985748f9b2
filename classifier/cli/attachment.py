"""Ending with the program that started this one, however that one ends."""

import os
import sys
import threading

GONE = 130
"""Exit code: as if somebody had pressed Ctrl-C."""


def end_with_input() -> None:
    """End this process at once when its standard input ends; nothing on disk is ever half done.

    A pipe ends with the process that holds its other end, even with one that was killed.
    """
    threading.Thread(target=_wait, daemon=True, name="attached").start()


def _wait() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(GONE)
