"""Colours of the window, dark and light, and how they reach Qt's own widgets."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from labeler.labels import State
from labeler.resource import resource


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. Text on `window` and `panel` has a contrast of at least 7, `muted` of 4.5."""

    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    success: str
    failure: str
    excluded: str
    unlabeled: str
    warning: str
    error: str
    stage: str  # behind the pictures

    def of(self, state: State) -> QColor:
        """Colour of a state; it is never shown without its word or sign."""
        return QColor(
            {
                State.SUCCESS: self.success,
                State.NEVER: self.failure,
                State.SKIPPED: self.excluded,
                State.UNLABELED: self.unlabeled,
            }[state]
        )


DARK = Colours(
    window="#14161a", panel="#1b1e24", raised="#262a32", border="#343a44",
    text="#eceef1", muted="#a3abb8", accent="#5aa9ff", on_accent="#06131f",
    success="#3ecf7a", failure="#f2795f", excluded="#8f97a6", unlabeled="#5b6472",
    warning="#f0b94a", error="#ff7b72", stage="#08090b",
)  # fmt: skip
LIGHT = Colours(
    window="#eef0f3", panel="#fafbfc", raised="#ffffff", border="#ccd2da",
    text="#1a1e24", muted="#566070", accent="#0b62c4", on_accent="#ffffff",
    success="#12834a", failure="#bf3f22", excluded="#69717d", unlabeled="#aab2bd",
    warning="#8a5a00", error="#b3261e", stage="#d9dde3",
)  # fmt: skip


def colours(widget: QWidget) -> Colours:
    """The theme that a widget is drawn with."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def apply(app: QApplication, choice: str) -> None:
    """Use "dark", "light", or with "system" what the desktop says."""
    wanted = choice
    if choice == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        wanted = "light" if scheme == Qt.ColorScheme.Light else "dark"
    theme = LIGHT if wanted == "light" else DARK
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))


def _palette(theme: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for part, colour in (
        (role.Window, theme.window), (role.WindowText, theme.text), (role.Base, theme.panel),
        (role.AlternateBase, theme.raised), (role.Text, theme.text), (role.Button, theme.raised),
        (role.ButtonText, theme.text), (role.BrightText, theme.error), (role.Link, theme.accent),
        (role.Highlight, theme.accent), (role.HighlightedText, theme.on_accent),
        (role.ToolTipBase, theme.raised), (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted), (role.Mid, theme.border), (role.Dark, theme.border),
        (role.Light, theme.raised), (role.Accent, theme.accent),
    ):  # fmt: skip
        palette.setColor(part, QColor(colour))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(theme.unlabeled))
    return palette


def _style_sheet(theme: Colours) -> str:
    return f"""
QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.border};
    padding: 4px; }}
QPushButton, QToolButton, QComboBox {{ background: {theme.raised}; color: {theme.text};
    border: 1px solid {theme.border}; border-radius: 5px; padding: 5px 10px; }}
QToolButton {{ padding: 5px 8px; }}
QComboBox {{ padding: 5px 2px 5px 8px; }}
QComboBox::drop-down {{ border: 0; width: 18px; }}
QComboBox::down-arrow {{ image: url({resource("icons/chevron.svg").as_posix()}); width: 12px; }}
QPushButton:hover, QToolButton:hover, QComboBox:hover {{ border-color: {theme.accent}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QPlainTextEdit:focus,
    QTableView:focus {{ border: 1px solid {theme.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {theme.unlabeled}; }}
QPushButton:checked, QToolButton:checked {{ background: {theme.accent}; color: {theme.on_accent};
    border-color: {theme.accent}; }}
QPushButton[primary="true"] {{ background: {theme.accent}; color: {theme.on_accent};
    border-color: {theme.accent}; font-weight: 600; }}
QPushButton[primary="true"]:disabled {{ background: {theme.raised}; color: {theme.unlabeled};
    border-color: {theme.border}; }}
QToolButton[flat="true"], QPushButton[flat="true"] {{ background: transparent;
    border-color: transparent; }}
QToolButton[flat="true"]:hover, QPushButton[flat="true"]:hover {{ border-color: {theme.border}; }}
QToolButton::menu-indicator {{ image: none; }}
QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox {{ background: {theme.raised};
    color: {theme.text}; border: 1px solid {theme.border}; border-radius: 5px; padding: 4px 6px;
    selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
QListView, QTableView, QTreeView {{ background: {theme.panel}; border: 1px solid transparent;
    outline: 0; }}
QFrame[panel="true"] {{ background: {theme.panel}; border: 0; }}
QFrame[card="true"] {{ background: {theme.raised}; border: 1px solid {theme.border};
    border-radius: 8px; }}
QLabel[muted="true"] {{ color: {theme.muted}; }}
QLabel[strong="true"] {{ font-weight: 600; }}
QLabel[accent="true"] {{ color: {theme.accent}; font-weight: 600; }}
QLabel[title="true"] {{ font-size: 16pt; font-weight: 600; }}
QLabel[hero="true"] {{ font-size: 26pt; font-weight: 700; }}
QLabel[purpose="true"] {{ font-size: 12pt; color: {theme.muted}; }}
QLabel[error="true"] {{ color: {theme.error}; }}
QLabel[warning="true"] {{ color: {theme.warning}; }}
QMenu {{ background: {theme.raised}; border: 1px solid {theme.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 22px; border-radius: 4px; }}
QMenu::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
QMenu::item:disabled {{ color: {theme.unlabeled}; }}
QMenuBar {{ background: {theme.window}; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {theme.raised}; }}
QProgressBar {{ background: {theme.border}; border: 0; border-radius: 3px; height: 6px; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
QSplitter::handle {{ background: {theme.window}; }}
QSplitter::handle:hover {{ background: {theme.border}; }}
QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
QScrollBar::handle {{ background: {theme.border}; border-radius: 4px; margin: 2px;
    min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {theme.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: transparent; border: 0; width: 0; height: 0; }}
QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: 0;
    padding: 4px 6px; }}
"""


def repolish(widget: QWidget) -> None:
    """Draw a widget anew after a property that the style sheet looks at has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
