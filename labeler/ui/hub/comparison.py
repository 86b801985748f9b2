"""A folder beside a dataset on the Hub: figures in a table, files and forecasts in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from labeler.contracts.hub_answer import Files, HubAnswer, There
from labeler.session.words import plural
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.side_panel import breakable, heading

_MOST = 6  # names of each kind
_ABSENT = "There is no such dataset on the Hub, or you have no access to it."
_OFFLINE = "With root= the same holds for the folder that it names; HF_HUB_OFFLINE=1 prevents it."


class Comparison(QWidget):
    """Empty until there is an answer."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def clear(self) -> None:
        """Nothing was compared."""
        self.hide()
        while (item := self._column.takeAt(0)) is not None:
            if (part := item.widget()) is not None:
                part.hide()
                part.deleteLater()

    def show_answer(self, answer: HubAnswer, repo_id: str) -> None:
        """Show what differs, and what LeRobot would do."""
        self.clear()
        self._column.addWidget(_table(answer))
        for sentence in _differences(answer):
            self._add(sentence)
        for problem in answer.here.problems:
            self._add(f"LeRobot considers the folder incomplete: {problem}", warning=True)
        told = heading(breakable(f"What LeRobotDataset(“{repo_id}”) without root= would do"))
        told.setWordWrap(True)
        self._column.addWidget(told)
        self._add(f"It looks in {answer.lerobot_home}.")
        for one in answer.lerobot:
            self._add(f"{'⚠ ' if one.harm else ''}{one.generation} {one.sentence}", one.harm)
        if answer.there is not None:
            self._add(_OFFLINE)
        self.show()

    def texts(self) -> list[str]:
        """Every sentence that is shown."""
        labels = self.findChildren(QLabel)
        return [label.text().replace("\u200b", "") for label in labels if not label.isHidden()]

    def _add(self, sentence: str, warning: bool = False) -> None:
        line = quiet_label(breakable(sentence))
        line.setProperty("warning", warning)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.setTextFormat(Qt.TextFormat.PlainText)
        self._column.addWidget(line)


def _table(answer: HubAnswer) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", True)
    grid = QGridLayout(frame)
    grid.setContentsMargins(12, 8, 12, 8)
    grid.setHorizontalSpacing(16)
    for column, share in enumerate((2, 3, 3)):
        grid.setColumnStretch(column, share)
    for row, texts in enumerate((("", "here", "on the Hub"), *_rows(answer))):
        for column, text in enumerate(texts):
            label = quiet_label(text) if row == 0 or column == 0 else QLabel(text)
            label.setWordWrap(bool(column))  # two times of change are wider than the panel
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            label.setAlignment(side | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, row, column)
    return frame


def _rows(answer: HubAnswer) -> list[tuple[str, str, str]]:
    here, there = answer.here, answer.there
    rows = [
        ("episodes", f"{here.episodes:,}", f"{there.episodes:,}" if there else "–"),
        ("frames", f"{here.frames:,}", f"{there.frames:,}" if there else "–"),
        ("format", here.codebase_version, (there and there.codebase_version) or "–"),
        ("changed (UTC)", f"{here.changed:%Y-%m-%d %H:%M}", _change_time(there)),
    ]
    if there is not None:
        rows.append(("revision", "", there.commit[:12]))
        rows.append(("seen by", "", "you and your organization" if there.private else "everybody"))
    return rows


def _change_time(there: There | None) -> str:
    return "–" if there is None or there.changed is None else f"{there.changed:%Y-%m-%d %H:%M}"


def _differences(answer: HubAnswer) -> list[str]:
    files = answer.files
    if answer.there is None:
        return [_ABSENT]
    if not (files.changed or files.only_here or files.only_there):
        return ["All files are the same."]
    told = [
        _names("Other content", files.changed),
        _names("Only here", files.only_here),
        _names("Only on the Hub", files.only_there),
    ]
    return [*filter(None, told), _same(files)]


def _same(files: Files) -> str:
    return f"{plural(len(files.same), 'file')} {'is' if len(files.same) == 1 else 'are'} the same."


def _names(what: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{what}: {', '.join(names[:_MOST])}{more}"
