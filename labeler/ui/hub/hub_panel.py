"""`Compare with the Hub…`: asks it nothing before a button is pressed."""

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from labeler.contracts.hub_answer import read_answer
from labeler.errors import LabelerError
from labeler.runs.failure import Failure
from labeler.storage.copying.destination import default_destination
from labeler.ui.desk.desk import Desk
from labeler.ui.hub.comparison import Comparison
from labeler.ui.kit.choosing import choose_new_file
from labeler.ui.kit.controls import combo_box, push_button, quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.processes import Tool
from labeler.ui.kit.side_panel import SidePanel, Trouble, breakable, heading

PROGRAM = (sys.executable, "-P", "-m", "labeler")
_TOLD = (
    "The Hub is contacted only when you press a button here. Comparing uploads and writes nothing."
)
_PUSH = (
    "Push from a terminal, which first shows what would change and asks before it "
    "replaces anything:"
)


class HubPanel(SidePanel):
    """One command at a time; each is `labeler hub` in a process of its own."""

    least_width = 380

    def __init__(self, desk: Desk, program: Sequence[str] = PROGRAM) -> None:
        super().__init__("The Hub")
        self._desk = desk
        self.tool = Tool(self, program, name="Hub program")
        self._lines: list[str] = []
        self.folder = combo_box("Folder to compare")
        self.folder.currentIndexChanged.connect(lambda index: self._forget())
        self.repo_id = QLineEdit(placeholderText="OWNER/NAME")
        self.repo_id.setAccessibleName("Name of the dataset on the Hub")
        self.repo_id.textChanged.connect(lambda text: self._forget())
        self.repo_id.returnPressed.connect(self.compare)
        self.revision = QLineEdit(placeholderText="branch, tag or commit; main by default")
        self.revision.setAccessibleName("Revision on the Hub")
        self.revision.textChanged.connect(lambda text: self._forget())
        self.compare_button = push_button("Compare with the Hub", primary=True)
        self.compare_button.clicked.connect(self.compare)
        self.download_button = push_button("Download into a new folder…")
        self.download_button.clicked.connect(self._choose_download)
        self.cancel_button = push_button("Cancel")
        self.cancel_button.clicked.connect(self.cancel)
        self.state = quiet_label()
        self._again: Callable[[], None] = self.compare
        self.trouble = Trouble(
            {
                Action.RETRY: lambda: self._again(),
                Action.CHANGE_REVISION: self.revision.setFocus,
                Action.CHOOSE_PLACE: self._choose_download,
            }
        )
        self.comparison = Comparison()
        self.command = QLineEdit(readOnly=True)
        self.command.setAccessibleName("Command that pushes")
        self.command.textChanged.connect(self.command.setToolTip)  # it is longer than the field
        self.copy_button = push_button("Copy command")
        self.copy_button.clicked.connect(self._copy)
        self._arrange()
        desk.closing.connect(self.tool.close)
        self._say_state("")

    def set_shown(self, shown: bool) -> None:
        """There may be a labelled copy by now; nothing is at work while the panel is closed."""
        if shown:
            self._list_folders()
        elif self.tool.running:
            self.cancel()

    def compare(self) -> None:
        """Ask the Hub what it holds, and compare."""
        if not self._name or self.tool.running:
            return
        arguments = ["hub", "status", str(self.root), "--repo-id", self._name, "--json"]
        name, self._again = self._name, self.compare
        self.comparison.clear()
        self._run([*arguments, *self._revision], lambda: self._show(name), "Comparing…")

    def download(self, destination: Path) -> None:
        """Download into a new folder; interrupted, the same again goes on."""
        if not self._name or self.tool.running:
            return
        arguments = ["hub", "download", self._name, "--out", str(destination), *self._revision]
        self._again = lambda: self.download(destination)
        told = f"Downloaded and verified: {destination}"
        self._run(arguments, lambda: self._say_state(told), "Downloading… If you cancel, "
                  "downloading into the same folder again resumes it.")  # fmt: skip

    def cancel(self) -> None:
        """End what is at work; a download keeps what has come."""
        self.tool.close()
        self._say_state("Cancelled.")

    @property
    def root(self) -> Path:
        """The folder that is chosen."""
        chosen = self.folder.currentData()
        return self._desk.session.dataset.root if chosen is None else Path(chosen)

    @property
    def _name(self) -> str:
        return self.repo_id.text().strip()

    @property
    def _revision(self) -> list[str]:
        revision = self.revision.text().strip()
        return [f"--revision={revision}"] if revision else []

    def _run(self, arguments: Sequence[str], done: Callable[[], None], state: str) -> None:
        self.trouble.clear()
        self._lines = []
        self.tool.start(
            arguments,
            lambda failure: self._end(failure, done),
            hear=self._lines.append,
            online=True,
        )
        self._say_state(state)

    def _end(self, failure: Failure | None, done: Callable[[], None]) -> None:
        self._say_state("")
        if failure is not None:
            self.trouble.explain(failure)
            return
        try:
            done()
        except LabelerError as error:
            self.trouble.explain(error)

    def _show(self, name: str) -> None:
        self.comparison.show_answer(read_answer("\n".join(self._lines)), name)

    def _forget(self) -> None:
        """What is shown is about something else."""
        self.trouble.clear()
        self.comparison.clear()
        self._say_state("")

    def _say_state(self, text: str) -> None:
        """What is going on, and which buttons do something."""
        running, named = self.tool.running, bool(self._name)
        self.state.setText(breakable(text))
        self.state.setVisible(bool(text))
        self.compare_button.setEnabled(named and not running)
        self.download_button.setEnabled(named and not running)
        self.cancel_button.setVisible(running)
        for button in (self.compare_button, self.download_button):
            button.setVisible(not running)
        for part in (self.folder, self.repo_id, self.revision):
            part.setEnabled(not running)
        words = ["labeler", "hub", "push", str(self.root), "--repo-id", self._name or "OWNER/NAME"]
        self.command.setText(shlex.join(words))
        self.command.setCursorPosition(0)
        self.copy_button.setEnabled(named)

    def _list_folders(self) -> None:
        root = self._desk.session.dataset.root
        copy = default_destination(root)
        entries = [("This recording", root)]
        if (copy / "meta" / "info.json").is_file():
            entries.insert(0, ("The labelled copy", copy))
        if [self.folder.itemData(i) for i in range(self.folder.count())] == [
            str(path) for _, path in entries
        ]:
            return
        self.folder.clear()
        for name, path in entries:
            self.folder.addItem(f"{name}: {path.name}", str(path))

    def _choose_download(self) -> None:
        root = self._desk.session.dataset.root
        start = root.parent / (self._name.rpartition("/")[2] or "dataset")
        found = choose_new_file(self, "New folder for the download", "All files (*)", start)
        if found is not None:
            self.download(found)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self._desk.say("The command is on the clipboard.")

    def _arrange(self) -> None:
        buttons, push = QVBoxLayout(), QHBoxLayout()
        for button in (self.compare_button, self.download_button, self.cancel_button):
            buttons.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        push.addWidget(self.command, 1)
        push.addWidget(self.copy_button)
        above = (quiet_label(_TOLD), heading("Folder"), self.folder, heading("Dataset on the Hub"))
        for part in (*above, self.repo_id, self.revision):
            self.column.addWidget(part)
        self.column.addLayout(buttons)
        for below in (
            self.state,
            self.trouble,
            self.comparison,
            heading("Push"),
            quiet_label(_PUSH),
        ):
            self.column.addWidget(below)
        self.column.addLayout(push)
        self.column.addStretch(1)
