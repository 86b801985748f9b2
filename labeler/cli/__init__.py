"""The command line: one file per command."""

from labeler.cli.program import main, run_program
from labeler.cli.window import Window

__all__ = ["Window", "main", "run_program"]
