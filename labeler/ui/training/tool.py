"""Runs one command of `labeler-train` beside the window; it ends with the window."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QProcess

from classifier.events import Event, parse
from labeler.ui.training.failure import out_of_memory, untold
from labeler.ui.training.launch import PROGRAM, quietly

Done = Callable[[str], None]
Tell = Callable[[Event], None]
_LOG_LINES = 50
_KILLED = "The training program was ended, by somebody or by the system when memory ran out."


class Tool(QObject):
    """One command at a time."""

    def __init__(self, parent: QObject, program: Sequence[str] = PROGRAM) -> None:
        super().__init__(parent)
        self._program = program
        self._process: QProcess | None = None
        self._half = b""

    @property
    def running(self) -> bool:
        """Whether a command is at work."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """Number of the process at work; 0 without one."""
        return 0 if self._process is None else self._process.processId()

    def start(self, arguments: Sequence[str], done: Done, tell: Tell | None = None) -> None:
        """Run a command; `done` is told what went wrong, or nothing.

        `tell` hears the events that the command prints with `--events=-`.
        """
        process = QProcess(self)
        if tell is None:
            process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        else:
            process.readyReadStandardOutput.connect(lambda: self._read(process, tell))
        command = [*quietly(), *self._program, *arguments]
        process.finished.connect(lambda code, status: self._end(process, code, done, tell))
        process.errorOccurred.connect(lambda error: self._on_error(process, error, done))
        self._process, self._half = process, b""
        process.start(command[0], command[1:])

    def close(self) -> None:
        """End what is at work."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _read(self, process: QProcess, tell: Tell) -> None:
        """Whole lines; one that is no event is left out."""
        text = self._half + bytes(process.readAllStandardOutput().data())
        *lines, self._half = text.split(b"\n")
        for line in lines:
            event = parse(line.decode("utf-8", "replace"))
            if event is not None and process is self._process:
                tell(event)

    def _end(self, process: QProcess, code: int, done: Done, tell: Tell | None) -> None:
        if tell is not None:
            self._read(process, tell)
            process.setReadChannel(QProcess.ProcessChannel.StandardError)
        text = bytes(process.readAll().data()).decode("utf-8", "replace")
        ended_well = process.exitStatus() is QProcess.ExitStatus.NormalExit and code == 0
        self._process = None
        process.deleteLater()
        done("" if ended_well else _problem(process, text))

    def _on_error(self, process: QProcess, error: QProcess.ProcessError, done: Done) -> None:
        """Where it did not even start, nothing else is told."""
        if error is QProcess.ProcessError.FailedToStart:
            self._process = None
            process.deleteLater()
            done("The training program did not start. Check that Labeler is whole.")


def _problem(process: QProcess, text: str) -> str:
    """What went wrong, from what a command printed."""
    lines = text.splitlines()[-_LOG_LINES:]
    if process.exitStatus() is QProcess.ExitStatus.CrashExit and not out_of_memory(lines):
        return _KILLED
    problem = untold(lines, can_resume=False)
    return f"{problem.message} {problem.hint}".strip()
