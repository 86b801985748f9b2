"""What the commands print: results on stdout, and what is worth knowing on stderr."""

import shlex

from rich.console import Console
from rich.markup import escape

results = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def say(sentence: str, console: Console = results) -> None:
    """Print a line; nothing in it is taken for markup, since paths may hold brackets."""
    console.print(sentence, markup=False)


def note(sentence: str) -> None:
    """Print a line worth knowing to stderr."""
    messages.print(f"[yellow]Note:[/] {escape(sentence)}")


def say_next(*words: object) -> None:
    """Say on stderr which command usually comes next, as it would be typed."""
    messages.print(f"[green]Next:[/] {escape(shlex.join(map(str, words)))}")
