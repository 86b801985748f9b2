"""Keeps how the window was left, for each layout of screens, and brings it back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QMainWindow

from labeler.errors import LabelerError
from labeler.session.window_layout import WindowLayout, read_layout, write_layout
from labeler.ui.commands.actions import Actions
from labeler.ui.kit.cures import as_line
from labeler.ui.window.geometry import kept_geometry, start_geometry

if TYPE_CHECKING:
    from labeler.ui.page.labelling_page import LabellingPage

_MAXIMISED = Qt.WindowState.WindowMaximized


class KeptLayout:
    """Size and place of the window, widths of its parts, and which panels were open.

    What is open is noted whenever a page goes, so that closing the recording first loses nothing.
    """

    def __init__(self, window: QMainWindow, say: Callable[[str], None]) -> None:
        self._window, self._say = window, say
        self._kept = read_layout(screens_key(QGuiApplication.screens()))

    def restore(self) -> None:
        """Place the window as it was left, or in the middle of its screen."""
        areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        kept = None if self._kept is None else kept_geometry(QRect(*self._kept.place), areas)
        place = kept or start_geometry(self._window.screen().availableGeometry())
        self._window.setGeometry(place)
        if self._kept is None:
            self._kept = WindowLayout(place=_numbers(place))
        elif self._kept.maximised:
            self._window.setWindowState(self._window.windowState() | _MAXIMISED)

    def use_page(self, page: "LabellingPage", actions: Actions) -> None:
        """Give a new page the widths that the last one had, and open the panels that were open."""
        if self._kept is None:
            return
        page.use_sizes(self._kept.sides, self._kept.dock)
        for name in self._kept.open:
            if actions[name].isEnabled() and page.panels.may_show(name):
                actions[name].trigger()

    def leave_page(self, page: "LabellingPage") -> None:
        """Note how a page is left."""
        if self._kept is not None:
            sides, dock = page.sizes()
            changes = {"sides": sides, "dock": dock or self._kept.dock, "open": page.open_panels()}
            self._kept = self._kept.model_copy(update=changes)

    def keep(self) -> None:
        """Write down how the window is left."""
        if self._kept is None:
            return
        window = self._window
        normal = window.normalGeometry() if _is_large(window) else window.geometry()
        changes = {"maximised": window.isMaximized()}
        layout = self._kept.model_copy(update={"place": _numbers(normal), **changes})
        try:
            write_layout(screens_key(QGuiApplication.screens()), layout)
        except LabelerError as error:
            self._say(as_line(error))


def screens_key(screens: list[QScreen]) -> str:
    """The screens that there are, as a text: `1920x1080+0+0@1 1280x800+1920+0@2`."""
    parts = []
    for screen in screens:
        area = screen.geometry()
        size = f"{area.width()}x{area.height()}+{area.x()}+{area.y()}"
        parts.append(f"{size}@{screen.devicePixelRatio():g}")
    return " ".join(sorted(parts))


def _is_large(window: QMainWindow) -> bool:
    return window.isMaximized() or window.isFullScreen()


def _numbers(rect: QRect) -> tuple[int, int, int, int]:
    return rect.x(), rect.y(), rect.width(), rect.height()
