"""Sockets refused: what a piece of the program asks of a network is counted and fails.

Python tells an audit hook of every connection and every look-up of a name (PEP 578), whichever
library makes it in Python. Sockets of the file system, by which processes of one machine talk, are
no network.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_WATCHED = {
    "socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "socket.getaddrinfo",
    "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo",
}  # fmt: skip
_attempts: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _attempts is None or event not in _WATCHED:
        return
    first = arguments[0]
    if isinstance(first, socket.socket) and first.family == getattr(socket, "AF_UNIX", None):
        return
    _attempts.append(f"{event} {arguments[1:]}")
    raise OSError("a test refuses every socket")


sys.addaudithook(_watch)  # for the rest of the process; it does nothing unless asked


@contextmanager
def refused() -> Iterator[list[str]]:
    """Attempts made while the block runs, in this process; each of them fails."""
    global _attempts
    _attempts = []
    try:
        yield _attempts
    finally:
        _attempts = None
