"""Threads that must not hold up the one that somebody is looking at."""

import os
import sys
import threading

_NICENESS = 5
"""Enough to let the window's thread go first, and before every other program that is nice.

More would hold the window up: each of these threads holds Python's lock now and then, and the
window waits for whoever holds it to get a core.
"""


def give_way() -> None:
    """Let other threads go first from now on; called in the thread itself.

    Linux has a niceness for each thread (sched(7)); elsewhere nothing changes.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
