"""What the commands print: results to stdout, everything else to stderr."""

from rich.console import Console
from rich.markup import escape

results = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def say(sentence: str, console: Console = messages) -> None:
    """Print a line; nothing in it is taken for markup, since paths may hold brackets."""
    console.print(sentence, markup=False)


def note(sentence: str) -> None:
    """Print a line worth knowing."""
    messages.print(f"[yellow]Note:[/] {escape(sentence)}")


def complain(message: str, hint: str) -> None:
    """Print an error and its cure."""
    say(f"labeler-train: {message}")
    if hint:
        say(hint)
