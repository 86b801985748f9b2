"""Who decodes and encodes frames: this machine or a cluster, whose nodes are looked up first."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from labeler.contracts.cluster_answer import DASK, JOB_FILES, LOCAL, ClusterAnswer, Node, read_nodes
from labeler.errors import LabelerError
from labeler.runs.failure import Failure
from labeler.runs.trainer import PROGRAM
from labeler.session.words import plural
from labeler.ui.kit.controls import combo_box, push_button
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.processes import Tool

_HERE, _WORKERS = "This machine", "Dask workers on this machine"
_SCHEDULER, _JOBS = "Scheduler of a cluster", "Jobs of a queue"
_PLAIN = {_HERE: LOCAL, _WORKERS: DASK}
"""Kinds that need nothing more."""
_HINTS = {_SCHEDULER: "tcp://HOST:8786 or scheduler.json", _JOBS: "slurm.yaml"}
_FILES = {_SCHEDULER: "Scheduler files (*.json)", _JOBS: "Descriptions of jobs (*.yaml *.yml)"}
_LISTED = 6  # nodes that the note names


class PlaceControl(QWidget):
    """Kind of place, its address or file, and what a program beside the window says of it."""

    noted = Signal(str)
    """What there is at the place, in words."""
    changed = Signal()
    """The place, or what is known against it."""

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        super().__init__()
        self.tool = Tool(self, program)
        self.answer: ClusterAnswer | None = None
        self._failure: Failure | LabelerError | None = None
        self._lines: list[str] = []
        self.kind = combo_box("Where frames are encoded")
        self.kind.addItems([*_PLAIN, *_HINTS])
        self.kind.activated.connect(lambda index: self._choose())
        self.name = QLineEdit()
        self.name.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name.setAccessibleName("Address or file of the cluster")
        self.name.editingFinished.connect(self._take)
        self.browse = push_button("Choose…")
        self.browse.clicked.connect(self._browse)
        self.ask_button = push_button("Look again")
        self.ask_button.setToolTip("Ask once more which nodes there are")
        self.ask_button.clicked.connect(self.ask)
        self._taken = ""  # what the line had when it was looked at
        line = QHBoxLayout()
        line.addWidget(self.name, 1)
        line.addWidget(self.browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.kind)
        layout.addLayout(line)
        layout.addWidget(self.ask_button, alignment=Qt.AlignmentFlag.AlignLeft)
        self._show()

    @property
    def place(self) -> str:
        """As `labeler-train --on` takes it; this machine as long as nothing is named."""
        kind, text = self.kind.currentText(), self._taken
        if kind in _PLAIN:
            return _PLAIN[kind]
        if not text or "://" in text:
            return text or LOCAL
        return str(Path(text).expanduser().absolute())

    @property
    def problem(self) -> str:
        """Why nothing can be begun there, as far as is known; else empty."""
        if sentence := place_problem(self.kind.currentText(), self._taken):
            return sentence
        if self._failure is not None:
            return as_line(self._failure)
        found = self.answer.problem if self.answer else ""
        return f"{found} Install the same Labeler there, then look again." if found else ""

    def show_place(self, place: str) -> None:
        """Show a place as `--on` takes it; nothing is asked before the form is seen."""
        kinds = {value: kind for kind, value in _PLAIN.items()}
        kind = kinds.get(place or LOCAL, _JOBS if place.endswith(JOB_FILES) else _SCHEDULER)
        self._taken = "" if kind in _PLAIN else place
        self.kind.setCurrentText(kind)
        self.name.setText(self._taken)
        self._forget()
        if self.isVisible():
            self.ask_once()

    def ask_once(self) -> None:
        """Look which nodes there are, unless that is known or being asked."""
        if self.answer is None and not self.tool.running:
            self.ask()

    def ask(self) -> None:
        """Look which nodes there are, with a program beside the window."""
        self._forget()
        if self.place == LOCAL or place_problem(self.kind.currentText(), self._taken):
            return
        self.tool.start(["nodes", self.place, "--json"], self._end, hear=self._lines.append)
        self._tell("Looking for nodes…")

    def end(self) -> None:
        """Ask nothing any more."""
        self.tool.close()

    def _end(self, failure: Failure | None) -> None:
        self._failure = failure
        if failure is None:
            try:
                self.answer = read_nodes("\n".join(self._lines))
            except LabelerError as error:
                self._failure = error
        self._tell("" if self.answer is None else "\n".join(_lines_of(self.answer)))

    def _forget(self) -> None:
        """What is known is about another place, or out of date."""
        self.tool.close()
        self.answer, self._failure, self._lines = None, None, []
        self._tell("")

    def _tell(self, note: str) -> None:
        self._show()
        self.noted.emit(note)
        self.changed.emit()

    def _show(self) -> None:
        kind = self.kind.currentText()
        self.name.setVisible(kind not in _PLAIN)
        self.browse.setVisible(kind not in _PLAIN)
        self.name.setPlaceholderText(_HINTS.get(kind, ""))
        known = self.answer is not None or self._failure is not None
        self.ask_button.setVisible(known and self.place != LOCAL)

    def _choose(self) -> None:
        kind = self.kind.currentText()
        fits = kind not in _PLAIN and self._taken.endswith(JOB_FILES) == (kind == _JOBS)
        self._put(self._taken if fits else "")

    def _take(self) -> None:
        if self.name.text().strip() != self._taken:
            self._put(self.name.text().strip())

    def _put(self, text: str) -> None:
        self._taken = text
        self.name.setText(text)
        self.ask()

    def _browse(self) -> None:
        files, start = _FILES[self.kind.currentText()], self._taken or str(Path.home())
        name, _ = QFileDialog.getOpenFileName(self, "Cluster", start, files)
        if name:
            self._put(name)


def place_problem(kind: str, text: str) -> str:
    """Why what was typed names no place of a kind, without asking anybody; else empty."""
    if kind in _PLAIN or (kind == _SCHEDULER and "://" in text):
        return ""
    if not text:
        return {
            _SCHEDULER: "Type the scheduler's address, or choose the file that it wrote.",
            _JOBS: "Choose the file that describes the jobs.",
        }[kind]
    file = Path(text).expanduser()
    if not file.is_file():
        return f"There is no {file}."
    if kind == _SCHEDULER and file.suffix != ".json":
        return f"{file} is not the .json file that a scheduler writes. Choose that file."
    if kind == _JOBS and file.suffix not in JOB_FILES:
        return f"{file} is not a .yaml file. Choose the file that describes the jobs."
    return ""


def _lines_of(answer: ClusterAnswer) -> list[str]:
    more = len(answer.nodes) - _LISTED
    rest = [f"and {plural(more, 'more node')}"] if more > 0 else []
    return [answer.summary, *map(_node_text, answer.nodes[:_LISTED]), *rest]


def _node_text(node: Node) -> str:
    gpus = ", ".join(node.gpus) or "no GPU"
    workers = plural(node.workers, "worker")
    return f"{node.host}: {workers}, {node.cores} of {node.cpus} CPUs, {gpus}"
