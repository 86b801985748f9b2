"""Workers of a machine as forks of one process that has imported what they need.

Each worker would otherwise import PyTorch by itself, which takes seconds of a core and hundreds of
megabytes; forks share both. On a node, `dask worker --preload-nanny` takes this module.
"""

import os
import signal
import sys

_IMPORTED = ("distributed", "distributed.worker", "classifier.train.run")
"""What a worker needs for any task. None of these starts a thread or touches a GPU."""


def dask_setup(nanny: object) -> None:
    """Called by each nanny of a node before it starts its worker."""
    serve_forks()


def serve_forks(**variables: str) -> dict[str, str]:
    """Have Dask fork its workers from now on, with these variables in their environment, too.

    What comes back is the environment that each worker has to be told. Elsewhere than on Linux
    nothing changes, and it is empty: libraries of other systems do not survive a fork.
    """
    if sys.platform != "linux":
        return {}
    from multiprocessing import forkserver, resource_tracker

    import dask
    import distributed.utils

    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    # Dask would have pandas and others that no task needs imported there, and here as well.
    distributed.utils._forkserver_preload_set = True
    forkserver.set_forkserver_preload(list(_IMPORTED))
    # Libraries read how many threads they may have when they are imported, so these variables,
    # which Dask sets before it starts a worker, have to be there before that.
    wanted = dask.config.get("distributed.nanny.pre-spawn-environ") | variables
    os.environ.update({name: str(value) for name, value in wanted.items() if value is not None})
    # Blocked signals stay blocked in forks: Ctrl-C reaches all processes of a terminal, and it is
    # the command that ends the others. The tracker, whose start unblocks them, comes before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return dict(os.environ)  # forks have those of the moment at which the first one was made
