#!/usr/bin/env bash
# What:     a cluster of dask-jobqueue with one job is closed, as the end of a `with` block does it:
#           once while a variable refers to the job (from `cluster.workers`), once without one. The
#           jobs are processes on this machine, so that no queue is needed.
# Versions: dask-jobqueue 0.9.0, distributed 2026.8.0.
# Expected: both end alike; who looks at an object changes nothing.
# Seen:     both jobs end, but with the variable close() raises a bare AssertionError whose text is
#           "Status.running". A job of dask-jobqueue never says that it is closed, and distributed
#           asks all jobs about it that it made and that still exist: it holds them weakly, so that
#           usually there are none left to ask. A traceback that is kept is a reference, too, and so
#           a job that could not be submitted has the same end.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment dask-jobqueue==0.9.0 distributed==2026.8.0 dask==2026.8.0

cd "$work"
quiet_python <<'PY'
import gc
import time

from dask_jobqueue.local import LocalCluster

ends = {}
for look in (False, True):
    cluster = LocalCluster(
        cores=1, processes=1, memory="1GB", scheduler_options={"dashboard_address": None}
    )
    cluster.scale(jobs=1)
    while not cluster.scheduler_info["workers"]:
        time.sleep(0.1)
    process = next(iter(cluster.workers.values())).process
    job = next(iter(cluster.workers.values())) if look else None
    gc.collect()
    try:
        cluster.close()
        ends[look] = "closed"
    except AssertionError as error:
        ends[look] = f"AssertionError: {error}"
    process.proc.wait(timeout=60)  # the job itself ended, both times
print(f"a variable refers to the job: {ends}")
assert ends == {False: "closed", True: "AssertionError: Status.running"}
PY
