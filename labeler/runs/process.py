"""Whether a process that some window started is still there."""

import os
import signal
import subprocess
from pathlib import Path

_GONE = ("Z", "X")  # states of proc(5): ended, and nobody has asked how


def birth(pid: int) -> str:
    """What tells a process from a later one of the same number: when it was started.

    Empty where there is no such process.
    """
    if Path("/proc/self/stat").exists():
        return _birth_in_proc(pid)
    if os.name == "nt":
        command = ["tasklist", "/fi", f"PID eq {pid}", "/fo", "csv", "/nh"]
        return "there" if f'"{pid}"' in _output_of(command) else ""
    return _output_of(["ps", "-o", "lstart=", "-p", str(pid)]).strip()


def _birth_in_proc(pid: int) -> str:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the name before may hold anything
    return "" if fields[0] in _GONE else fields[19]


def _output_of(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def alive(pid: int, born: str) -> bool:
    """Whether the process that was born so still runs."""
    return bool(born) and birth(pid) == born


def ask_to_stop(pid: int) -> None:
    """Ask a training to finish its step, save, and end."""
    _send(pid, signal.SIGINT)


def end(pid: int) -> None:
    """End a process at once."""
    _send(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def memory(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where that is not known."""
    try:
        text = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
