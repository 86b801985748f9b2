"""Entry point of `labeler-train`."""

import sys


def main() -> None:
    """Say that the trainer is not part of this version."""
    sys.stderr.write(
        "labeler-train arrives with the trainer. "
        "Until then, train on the copy that `labeler apply` writes with LeRobot's own trainer.\n"
    )
    raise SystemExit(2)


if __name__ == "__main__":
    main()
