"""Entry point of `labeler-train` and of `python -m classifier`."""

import sys

from labeler.console.heartbeat import heartbeat


def main() -> None:
    """Run the program; what it imports takes seconds, so the heartbeat begins before."""
    with heartbeat("labeler-train", sys.argv[1:]):
        from classifier.cli import main as run

        run()


if __name__ == "__main__":
    main()
