"""The commands of `labeler-train`."""

from classifier.cli.program import main

__all__ = ["main"]
