"""Draws a row of the queue: thumbnail, episode, state by sign and word, cutoff, marks."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from labeler.labels import EpisodeLabel
from labeler.session.words import STATES, edge
from labeler.ui.kit.signs import draw_flag, draw_note, draw_state
from labeler.ui.kit.theme import Colours, colours
from labeler.ui.queue.model import QueueModel

ROW_HEIGHT = 48
_IMAGE = 54
Thumbnail = Callable[[int], NDArray[np.uint8] | None]


def words_of(label: EpisodeLabel, metrics: QFontMetrics, width: int) -> str:
    """State and edge of a label; where both have no room, the edge, since a sign has the state."""
    state, where = STATES[label.state], edge(label)
    texts = (f"{state} {where}", where) if where else (state,)
    for text in texts:
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, width)


class QueueDelegate(QStyledItemDelegate):
    """Rows of one height; `thumbnail(episode)` gives an image (BGRA) or None for now."""

    def __init__(self, thumbnail: Thumbnail, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent
        self._thumbnail = thumbnail

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The same for every row."""
        return QSize(200, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        model = index.model()
        assert isinstance(model, QueueModel)
        episode, label = model.label(index)
        theme = colours(self._view)
        rect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.raised))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(theme.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.window))
        box = QRect(rect.left() + 8, rect.top() + 4, _IMAGE, ROW_HEIGHT - 8)
        self._draw_thumbnail(painter, box, episode, theme)
        area = rect.adjusted(_IMAGE + 16, 5, -10, -5)
        self._draw_texts(painter, area, model.place(episode), label, theme)
        painter.restore()

    def _draw_thumbnail(self, painter: QPainter, box: QRect, episode: int, theme: Colours) -> None:
        painter.fillRect(box, QColor(theme.stage))
        pixels = self._thumbnail(episode)
        if pixels is None:
            return
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
        size = QSize(width, height).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(box.topLeft(), size)
        target.moveCenter(box.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)

    def _draw_texts(
        self,
        painter: QPainter,
        box: QRect,
        place: tuple[int, str],
        label: EpisodeLabel,
        theme: Colours,
    ) -> None:
        upper = QRect(box.left(), box.top(), box.width(), box.height() // 2)
        lower = upper.translated(0, upper.height())
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        frames = f"{label.length:,} fr"
        room = upper.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(frames) - 8, 0)
        self._draw_place(painter, room, place, theme)
        painter.setPen(QColor(theme.muted))
        painter.drawText(upper, right | middle, frames)
        sign = QRectF(lower.left(), lower.top() + 2, lower.height() - 4, lower.height() - 4)
        draw_state(painter, sign, label.state, theme.of(label.state))
        marks = (label.flag is not None) + bool(label.note)
        words = QRect(lower).adjusted(int(sign.width()) + 6, 0, -17 * marks, 0)
        painter.drawText(
            words, left | middle, words_of(label, painter.fontMetrics(), words.width())
        )
        self._draw_marks(painter, lower, label, theme)

    def _draw_place(
        self, painter: QPainter, box: QRect, place: tuple[int, str], theme: Colours
    ) -> None:
        """The episode's number, and beside it the recording's name where there are several."""
        number, name = str(place[0]), place[1]
        left, metrics = Qt.AlignmentFlag.AlignLeft, painter.fontMetrics()
        painter.setPen(QColor(theme.text))
        painter.drawText(box, left | Qt.AlignmentFlag.AlignVCenter, number)
        if name:
            rest = box.adjusted(metrics.horizontalAdvance(number) + 8, 0, 0, 0)
            name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, rest.width())
            painter.setPen(QColor(theme.muted))
            painter.drawText(rest, left | Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_marks(
        self, painter: QPainter, line: QRect, label: EpisodeLabel, theme: Colours
    ) -> None:
        side = 13
        box = QRectF(line.right() - side, line.center().y() - side / 2, side, side)
        if label.flag is not None:
            draw_flag(painter, box, QColor(theme.warning))
            box.translate(-side - 3, 0)
        if label.note:
            draw_note(painter, box, QColor(theme.muted))
