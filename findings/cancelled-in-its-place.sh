#!/usr/bin/env bash
# What:     a job of dask-jobqueue ends, as when its time is up. The program sees that its worker is
#           gone, gives that job up with `scale_down`, and asks for one job again with `scale`. The
#           queue is two lines of shell that start a job after a wait. Dask gives a lost worker up
#           after `distributed.deploy.lost-worker-timeout`, 15 s as installed and 2 s here.
# Versions: dask-jobqueue 0.9.0, distributed 2026.8.0.
# Expected: the second job is another one: its worker comes up however long the queue makes it wait.
# Seen:     the second job has the first one's name, and what is given up after the time-out is
#           whatever has that name: the job that waits in the queue is cancelled. Nothing is logged,
#           the cluster goes on planning one job, and no worker comes. Where the queue is faster
#           than the time-out, all is well, so that it shows on a busy cluster only.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment dask-jobqueue==0.9.0 distributed==2026.8.0 dask==2026.8.0

cd "$work"
cat >submit <<'SH'
cp "$1" "job-$$"
setsid sh -c "sleep $(cat wait); exec sh job-$$" >/dev/null 2>&1 &
echo "$!" | tee -a submitted
SH
cat >cancel <<'SH'
echo "$1" >>cancelled
kill -- "-$1"
SH
quiet_python <<'PY'
import os
import signal
import time
from pathlib import Path

import dask
from dask_jobqueue.core import Job, JobQueueCluster


class QueuedJob(Job):
    submit_command = "sh submit"
    cancel_command = "sh cancel"
    config_name = "local"

    def __init__(self, scheduler=None, name=None, config_name=None, **rest):
        super().__init__(scheduler, name, config_name=config_name, shebang="#!/bin/sh", **rest)
        self.job_header = ""


class QueuedCluster(JobQueueCluster):
    job_cls = QueuedJob


def wait(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def second_job(queue_waits):
    """Whether its worker came, whether it was cancelled, and whether it has the first one's name."""
    for file in (Path("submitted"), Path("cancelled")):
        file.unlink(missing_ok=True)
    Path("wait").write_text("0")
    options = {"dashboard_address": None}
    with QueuedCluster(
        cores=1, processes=1, memory="1GB", interface="lo", scheduler_options=options
    ) as cluster:
        cluster.scale(jobs=1)
        assert wait(lambda: cluster.scheduler_info["workers"])
        (first,) = cluster.worker_spec
        (number,) = Path("submitted").read_text().split()
        os.killpg(int(number), signal.SIGKILL)  # its time is up
        assert wait(lambda: not cluster.scheduler_info["workers"])
        Path("wait").write_text(str(queue_waits))
        cluster.sync(cluster.scale_down, [first])
        cluster.scale(jobs=1)
        assert wait(lambda: len(Path("submitted").read_text().split()) == 2)
        _, second = Path("submitted").read_text().split()
        workers, cancelled = cluster.scheduler_info["workers"], Path("cancelled")
        wait(lambda: workers or second in cancelled.read_text().split(), 90)
        planned = list(cluster.worker_spec) == [first]
        return bool(workers), second in cancelled.read_text().split(), planned


with dask.config.set({"distributed.deploy.lost-worker-timeout": "2s"}):
    given_up = second_job(queue_waits=8)
with dask.config.set({"distributed.deploy.lost-worker-timeout": "60s"}):
    waited_for = second_job(queue_waits=8)
print(f"worker came, job cancelled, name of the first one: time-out of 2 s {given_up}, 60 s {waited_for}")
assert given_up == (False, True, True)
assert waited_for == (True, False, True)
PY
