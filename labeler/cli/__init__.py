"""The command line: one file per command."""

from labeler.cli.program import main

__all__ = ["main"]
