"""What the program says about itself: guide, keys, versions, and what a bug report needs."""

from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from labeler.environment import environment
from labeler.errors import LabelerError
from labeler.storage.program.reports import problem_files, write_problem_report
from labeler.ui.commands.actions import Actions
from labeler.ui.commands.key_sheet import KeySheet
from labeler.ui.kit.controls import push_button
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.overlay import Overlay
from labeler.ui.kit.side_panel import breakable
from labeler.ui.kit.work import start_work
from labeler.ui.window.guide import Guide

_WIDTH = 560


class Help(QObject):
    """Each is made when it is first asked for."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._actions = window, actions

    @cached_property
    def guide(self) -> Guide:
        """The guide, in a window beside this one."""
        return Guide(self._window)

    @cached_property
    def key_sheet(self) -> KeySheet:
        """All keys."""
        return KeySheet(self._window, self._actions)

    @cached_property
    def about(self) -> "About":
        """Versions of the program and of what it stands on."""
        return About(self._window, self._actions["help.about"])

    @cached_property
    def report(self) -> "Report":
        """What a bug report needs."""
        return Report(self._window, self._actions["help.report"])

    def show_guide(self) -> None:
        """Show the guide."""
        self.guide.open()

    def show_keys(self) -> None:
        """List the keys."""
        self.key_sheet.open()

    def show_about(self) -> None:
        """Show versions."""
        self.about.appear(self.about.copy)

    def show_report(self) -> None:
        """Offer to gather what a bug report needs."""
        self.report.open()


class _Card(Overlay):
    """A title, some text, and buttons in a line."""

    def __init__(self, window: QWidget, action: QAction, title: str) -> None:
        super().__init__(window, action)
        head = QLabel(title)
        head.setProperty("title", True)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = QHBoxLayout()
        self.buttons.addStretch(1)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(head)
        layout.addWidget(self.text)
        layout.addLayout(self.buttons)

    def add(self, text: str, *, primary: bool = False) -> QPushButton:
        """One more button."""
        button = push_button(text, primary=primary)
        self.buttons.addWidget(button)
        return button

    def card_size(self) -> QSize:
        """As high as the text is at a width that reads well."""
        layout = self.card.layout()
        assert layout is not None
        return QSize(_WIDTH, layout.totalHeightForWidth(_WIDTH))


class About(_Card):
    """Version and environment, to be copied into a bug report."""

    def __init__(self, window: QWidget, action: QAction) -> None:
        super().__init__(window, action, "Labeler")
        self.lines = environment("Labeler")
        self.text.setText("\n".join((*self.lines, "", "Apache License 2.0")))
        self.copy = self.add("Copy for a bug report", primary=True)
        self.copy.clicked.connect(self._copy)
        self.add("Close").clicked.connect(self.dismiss)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self.lines))
        self.copy.setText("Copied")


class Report(_Card):
    """Says what would be gathered, gathers it, and says where it lies."""

    def __init__(self, window: QWidget, action: QAction) -> None:
        super().__init__(window, action, "Report a problem")
        self.made: Path | None = None
        self.gather = self.add("Make the folder", primary=True)
        self.gather.clicked.connect(self._gather)
        self.show_folder = self.add("Open the folder", primary=True)
        self.show_folder.clicked.connect(self._show_folder)
        self.add("Close").clicked.connect(self.dismiss)

    def open(self) -> None:
        """Say what a report would hold."""
        self.made = None
        names = "\n".join(f"•  {name}" for name in ("versions.txt", *problem_files()))
        self._show(
            "A folder for a bug report is made on this machine; nothing is sent. It holds no "
            f"images and no labels, but names of folders and settings:\n\n{names}"
        )
        self.appear(self.gather)

    def _gather(self) -> None:
        self.gather.setEnabled(False)
        start_work(
            self,
            lambda work: write_problem_report(environment("Labeler")),
            name="bug report",
            done=self._on_made,
            failed=self._on_failed,
        )

    def _on_made(self, folder: Path) -> None:
        self.made = folder
        self._show(f"The folder is ready. Look through it before you send it.\n\n{folder}")
        self.show_folder.setFocus()

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            raise error
        self._show(as_line(error))

    def _show(self, text: str) -> None:
        self.text.setText(breakable(text))
        self.gather.setVisible(self.made is None)
        self.gather.setEnabled(True)
        self.show_folder.setVisible(self.made is not None)
        self.fit()

    def _show_folder(self) -> None:
        if self.made is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.made)))
