"""The settings page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from labeler.session.preferences import Preferences, settings_file
from labeler.ui.commands.changed_keys import KeyMap
from labeler.ui.kit.controls import push_button
from labeler.ui.kit.elided import ElidedLabel
from labeler.ui.settings.form import SettingsForm
from labeler.ui.settings.key_editor import KeyEditor

_FORM_WIDTH = 380


class SettingsPage(QWidget):
    """Shows the preferences of the window and asks for others; every change acts at once."""

    changed = Signal(object)  # Preferences
    back_wanted = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self.form = SettingsForm()
        self.keys = KeyEditor()
        self.back = push_button("←  Back")
        self.back.setToolTip("Back (Escape)")
        self.back.clicked.connect(self.back_wanted)
        self.form.changed.connect(self._change)
        self.keys.changed.connect(lambda chosen: self._change({"keys": chosen.differences()}))
        self._place()
        self.use(preferences)

    def use(self, preferences: Preferences) -> None:
        """Show what holds now."""
        self._preferences = preferences
        self.form.show_preferences(preferences)
        self.keys.show_keys(KeyMap.of(preferences.keys))

    def focus_first(self) -> None:
        """Put the focus on the first setting."""
        self.form.theme.setFocus()

    def leave(self) -> str:
        """The page is left: forget keys whose conflict was not settled, and say so."""
        forgotten = self.keys.forget(KeyMap.of(self._preferences.keys))
        return "The keys were not changed: the conflict was not resolved." * forgotten

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _change(self, fields: dict[str, object]) -> None:
        update = {
            name: value
            for name, value in fields.items()
            if value != getattr(self._preferences, name)
        }
        if update:
            self.changed.emit(self._preferences.model_copy(update=update))

    def _place(self) -> None:
        title = QLabel("Settings")
        title.setProperty("title", True)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addSpacing(10)
        head.addWidget(title)
        head.addStretch(1)
        place = ElidedLabel(f"Kept in {settings_file()}")
        place.setProperty("muted", True)
        head.addWidget(place)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedWidth(_FORM_WIDTH)
        self.form.setContentsMargins(0, 0, 14, 0)
        area.setWidget(self.form)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(area)
        row.addWidget(self.keys, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addLayout(row, 1)
