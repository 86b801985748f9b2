"""Runs `labeler-train predict` or `export` beside the window; ends with it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QProcess

from labeler.ui.training.failure import untold
from labeler.ui.training.launch import PROGRAM, quietly

Done = Callable[[str], None]


class Tool(QObject):
    """One command at a time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """Whether a command is at work."""
        return self._process is not None

    def start(self, arguments: Sequence[str], done: Done) -> None:
        """Run a command; `done` is told what went wrong, or nothing."""
        process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        command = [*quietly(), *PROGRAM, *arguments]
        process.finished.connect(lambda code, status: self._end(process, code, done))
        self._process = process
        process.start(command[0], command[1:])

    def close(self) -> None:
        """End what is at work."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.kill()
            process.waitForFinished(2000)

    def _end(self, process: QProcess, code: int, done: Done) -> None:
        text = bytes(process.readAll().data()).decode("utf-8", "replace")
        self._process = None
        process.deleteLater()
        problem = untold(text.splitlines()[-50:], can_resume=False)
        done("" if code == 0 else f"{problem.message} {problem.hint}".strip())
