"""What the commands print: results on stdout, and what is worth knowing on stderr."""

import os
import shlex
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    results: Console
    messages: Console


@cache
def _console(name: str) -> "Console":
    from rich.console import Console  # a fifth of what --help would need, which prints without it

    # emoji would replace parts of paths, such as :sun:
    return Console(stderr=name == "messages", highlight=False, soft_wrap=True, emoji=False)


def __getattr__(name: str) -> "Console":
    """`results` is stdout, `messages` is stderr."""
    if name not in ("results", "messages"):
        raise AttributeError(name)
    return _console(name)


def say(sentence: str, console: "Console | None" = None) -> None:
    """Print a line; nothing in it is taken for markup, since paths may hold brackets."""
    (console or _console("results")).print(sentence, markup=False)


def note(sentence: str) -> None:
    """Print a line worth knowing to stderr."""
    _say_marked("[yellow]Note:[/]", sentence)


def complain(program: str, message: str, hint: str) -> None:
    """Write an error and its cure to stderr, if there is one: it may have been closed."""
    if sys.stderr is None:
        return
    sys.stderr.write(f"{program}: {message}\n")
    if hint:
        sys.stderr.write(f"{hint}\n")


def _say_marked(mark: str, sentence: str) -> None:
    from rich.markup import escape

    _console("messages").print(f"{mark} {escape(sentence)}")


_TYPED: ContextVar[tuple[str, ...]] = ContextVar("_TYPED", default=())


def remember_typed(words: Sequence[str]) -> None:
    """Keep the command that is running as it was typed, for `say_next_again`."""
    _TYPED.set(tuple(words))


def say_next_again(*more: object, without: str = "") -> None:
    """Say that the same command comes next, with more words, or without one of them."""
    say_next(*(word for word in _TYPED.get() if word != without), *more)


NEXT = "LABELER_NEXT"
"""The variable that is 0 for a command that another one starts, which says itself what is next."""


def say_next(*words: object) -> None:
    """Say on stderr which command usually comes next, as it would be typed."""
    if os.environ.get(NEXT) == "0":
        return
    from labeler.remote.address import remote_url  # of whose slashes a path has lost one

    typed = (remote_url(str(word)) or str(word) for word in words)
    _say_marked("[green]Next:[/]", shlex.join(typed))
