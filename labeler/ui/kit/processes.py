"""Programs beside the window: commands that end with it, and trainings that outlive it."""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from PySide6.QtCore import QObject, QProcess, QStandardPaths

from labeler.contracts.complaints import errors_as_data
from labeler.contracts.events import Event, parse
from labeler.cures import Advice
from labeler.errors import LabelerError
from labeler.offline import as_the_user_said
from labeler.runs.failure import Failure, process_failure
from labeler.runs.process import birth
from labeler.runs.record import Run
from labeler.runs.trainer import PROGRAM

Done = Callable[[Failure | None], None]
Tell = Callable[[Event], None]
Hear = Callable[[str], None]
_LOG_LINES = 50
_NICENESS = "10"  # the window's threads go first


class Tool(QObject):
    """One command at a time of `program`, which sentences call by `name`."""

    def __init__(
        self, parent: QObject, program: Sequence[str] = PROGRAM, name: str = "training program"
    ) -> None:
        super().__init__(parent)
        self._program, self._name = program, name
        self._process: QProcess | None = None
        self._half = b""
        self.failure: Failure | None = None
        """Why the latest command failed; None if it did not."""

    @property
    def running(self) -> bool:
        """Whether a command is at work."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """Number of the process at work; 0 without one."""
        return 0 if self._process is None else self._process.processId()

    def start(
        self,
        arguments: Sequence[str],
        done: Done,
        tell: Tell | None = None,
        *,
        hear: Hear | None = None,
        online: bool = False,
    ) -> None:
        """Run a command; `done` is told why it failed, or None.

        `tell` hears the events that the command prints with `--events=-`, `hear` every line of its
        stdout. One that is `online` may ask the Hub, unless the user forbade it.
        """
        if tell is not None:
            hear = _listener(tell)
        process = QProcess(self)
        if hear is None:
            process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        else:
            process.readyReadStandardOutput.connect(lambda: self._read(process, hear))
        command = [*_quietly(), *self._program, *arguments]
        process.finished.connect(lambda code, status: self._end(process, code, done, hear))
        process.errorOccurred.connect(lambda error: self._on_error(process, error, done))
        self._process, self._half, self.failure = process, b"", None
        with errors_as_data(), as_the_user_said() if online else nullcontext():
            process.start(command[0], command[1:])

    def write(self, text: str) -> None:
        """Give the command at work something to read."""
        if self._process is not None:
            self._process.write(text.encode())

    def finish(self) -> None:
        """Tell the command at work that nothing more comes to read; it may take its time to end."""
        if self._process is not None:
            self._process.closeWriteChannel()

    def close(self, patience: int = 0) -> None:
        """End what is at work, after at most so many ms in which it may end by itself."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.closeWriteChannel()
            if not patience or not process.waitForFinished(patience):
                process.kill()
                process.waitForFinished(2000)
            process.deleteLater()

    def _read(self, process: QProcess, hear: Hear) -> None:
        """Whole lines."""
        text = self._half + bytes(process.readAllStandardOutput().data())
        *lines, self._half = text.split(b"\n")
        for line in lines:
            if process is self._process:
                hear(line.decode("utf-8", "replace"))

    def _end(self, process: QProcess, code: int, done: Done, hear: Hear | None) -> None:
        if hear is not None:
            self._read(process, hear)
            process.setReadChannel(QProcess.ProcessChannel.StandardError)
        text = bytes(process.readAll().data()).decode("utf-8", "replace")
        ended_well = process.exitStatus() is QProcess.ExitStatus.NormalExit and code == 0
        self._process = None
        process.deleteLater()
        self._tell_end(done, None if ended_well else self._problem(process, text))

    def _on_error(self, process: QProcess, error: QProcess.ProcessError, done: Done) -> None:
        """Where it did not even start, nothing else is told."""
        if error is QProcess.ProcessError.FailedToStart:
            self._process = None
            process.deleteLater()
            what = f"The {self._name} did not start."
            self._tell_end(done, Failure(what, (Advice("Check the installation of Labeler."),)))

    def _tell_end(self, done: Done, failure: Failure | None) -> None:
        self.failure = failure
        done(failure)

    def _problem(self, process: QProcess, text: str) -> Failure:
        """What went wrong, from what a command printed."""
        lines = text.splitlines()[-_LOG_LINES:]
        crashed = process.exitStatus() is QProcess.ExitStatus.CrashExit
        return process_failure(self._name, lines, crashed=crashed)


def launch(run: Run, arguments: Sequence[str], program: Sequence[str] = PROGRAM) -> Run:
    """Start the process of a training, which outlives the window; the run with its number.

    Raises:
        LabelerError: it did not start.
    """
    command = [*_into_log(run), *_quietly(), *program, *arguments]
    with errors_as_data(), as_the_user_said():  # the encoder may have to be fetched
        started, pid = QProcess.startDetached(command[0], command[1:], str(run.folder))
    if not started:
        raise LabelerError(
            "The training program did not start.", f"Check that {command[0]} can be run."
        )
    return run.with_record(pid=pid, born=birth(pid), stopping=False)


def _listener(tell: Tell) -> Hear:
    """Hears lines; one that is no event is left out."""

    def hear(line: str) -> None:
        event = parse(line)
        if event is not None:
            tell(event)

    return hear


def _into_log(run: Run) -> list[str]:
    """What a command begins with so that all it prints is appended to the log of a run.

    A shell, which becomes the program, so that the number of the process stays. PySide6 6.11 either
    redirects a detached process or tells its number, not both.
    """
    shell = QStandardPaths.findExecutable("sh")
    redirected = 'exec "$@" >>"$0" 2>&1 </dev/null'
    return [shell, "-c", redirected, str(run.log)] if shell and os.name == "posix" else []


def _quietly() -> list[str]:
    """What a command begins with so that the window's threads go first."""
    nice = QStandardPaths.findExecutable("nice")
    return [nice, "-n", _NICENESS] if nice else []
