"""`Balance`: how much success and failure a collection holds, by recording and by session."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labeler.collection import Collection
from labeler.collection.balance import Balance, Group, balance_of
from labeler.collection.duplicates import Duplicates, find_duplicates
from labeler.errors import LabelerError
from labeler.labels import State
from labeler.session.joined import JoinedSession
from labeler.session.merge_writing import Sources
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import quiet_label
from labeler.ui.kit.cures import Action
from labeler.ui.kit.side_panel import SidePanel, Trouble, heading
from labeler.ui.kit.theme import colours
from labeler.ui.kit.work import Work, start_work

_SOON = 400  # ms after a change, so that a row of decisions is counted once
_ROW, _BAR = 56, 7  # pixels
_LOOKING = "Looking for duplicate episodes…"


class BalancePanel(SidePanel):
    """Counts anew while it is seen; what is there twice is looked for once."""

    def __init__(self, desk: Desk, session: JoinedSession) -> None:
        super().__init__("Balance")
        self._session = session
        self._duplicates: Duplicates | None = None
        self._work: Work | None = None
        self._search: Work | None = None
        self.total, self.sources, self.sessions = Bars(), Bars(), Bars()
        self.by = heading("")
        self.repeated = quiet_label(_LOOKING)
        self.trouble = Trouble({Action.RETRY: self._search_duplicates})
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._count)
        self._place()
        desk.bridge.labels_changed.connect(lambda episodes: self._wait())
        desk.closing.connect(self._end)

    def show_balance(self, balance: Balance) -> None:
        """Show it."""
        self.total.show_groups([replace(balance.total, name="All recordings")])
        self.sources.show_groups(balance.sources)
        self.by.setText("By session" if balance.by == "tag" else "By task")
        worth = len(balance.sessions) > 1 or balance.by == "tag"
        self.by.setVisible(worth)
        self.sessions.setVisible(worth)
        self.sessions.show_groups(balance.sessions)

    def showEvent(self, event: QShowEvent) -> None:
        """Show how it stands now."""
        super().showEvent(event)
        self._count()
        if self._duplicates is None and self._search is None:
            self._search_duplicates()

    def _search_duplicates(self) -> None:
        sources = self._session.sources()
        self.trouble.clear()
        self.repeated.setText(_LOOKING)
        self.repeated.show()
        self._search = start_work(
            self,
            lambda work: _duplicates(work, sources),
            name="duplicates",
            done=self._on_duplicates,
            failed=self._on_failed,
            cancelled=lambda: None,
        )

    def _place(self) -> None:
        self.column.addWidget(
            quiet_label(
                "Success frames among those with a label; a classifier learns from both kinds."
            )
        )
        self.column.addWidget(self.total)
        self.column.addWidget(heading("By recording"))
        self.column.addWidget(self.sources)
        self.column.addWidget(self.by)
        self.column.addWidget(self.sessions)
        self.column.addWidget(heading("Duplicates"))
        self.column.addWidget(self.repeated)
        self.column.addWidget(self.trouble)
        self.column.addStretch(1)

    def _wait(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _count(self) -> None:
        if self._work is not None and self._work.running:
            self._soon.start()
            return
        sources, known = self._session.sources(), self._duplicates or Duplicates({})
        self._work = start_work(
            self,
            lambda work: _balance(sources, known),
            name="balance",
            done=self.show_balance,
        )

    def _on_duplicates(self, found: tuple[Duplicates, list[str]]) -> None:
        self._duplicates, sentences = found
        self.repeated.setText("\n".join(sentences) or "No episode is in two recordings.")
        self._count()

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            raise error
        self.repeated.hide()
        self.trouble.explain(error)

    def _end(self) -> None:
        self._soon.stop()
        for work in (self._work, self._search):
            if work is not None:
                work.cancel()
                work.join(30)


class Bars(QWidget):
    """A line and a bar per group: success, failure, and what is undecided."""

    spoken_role = QAccessible.Role.Chart

    def __init__(self) -> None:
        super().__init__()
        self.groups: tuple[Group, ...] = ()
        self.setAccessibleName("Success and failure")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show these."""
        self.groups = tuple(groups)
        self.setToolTip("\n".join(f"{one.name}: {self.summary(one)}" for one in self.groups))
        self.updateGeometry()
        self.update()

    def spoken_value(self) -> str:
        """The groups with their numbers."""
        return "; ".join(f"{g.name}: {self.summary(g)}" for g in self.groups)

    def summary(self, group: Group) -> str:
        """`12 episodes: 9 success, 3 never`."""
        undecided = group.states[State.UNLABELED] + group.states[State.SKIPPED]
        counts = (
            (group.states[State.SUCCESS], "success"),
            (group.states[State.NEVER], "never"),
            (undecided, "open"),
            (group.duplicates, "twice"),
        )
        parts = ", ".join(f"{count:,} {word}" for count, word in counts if count)
        return f"{plural(group.episodes, 'episode')}: {parts}"

    def sizeHint(self) -> QSize:
        """As high as its groups."""
        return QSize(200, _ROW * len(self.groups))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, group in enumerate(self.groups):
            self._draw(painter, QRectF(0, number * _ROW, self.width(), _ROW), group)

    def _draw(self, painter: QPainter, box: QRectF, group: Group) -> None:
        theme, metrics = colours(self), painter.fontMetrics()
        share = "–" if group.share is None else f"{group.share:.0%}"
        line = QRectF(box.left(), box.top() + 2, box.width(), 18)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        room = int(box.width()) - metrics.horizontalAdvance(share) - 10
        painter.setPen(QColor(theme.text))
        name = metrics.elidedText(group.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, left | Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawText(line, right | Qt.AlignmentFlag.AlignVCenter, share)
        self._draw_bar(painter, QRectF(box.left(), box.top() + 22, box.width(), _BAR), group)
        line.moveTop(box.top() + 31)
        told = metrics.elidedText(
            self.summary(group), Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.setPen(QColor(theme.muted))
        painter.drawText(line, left | Qt.AlignmentFlag.AlignVCenter, told)

    def _draw_bar(self, painter: QPainter, bar: QRectF, group: Group) -> None:
        theme, frames = colours(self), group.frames
        painter.fillRect(bar, QColor(theme.border))
        x, total = bar.left(), max(frames.total, 1)
        for count, state in ((frames.success, State.SUCCESS), (frames.failure, State.NEVER)):
            width = bar.width() * count / total
            painter.fillRect(QRectF(x, bar.top(), width, bar.height()), theme.of(state))
            x += width


def _balance(sources: Sources, known: Duplicates) -> Balance:
    with ExitStack() as stack:
        found = sources()
        for source in found:
            stack.enter_context(source.dataset)
        return balance_of(Collection(found), known)


def _duplicates(work: Work, sources: Sources) -> tuple[Duplicates, list[str]]:
    with ExitStack() as stack:
        found = sources()
        for source in found:
            stack.enter_context(source.dataset)
        collection = Collection(found)
        duplicates = find_duplicates(collection, work.check)
        return duplicates, duplicates.sentences(collection)
