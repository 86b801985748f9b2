"""What is painted can be seen: text, choices and the focus, in both themes, by rendered pixels."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QToolButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from labeler.ui.kit import theme
from labeler.ui.kit.controls import push_button

TEXT, PARTS = 4.5, 3.0
"""Least contrast of text, and of what tells a control or its state (WCAG 2.2: 1.4.3, 1.4.11)."""
CHANGE = 2.0
"""Least contrast between a pixel with and without the focus; a filled button has its ring outside,
where the panel is what it stands out from."""
SCALE = 3  # at which the stem of a letter has a pixel of its own colour
Pixels = NDArray[np.float64]


@pytest.fixture(params=["dark", "light"])
def panel(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot) -> Iterator[QWidget]:
    theme.apply(qapp, request.param)
    widget = QWidget()
    widget.setProperty("panel", True)
    QVBoxLayout(widget)
    qtbot.addWidget(widget)
    yield widget
    theme.apply(qapp, "dark")


def rendered(widget: QWidget) -> Pixels:
    """A widget with what lies behind it, as RGB of 0 to 1."""
    window = widget.window()
    image = QImage(window.size() * SCALE, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(SCALE)
    window.render(image)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    pixels = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3) / 255
    corner = widget.mapTo(window, widget.rect().topLeft())
    left, top = corner.x() * SCALE, corner.y() * SCALE
    return pixels[top : top + widget.height() * SCALE, left : left + widget.width() * SCALE]


def luminance(colours: Pixels) -> Pixels:
    """Relative luminance (...) of RGB (..., 3), by WCAG 2.2."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: Pixels, other: Pixels) -> Pixels:
    """Contrast (...) of colours (..., 3), from 1 to 21."""
    light, dark = luminance(one) + 0.05, luminance(other) + 0.05
    return np.maximum(light, dark) / np.minimum(light, dark)


def background(pixels: Pixels) -> Pixels:
    """The colour that most pixels have."""
    ((most, _),) = Counter(map(tuple, pixels.reshape(-1, 3))).most_common(1)
    return np.array(most)


def strongest(pixels: Pixels) -> float:
    """Contrast to the background that a thousandth of the pixels at least has."""
    found = contrast(pixels, background(pixels))
    return float(np.quantile(found, 0.999))


def show(panel: QWidget, widget: QWidget) -> None:
    """Alone in the panel, which is shown."""
    layout = panel.layout()
    assert layout is not None
    layout.addWidget(widget)
    panel.show()
    panel.activateWindow()
    QApplication.processEvents()


def label(kind: str) -> QLabel:
    made = QLabel("Episode 12 succeeds from frame 40")
    made.setProperty(kind, True)
    return made


def primary() -> QPushButton:
    made = push_button("Start")
    made.setProperty("primary", True)
    return made


def checked(made: QPushButton | QToolButton | QRadioButton | QCheckBox) -> QWidget:
    made.setCheckable(True)
    made.setChecked(True)
    return made


KINDS = ("none", "muted", "strong", "accent", "error", "warning", "title")
CONTROLS = {
    "button": lambda: push_button("Write"),
    "primary": primary,
    "pressed": lambda: checked(push_button("Loop")),
    "tool": lambda: QToolButton(text="Keys"),
    "pressed tool": lambda: checked(QToolButton(text="Keys")),
    "check box": lambda: QCheckBox("whole images"),
    "checked box": lambda: checked(QCheckBox("whole images")),
    "radio button": lambda: QRadioButton("Cutoffs"),
    "chosen radio button": lambda: checked(QRadioButton("Cutoffs")),
    "combo box": lambda: filled(QComboBox()),
    "line": lambda: QLineEdit("pick up the cube"),
    "note": lambda: QPlainTextEdit("pick up the cube"),
    "number": QSpinBox,
    "share": QDoubleSpinBox,
    "list": QListWidget,
    "tree": QTreeWidget,
}


def filled(box: QComboBox) -> QComboBox:
    box.addItem("Unlabeled")
    return box


@pytest.mark.parametrize("kind", KINDS)
def test_text_can_be_read(panel: QWidget, kind: str) -> None:
    shown = label(kind)
    show(panel, shown)
    assert strongest(rendered(shown)) >= TEXT


@pytest.mark.parametrize("name", [name for name in CONTROLS if name not in ("list", "tree")])
def test_the_words_of_a_control_can_be_read(panel: QWidget, name: str) -> None:
    control = CONTROLS[name]()
    show(panel, control)
    margin = 5 * SCALE  # the border is not what is read
    assert strongest(rendered(control)[margin:-margin, margin:-margin]) >= TEXT


@pytest.mark.parametrize("name", [name for name in CONTROLS if "radio" in name or "check" in name])
def test_what_can_be_chosen_has_a_visible_outline(panel: QWidget, name: str) -> None:
    control = CONTROLS[name]()
    show(panel, control)
    behind = background(rendered(panel))
    outline = rendered(control)[:, : 19 * SCALE]
    assert float(np.quantile(contrast(outline, behind), 0.95)) >= PARTS


@pytest.mark.parametrize("name", CONTROLS)
def test_the_focus_is_seen(panel: QWidget, name: str) -> None:
    control = CONTROLS[name]()
    show(panel, control)
    control.clearFocus()
    QApplication.processEvents()
    before = rendered(control).copy()
    control.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    after = rendered(control)
    changed = np.abs(before - after).max(axis=2) > 0.02
    assert changed.sum() > control.width(), "nothing is painted for the focus"
    ring, behind = after[changed], background(rendered(panel))
    assert float(np.median(contrast(ring, behind))) >= PARTS, "it is lost in the panel"
    assert float(np.median(contrast(ring, before[changed]))) >= CHANGE, "it is lost in the control"


def test_a_planted_grey_is_noticed(panel: QWidget) -> None:
    grey = label("none")
    dark = theme.colours(panel) is theme.DARK
    grey.setStyleSheet(f"color: {'#4a4f58' if dark else '#b0b4ba'}")
    show(panel, grey)
    assert strongest(rendered(grey)) < TEXT
