"""Loaded by workers that a command starts on its own machine, before they work."""

import signal


def dask_setup(worker: object) -> None:
    """Leave Ctrl-C to the command: it reaches the workers, too, and the command ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
