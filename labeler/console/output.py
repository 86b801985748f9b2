"""What the commands print: results on stdout, and what is worth knowing on stderr."""

import shlex
from collections.abc import Sequence
from contextvars import ContextVar

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


_TYPED: ContextVar[tuple[str, ...]] = ContextVar("_TYPED", default=())


def remember_typed(words: Sequence[str]) -> None:
    """Keep the command that is running as it was typed, for `say_next_again`."""
    _TYPED.set(tuple(words))


def say_next_again(*more: object, without: str = "") -> None:
    """Say that the same command comes next, with more words, or without one of them."""
    say_next(*(word for word in _TYPED.get() if word != without), *more)


def say_next(*words: object) -> None:
    """Say on stderr which command usually comes next, as it would be typed."""
    messages.print(f"[green]Next:[/] {escape(shlex.join(map(str, words)))}")
