"""Where the focus goes when a part of the window is entered by key."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def is_reached(widget: QWidget) -> bool:
    """Whether Tab leads to a widget."""
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.isVisibleTo(widget.window())
        and widget.isEnabled()
    )


def enter(part: QWidget, besides: Sequence[QWidget] = ()) -> None:
    """Give the focus to the first widget of a part that Tab leads to, `besides` left out.

    Where there is none, the part has the focus itself: what only is read is scrolled by keys.
    """
    widget = part.nextInFocusChain()
    while widget is not None and widget is not part:
        if part.isAncestorOf(widget) and is_reached(widget) and widget not in besides:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return
        widget = widget.nextInFocusChain()
    part.setFocus(Qt.FocusReason.TabFocusReason)


def keep(part: QWidget) -> bool:
    """Take the focus from a widget of a part that is hidden or disabled; whether that was so.

    Qt would give it to whatever comes next, also beyond the part, where Enter may label.
    """
    focus = QApplication.focusWidget()
    if focus is None or not part.isAncestorOf(focus):
        return False
    if focus.isVisible() and focus.isEnabled():
        return False
    part.setFocus()
    return True
