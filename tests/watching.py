"""What a program does to files, seen by strace: every system call that changes something."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

_OPENING = ("open", "openat", "openat2", "creat")
_ALIASES = {
    **dict.fromkeys(_OPENING, "open"),
    **dict.fromkeys(("write", "pwrite64", "writev", "pwritev", "pwritev2"), "write"),
    **dict.fromkeys(("copy_file_range", "sendfile", "splice", "fallocate"), "write"),
    **dict.fromkeys(("ftruncate", "truncate"), "truncate"),
    **dict.fromkeys(("fsync", "fdatasync", "sync_file_range"), "fsync"),
    **dict.fromkeys(("rename", "renameat", "renameat2"), "replace"),
    **dict.fromkeys(("unlink", "unlinkat"), "unlink"),
    **dict.fromkeys(("mkdir", "mkdirat"), "mkdir"),
    **dict.fromkeys(("link", "linkat", "symlink", "symlinkat"), "link"),
    **dict.fromkeys(("mknod", "mknodat"), "mknod"),
    **dict.fromkeys(("chmod", "fchmod", "fchmodat", "fchmodat2"), "chmod"),
    **dict.fromkeys(("chown", "fchown", "lchown", "fchownat"), "chown"),
    **dict.fromkeys(("utime", "utimes", "utimensat", "futimesat"), "utime"),
    **dict.fromkeys(("setxattr", "lsetxattr", "fsetxattr"), "setxattr"),
    **dict.fromkeys(("removexattr", "lremovexattr", "fremovexattr"), "setxattr"),
    "rmdir": "rmdir",
    "ioctl": "ioctl",
}
_LINE = re.compile(r"(\w+)\((.*)\) += (.*)")
_NAMED = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"')
_OPENED = re.compile(r"\d+<(/[^>]*)>")
_CHANGING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")


class Change(NamedTuple):
    """A call such as `open` for writing, and an absolute path it is about, links resolved."""

    call: str
    path: str


def watched_by(record: Path) -> list[str]:
    """Words before a command, so that the calls of its processes are recorded below `record`."""
    record.mkdir()
    calls = ",".join(f"?{name}" for name in _ALIASES)
    filters = ["-e", f"trace={calls}", "-e", "signal=none"]
    return ["strace", "-ff", "--seccomp-bpf", "-qq", "-y", *filters, "-o", f"{record}/calls"]


def extents(record: Path) -> dict[Path, int]:
    """Bytes that are recorded so far of each process."""
    return {file: file.stat().st_size for file in sorted(record.iterdir())}


def changes(record: Path, since: Mapping[Path, int] | None = None) -> list[Change]:
    """Everything that was changed, or tried to be; of a rename both sides.

    With the `extents` of an earlier moment, that of processes which did something since then.
    """
    found = []
    for file, size in extents(record).items():
        if since is not None and since.get(file) == size:
            continue
        for line in file.read_text(errors="replace").splitlines():
            if parts := _LINE.fullmatch(line):
                found += _changes(*parts.groups())
    return found


def below(found: Sequence[Change], *folders: Path) -> list[Change]:
    """Those that concern anything in the folders or the folders themselves."""
    places = [os.path.realpath(folder) for folder in folders]
    return [
        change
        for change in found
        if any(change.path == place or change.path.startswith(f"{place}/") for place in places)
    ]


def _changes(call: str, arguments: str, result: str) -> Iterator[Change]:
    kind = _ALIASES[call]
    if kind == "open":
        if call != "creat" and not _CHANGING.search(arguments):
            return
        if opened := _OPENED.match(result):
            yield Change(kind, opened[1])
            return
    if kind == "ioctl" and "CLONE" not in arguments:
        return  # asks a terminal or a descriptor something
    if call == "unlinkat" and "AT_REMOVEDIR" in arguments:
        kind = "rmdir"
    if kind in ("write", "fsync", "ioctl") or call in ("ftruncate", "fchmod", "fchown"):
        # What is written to a pipe has no path; data in quotes is no name.
        if opened := _OPENED.findall(re.sub(r'"[^"]*"', "", arguments)):
            yield Change(kind, opened[-1 if call in ("copy_file_range", "splice") else 0])
        return
    names = [Path(folder or Path.cwd(), name) for folder, name in _NAMED.findall(arguments)]
    for name in names or map(Path, _OPENED.findall(arguments)[:1]):
        yield Change(kind, str(name.parent.resolve() / name.name))


def strace_is_missing() -> str:
    """Why nothing can be watched here; empty where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    words = ["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "true"]
    tried = subprocess.run(words, capture_output=True, text=True)
    return f"strace may not trace here: {tried.stderr.strip()}" if tried.returncode else ""


def require_strace() -> None:
    """Skip a test where nothing can be watched."""
    if reason := strace_is_missing():
        pytest.skip(reason)
