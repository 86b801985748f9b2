"""The command line: one file per command."""

from labeler.cli.program import main, run_program

__all__ = ["main", "run_program"]
