"""The command line: one file per command."""

from labeler.cli.open_command import Window
from labeler.cli.program import main, run_program

__all__ = ["Window", "main", "run_program"]
