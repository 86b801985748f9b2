"""The command line of `labeler-train`."""

import sys
from contextlib import nullcontext

from labeler.console.heartbeat import heartbeat
from labeler.console.interrupts import Terminated, end_by_signals
from labeler.console.leaving import leave_at_once
from labeler.left_out import leave_out


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit; what it imports takes seconds, so the heartbeat begins before.

    Without `arguments` it is the program of this process, which then ends with it.
    """
    own = arguments is None
    if own:
        leave_out()
    given = sys.argv[1:] if arguments is None else arguments
    with (
        leave_at_once() if own else nullcontext(),
        end_by_signals("labeler-train", Terminated, own=own),
        heartbeat("labeler-train", given),
    ):
        from classifier.cli.program import main as run

        run(given)
