"""How a process ends once its command has: at once, where the interpreter would take its time.

Python takes every module apart before it ends. With torch that lasts seconds, on a busy machine
more than ten, in which a finished command seems to hang, and no line can be printed.
"""

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def leave_at_once() -> Iterator[None]:
    """End this process with the exit code of the block as soon as all exit handlers have run.

    For the program of this process, before anything that registers such a handler is imported:
    the one that was registered first is called last (Python's `atexit`). Whatever ends the block
    but `SystemExit` is left to the interpreter, which prints its traceback.
    """
    codes: list[int] = []
    atexit.register(_leave, codes)
    try:
        yield
    except SystemExit as ended:
        code = ended.code
        codes.append(code if isinstance(code, int) else int(code is not None))
        raise


def _leave(codes: list[int]) -> None:
    if not codes:
        return
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return  # the interpreter says what cannot be written
    os._exit(codes[0])
