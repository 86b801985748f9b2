"""Draws keys in the table and takes new ones by pressing them."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QKeySequenceEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from labeler.ui.commands.key_chips import draw_chips
from labeler.ui.kit.theme import colours
from labeler.ui.settings.key_model import CLAIMED, KEYS

Index = QModelIndex | QPersistentModelIndex


class KeyField(QKeySequenceEdit):
    """Takes one key with its modifiers; Escape gives up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaximumSequenceLength(1)
        self.setAccessibleName("Press the new key")
        self.setAutoFillBackground(True)
        self.taken = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Escape to the table, which then closes the field."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)


class KeyDelegate(QStyledItemDelegate):
    """Keys as chips, those in a conflict in the colour of errors; edits with a `KeyField`."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line of chips."""
        return QSize(120, self._view.fontMetrics().height() + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the keys of a command."""
        theme = colours(self._view)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(theme.accent))
        inside = box.adjusted(6, 0, -6, 0)
        draw_chips(painter, inside, index.data(KEYS), theme, left=True, wrong=index.data(CLAIMED))
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field that takes the next key."""
        field = KeyField(parent)
        field.keySequenceChanged.connect(lambda _: self._take(field))
        return field

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter is a key like others here; it would end an ordinary editor."""
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        return super().eventFilter(editor, event)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The field starts empty: what is pressed next counts."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand over what was pressed."""
        assert isinstance(editor, KeyField)
        if key := editor.keySequence().toString():
            model.setData(index, key, KEYS)

    def _take(self, field: KeyField) -> None:
        if not field.taken and not field.keySequence().isEmpty():
            field.taken = True  # Qt tells the same key again when it ends recording
            self.commitData.emit(field)
            self.closeEditor.emit(field)
