"""`Statistics`: how fast labels are made, and how well suggestions agree with them."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from labeler.review.agreement import WITHIN, DecisionPace, Statistics, SuggestionAgreement
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.side_panel import SidePanel, heading
from labeler.ui.kit.theme import colours
from labeler.ui.kit.work import Work, start_work

_SOON = 400  # ms after a change, so that a row of decisions is reckoned once
_NO_PACE = "Nothing yet: label a few episodes in a row."
_NO_AGREEMENT = "Nothing yet: suggestions come with a training, and automatically from 4 labels on."
_NO_BLIND = "Nothing yet: none of the blind episodes is labelled."
_NEVER_BLIND = "This recording has no blind episodes: they begin at 20 episodes."
_ACCEPTED = "accepted unchanged"
_BAR, _ROW = 6, 34  # pixels


class StatisticsPanel(SidePanel):
    """Reckons anew while it is seen; labels and suggestions may change beside it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("Statistics")
        self._desk = desk
        self._work: Work | None = None
        self.pace = PaceView()
        self.agreement = AgreementView(_NO_AGREEMENT, accepted=True)
        self.blind = AgreementView(_NO_BLIND if desk.blind_count else _NEVER_BLIND)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._reckon)
        self._place()
        desk.bridge.labels_changed.connect(lambda episodes: self._wait())
        desk.review.changed.connect(self._wait)
        desk.review.refreshed.connect(self._wait)
        desk.closing.connect(self._end)

    def _place(self) -> None:
        for name, why, part in (
            ("Seconds per episode", "From one decision to the next, without breaks.", self.pace),
            ("Suggestions", "How close they are to your labels.", self.agreement),
            ("Blind episodes", "The same where none was in sight.", self.blind),
        ):
            self.column.addSpacing(4)
            self.column.addWidget(heading(name))
            self.column.addWidget(quiet_label(why))
            self.column.addWidget(part)
        self.column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Show how it stands now."""
        super().showEvent(event)
        self._reckon()

    def show_statistics(self, found: Statistics) -> None:
        """Show these."""
        self.pace.show_pace(found.pace)
        self.agreement.show_agreement(found.helped)
        self.blind.show_agreement(found.blind)

    def _wait(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _reckon(self) -> None:
        if self._work is not None and self._work.running:
            self._soon.start()
            return
        reckoned = self._desk.statistics()
        self._work = start_work(
            self,
            lambda work: reckoned(),
            name="statistics",
            done=self.show_statistics,
        )

    def _end(self) -> None:
        self._soon.stop()
        if self._work is not None:
            self._work.join(5)


class PaceView(QWidget):
    """Median and 90th percentile, large."""

    def __init__(self) -> None:
        super().__init__()
        self.median, self.p90 = QLabel(), QLabel()
        self.nothing = quiet_label(_NO_PACE)
        self.told = quiet_label()
        layout = _column(self)
        for number in (self.median, self.p90):
            number.setTextFormat(Qt.TextFormat.RichText)
            layout.addWidget(number)
        layout.addWidget(self.told)
        layout.addWidget(self.nothing)
        self.show_pace(None)

    def show_pace(self, pace: DecisionPace | None) -> None:
        """Show it, or that there is none."""
        for part in (self.median, self.p90, self.told):
            part.setVisible(pace is not None)
        self.nothing.setVisible(pace is None)
        if pace is not None:
            self.median.setText(f"{_large(pace.median)} median")
            self.p90.setText(f"{_large(pace.p90)} or less for 9 of 10")
            self.told.setText(f"Of {plural(pace.decisions, 'decision')}.")


class AgreementView(QWidget):
    """A bar per share: within so many frames, and, if wanted, accepted unchanged."""

    def __init__(self, nothing: str, *, accepted: bool = False) -> None:
        super().__init__()
        names = [f"within {plural(frames, 'frame')}" for frames in WITHIN]
        self.bars = [ShareBar(name) for name in (*names, *([_ACCEPTED] if accepted else []))]
        self.nothing = quiet_label(nothing)
        self.told = quiet_label()
        layout = _column(self)
        for bar in self.bars:
            layout.addWidget(bar)
        layout.addWidget(self.told)
        layout.addWidget(self.nothing)
        self.show_agreement(None)

    def show_agreement(self, found: SuggestionAgreement | None) -> None:
        """Show it, or that there is none."""
        shares = () if found is None else (*found.within, found.accepted)
        for bar, share in zip(self.bars, shares, strict=False):
            bar.show_share(share)
        for bar in self.bars:
            bar.setVisible(found is not None)
        self.told.setVisible(found is not None)
        self.nothing.setVisible(found is None)
        if found is not None:
            self.told.setText(f"Of {plural(found.episodes, 'label')} with a suggestion.")


class ShareBar(QWidget):
    """A name, a share in words, and a bar under both."""

    spoken_role = QAccessible.Role.Indicator

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.share = name, 0.0
        self.setAccessibleName(name)
        self.setFixedHeight(max(_ROW, self.fontMetrics().height() + _BAR + 10))

    def show_share(self, share: float) -> None:
        """Show another share, from 0 to 1."""
        self.share = share
        self.update()

    def spoken_value(self) -> str:
        """The share in words."""
        return f"{self.share:.0%}"

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(180, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        theme, painter = colours(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.rect().adjusted(0, 0, 0, -_BAR - 4)
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.setPen(QColor(theme.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | bottom, self.name)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | bottom, f"{self.share:.0%}")
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((1.0, theme.border), (self.share, theme.accent)):
            painter.setBrush(QColor(colour))
            box = QRectF(0, self.height() - _BAR - 1, self.width() * width, _BAR)
            if box.width() > 0:
                painter.drawRoundedRect(box, _BAR / 2, _BAR / 2)


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 8)
    layout.setSpacing(3)
    return layout


def _large(seconds: float) -> str:
    return f'<span style="font-size:17pt; font-weight:600">{seconds:.1f} s</span>&nbsp;'
