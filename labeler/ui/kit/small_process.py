"""Keeps the window's process small, and quick to start.

What was measured with a recording of one VGA camera until its first image: of 232 MB, 16 were the
source texts that PySide reads with every import, 9 what Arrow's allocator and the threads of BLAS
took, and 9 what Arrow's compute functions did, which nobody here calls.
"""

import builtins
import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

_SPARING = {
    "OPENBLAS_NUM_THREADS": "1",  # the window multiplies no matrices
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # Arrow's own allocators keep what was freed
}
_M_ARENA_MAX = -8  # of mallopt(3)
_ARENAS = 2  # more keep what a dozen threads have freed, each for itself


@contextmanager
def sparing_libraries() -> Iterator[None]:
    """Libraries that are loaded meanwhile take no more than a window needs.

    They are told by variables of the environment, which programs started later do not inherit.
    What the user has set counts.
    """
    own = {name: value for name, value in _SPARING.items() if name not in os.environ}
    os.environ.update(own)
    _limit_arenas()
    try:
        yield
    finally:
        for name in own:
            del os.environ[name]


def leave_features_out() -> None:
    """Import as before PySide6, from now on; without effect where PySide has no such hook.

    It reads the source of each module that is imported, to know whether that may ask for PySide's
    features (`from __feature__ import snake_case`), which nobody here does.
    """
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original


def give_memory_back() -> None:
    """Return to the system what was freed and lies between what is in use (glibc only)."""
    trim = getattr(_c_library(), "malloc_trim", None)
    if trim is not None:
        trim(0)


def forget_closed() -> None:
    """Free what a closed recording leaves: its page and all behind it refer to each other.

    Without this they stay until the garbage collector looks through everything, and what was there
    when the next recording was opened is kept from it (`gc.freeze`): 4 MB for each small recording.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    give_memory_back()


def _limit_arenas() -> None:
    mallopt = getattr(_c_library(), "mallopt", None)
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_M_ARENA_MAX, _ARENAS)


def _c_library() -> ctypes.CDLL | None:
    """What this process has loaded; None on Windows, where there is no such handle."""
    return None if os.name == "nt" else ctypes.CDLL(None)
