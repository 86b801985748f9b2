"""Files dragged onto the window: what may be dropped, and what is open when it is."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from labeler.ui.kit.dropped import local_files
from labeler.ui.kit.theme import colours

_ENTER = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class Drops(QObject):
    """Takes files dropped anywhere on a window; fields in it leave them alone."""

    dropped = Signal(object)  # list[Path]

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.hint = DropHint(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        """Follow what is dragged over the window."""
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            self.hint.hide()
            return False
        if kind not in (*_ENTER, QEvent.Type.Drop):
            return False
        assert isinstance(event, QDropEvent)
        paths = local_files(event.mimeData())
        if not paths:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if kind in _ENTER:
            self.hint.appear()
        else:
            self.hint.hide()
            self.dropped.emit(paths)
        return True


def leave_drops_alone(inside: QWidget) -> None:
    """Keep the text fields of a widget from taking a dropped file for text."""
    for field in inside.findChildren(QLineEdit):
        field.setAcceptDrops(False)
    for text in inside.findChildren(QPlainTextEdit):
        text.setAcceptDrops(False)


class DropHint(QWidget):
    """Says that dropping opens, while something is dragged over the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAccessibleName("Drop to open")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def appear(self) -> None:
        """Lie over the window."""
        self.setGeometry(self.window().rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame around the window and a sentence in it."""
        theme = colours(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QColor(theme.window)
        shade.setAlpha(215)
        painter.fillRect(self.rect(), shade)
        painter.setPen(QPen(QColor(theme.accent), 3, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(14, 14, -14, -14), 14, 14)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        told = "Drop recordings, a collection or a label file to open them"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, told)
