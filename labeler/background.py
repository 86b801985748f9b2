"""Threads that must not hold up the one that somebody is looking at."""

import os
import sys
import threading

LITTLE, MUCH = 5, 15
"""Niceness of threads whose results are waited for, and of those whose results are not."""


def give_way(niceness: int = MUCH) -> None:
    """Let other threads go first from now on; called in the thread itself.

    Linux has a niceness for each thread (sched(7)); elsewhere nothing changes.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
