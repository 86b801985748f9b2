"""Run by a LeRobot environment: record with LeRobot's own writer, and be killed on the way.

    python crash_recorder.py ROOT '{"lengths": [8, 5, 6], "moment": "add_frame", "call": 15}'

The process kills itself when the method `moment` is called for the `call`-th time, before it does
anything: no `finally` runs, no file is closed.
"""

import functools
import json
import os
import signal
import sys
import tempfile

import write_recording


def killed_at(kind, moment, call):
    """Let a call of a method of a class be the last thing that happens."""
    original, count = getattr(kind, moment), 0

    @functools.wraps(original)
    def counted(*arguments, **options):
        nonlocal count
        count += 1
        if count == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)

    setattr(kind, moment, counted)


def main():
    """Record, until killed, the dataset named on the command line."""
    options = json.loads(sys.argv[2])
    moment, call = options.pop("moment"), options.pop("call")
    with tempfile.TemporaryDirectory() as scratch:
        write_recording.isolate(scratch)
        from lerobot.datasets import lerobot_dataset

        metadata = moment.startswith("meta.")
        kind = (
            lerobot_dataset.LeRobotDatasetMetadata if metadata else lerobot_dataset.LeRobotDataset
        )
        killed_at(kind, moment.removeprefix("meta."), call)
        write_recording.write(sys.argv[1], **options)


if __name__ == "__main__":
    main()
