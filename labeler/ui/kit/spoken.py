"""What assistive programs are told about widgets that are painted: a role and a value.

Qt knows them of its own widgets only. A painted widget has its name by `setAccessibleName`, its
role as `spoken_role` and its value by `spoken_value`.
"""

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleValueChangeEvent
from PySide6.QtWidgets import QAccessibleWidget, QWidget


@runtime_checkable
class Spoken(Protocol):
    """A painted widget."""

    spoken_role: QAccessible.Role

    def spoken_value(self) -> str:
        """What it shows now, in words."""


class _Face(QAccessibleWidget):
    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)

    def text(self, kind: QAccessible.Text, /) -> str:
        widget = self.widget()
        if kind == QAccessible.Text.Value and isinstance(widget, Spoken):
            return widget.spoken_value()
        return super().text(kind)


def tell_of_painted_widgets() -> None:
    """Have Qt ask painted widgets for role and value; once per program."""
    QAccessible.installFactory(_face)


def announce(widget: QWidget) -> None:
    """Say that the value of a painted widget is another one; costs nothing where nobody listens."""
    if QAccessible.isActive() and isinstance(widget, Spoken):
        event = QAccessibleValueChangeEvent(widget, widget.spoken_value())
        QAccessible.updateAccessibility(event)


def _face(kind: str, thing: QObject) -> QAccessibleInterface | None:
    if isinstance(thing, QWidget) and isinstance(thing, Spoken):
        return _Face(thing, thing.spoken_role)
    return None
