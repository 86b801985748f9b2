"""The command palette: every command that does something now, found by typing."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QVBoxLayout, QWidget

from labeler.ui.commands.actions import Actions
from labeler.ui.commands.catalogue import AnyCommand
from labeler.ui.commands.matching import matching
from labeler.ui.commands.palette_list import PaletteDelegate, PaletteModel
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.overlay import Overlay

_SIZE = QSize(620, 460)
_KEPT = 8  # commands that are offered first because they were run last
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(Overlay):
    """A field and the commands that fit what is typed; Enter runs the marked one."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window, actions["view.palette"])
        self._actions = actions
        self._latest: list[str] = []
        self.model = PaletteModel(actions)
        self.field = QLineEdit(placeholderText="What do you want to do?")
        self.field.setAccessibleName("Command")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._find)
        self.view = QListView(uniformItemSizes=True)
        self.view.setAccessibleName("Commands")
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setModel(self.model)
        self.view.setItemDelegate(PaletteDelegate(self.view))
        self.view.setMouseTracking(True)
        self.view.entered.connect(self.view.setCurrentIndex)
        self.view.clicked.connect(self._run)
        self.view.selectionModel().currentChanged.connect(self._tell)
        self.nothing = quiet_label("No command matches. Try other words.")
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(10, 10, 10, 10)
        for part in (self.field, self.nothing):
            layout.addWidget(part)
        layout.addWidget(self.view, 1)

    def open(self) -> None:
        """Show every enabled command, those run from here last on top."""
        self.field.clear()
        self._find("")
        self.appear(self.field)

    def card_size(self) -> QSize:
        """Large enough for a dozen commands."""
        return _SIZE

    def card_top(self, room: int) -> int:
        """In the upper part of the window."""
        return room // 4

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        """Keys of the field that move in the list or run."""
        if target is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.view.currentIndex())
                return True
            if event.key() in _LIST_KEYS:
                QApplication.sendEvent(self.view, event)
                return True
        return super().eventFilter(target, event)

    def _find(self, text: str) -> None:
        self.model.show(matching(text, self._in_order()))
        found = self.model.rowCount() > 0
        self.nothing.setVisible(not found)
        if found:
            self.view.setCurrentIndex(self.model.index(0))
            self.view.scrollToTop()

    def _in_order(self) -> list[AnyCommand]:
        enabled = {command.id: command for command in self._actions.available()}
        first = [enabled.pop(name) for name in self._latest if name in enabled]
        return [*first, *enabled.values()]

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        name = self.model.command(index.row()).id
        self._latest = [name, *(other for other in self._latest if other != name)][:_KEPT]
        self.dismiss()
        self._actions[name].press()

    def _tell(self, index: QModelIndex) -> None:
        """Assistive programs read the marked command beside the field."""
        self.field.setAccessibleDescription(str(index.data() or ""))
