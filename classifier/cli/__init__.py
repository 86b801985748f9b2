"""The command line of `labeler-train`."""

import sys

from labeler.console.heartbeat import heartbeat


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit; what it imports takes seconds, so the heartbeat begins before."""
    given = sys.argv[1:] if arguments is None else arguments
    with heartbeat("labeler-train", given):
        from classifier.cli.program import main as run

        run(given)
