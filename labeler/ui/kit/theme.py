"""Colours of the window, dark and light, and how they reach Qt's own widgets."""

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from labeler.labels import State
from labeler.resource import resource

_ICONS = ("check", "chevron")
REDRAWN_AT = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
"""Events after which what a widget keeps drawn is out of date."""


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
    stage: str  # behind the images

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
    """`resources/window.qss` with the colours of the theme and the icons put in."""
    icons = {name: resource(f"icons/{name}.svg").as_posix() for name in _ICONS}
    text = resource("window.qss").read_text(encoding="utf-8")
    return Template(text).substitute(asdict(theme), **icons)


def repolish(widget: QWidget) -> None:
    """Draw a widget anew after a property that the style sheet looks at has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
