"""Parts of a form: one that folds away, one that asks something."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QVBoxLayout, QWidget

from labeler.collection.agreement import Choices
from labeler.collection.comparison import ABSENT, DifferenceKind, RecordingDifference
from labeler.ui.kit.controls import push_button, quiet_label
from labeler.ui.kit.side_panel import breakable, heading
from labeler.ui.writing.wish_form import option_box, option_radio

Value = TypeVar("Value")


class Folded(QWidget):
    """Widgets under a title that unfolds them, or folds them away."""

    def __init__(self, title: str, parts: Iterable[QWidget], *, unfolded: bool = False) -> None:
        super().__init__()
        self._title = title
        self.button = push_button("")
        self.button.setProperty("flat", True)
        self.content = QWidget()
        inner = _column(self.content)
        for part in parts:
            inner.addWidget(part)
        layout = _column(self)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.content)
        self.button.clicked.connect(lambda: self.unfold(self.content.isHidden()))
        self.unfold(unfolded)

    def unfold(self, wanted: bool) -> None:
        """Show the widgets, or hide them."""
        self.button.setText(f"{'▾' if wanted else '▸'} {self._title}")
        self.content.setVisible(wanted)


class Ways(QWidget, Generic[Value]):
    """A question with what it is about, and the ways to answer it; the first is the usual one."""

    def __init__(
        self, title: str, ways: Mapping[Value, tuple[str, str]], on_change: Callable[[], object]
    ) -> None:
        super().__init__()
        self.told = quiet_label()
        self.buttons = {value: option_radio(*texts) for value, texts in ways.items()}
        self._group = QButtonGroup(self)
        layout = _column(self)
        layout.addWidget(heading(title))
        layout.addWidget(self.told)
        for button in self.buttons.values():
            self._group.addButton(button)
            layout.addWidget(button)
            button.clicked.connect(lambda checked: on_change())
        next(iter(self.buttons.values())).setChecked(True)
        self.hide()

    def choice(self) -> Value:
        """The way that is chosen."""
        return next(value for value, button in self.buttons.items() if button.isChecked())

    def tell(self, text: str) -> None:
        """What it is about."""
        self.told.setText(breakable(text))
        self.told.setVisible(bool(text))


class DifferenceChoices(QWidget):
    """What differs between recordings, with a box for each difference that can be settled."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.told = quiet_label()
        self.boxes: dict[str, QCheckBox] = {}
        self._shown: tuple[RecordingDifference, ...] = ()
        self._robot = ""
        self._layout = _column(self)
        self._layout.addWidget(heading("What differs"))
        self._layout.addWidget(self.told)
        self.hide()

    def choices(self) -> Choices:
        """What becomes of the differences."""
        wanted = [name for name, box in self.boxes.items() if box.isChecked()]
        robot = self._robot if DifferenceKind.ROBOT.value in wanted else None
        drop = tuple(name for name in wanted if name != DifferenceKind.ROBOT.value)
        return Choices(drop=drop, robot_type=robot)

    def show_differences(
        self, differences: tuple[RecordingDifference, ...], names: tuple[str, ...]
    ) -> None:
        """Show these; what was chosen for the same subjects stays."""
        self.setVisible(bool(differences))
        self.told.setText(breakable("\n".join(one.sentence(names) for one in differences)))
        if differences == self._shown:
            return
        chosen = {name for name, box in self.boxes.items() if box.isChecked()}
        for box in self.boxes.values():
            box.hide()
            box.deleteLater()
        self._shown, self.boxes = differences, {}
        for one in differences:
            if text := self._remedy(one):
                box = self.boxes[one.subject] = option_box(text, "")
                box.setChecked(one.subject in chosen)
                box.clicked.connect(lambda checked: self.changed.emit())
                self._layout.addWidget(box)

    def _remedy(self, difference: RecordingDifference) -> str:
        """What can be done about it; empty where only a recording can be left out."""
        if difference.kind is DifferenceKind.FPS:
            return ""
        if difference.kind is DifferenceKind.ROBOT:
            self._robot = next(name for name in difference.said if name != ABSENT)
            return f"Write “{self._robot}” for all"
        return f"Leave out {difference.subject.removeprefix('observation.images.')}"


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    return layout
