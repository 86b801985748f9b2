"""The left side of the window: filter, search, order, list and progress."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
)

from labeler.review.order import ReviewOrder
from labeler.session.queue import Order, Show
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.controls import combo_box, quiet_label, toggle_button
from labeler.ui.queue.model import QueueModel
from labeler.ui.queue.row_drawing import ROW_HEIGHT, QueueDelegate
from labeler.ui.queue.sources import SourceChoice
from labeler.ui.queue.thumbnails import QueueThumbnails

SHOWN = {
    Show.ALL: "All", Show.UNLABELED: "Unlabeled", Show.SUCCESS: "Success", Show.NEVER: "Never",
    Show.SKIPPED: "Skipped", Show.FLAGGED: "Flagged", Show.NOTED: "With a note",
    Show.EXCLUDED: "Frames excluded", Show.RANGES: "In ranges", Show.HUMAN: "By hand",
    Show.ACCEPTED: "Accepted", Show.IMPORTED: "Imported",
    Show.DISAGREES: "Suggestion disagrees",
}  # fmt: skip
ORDERS = {
    Order.DATASET: "Index", Order.LENGTH: "Length", Order.CUTOFF: "Cutoff",
    Order.STATE: "State", Order.RECENT: "Latest",
}  # fmt: skip
REVIEW_ORDERS = {
    ReviewOrder.CONFIDENCE: "Unsure", ReviewOrder.UNDECIDED: "Undecided",
    ReviewOrder.DISAGREEMENT: "Doubtful",
    ReviewOrder.STATE: "Disputed", ReviewOrder.RECHECK: "Re-check",
}  # fmt: skip
_TIPS = {
    ReviewOrder.CONFIDENCE: "Unlabeled episodes, least certain suggestion first",
    ReviewOrder.UNDECIDED: "Unlabeled episodes on which the folds' classifiers differ most first",
    ReviewOrder.DISAGREEMENT: "Labels the classifier contradicts most first",
    ReviewOrder.STATE: "Labels whose state differs from the suggestion first",
    ReviewOrder.RECHECK: "Labelled episodes in a fixed random order",
}
Choice = TypeVar("Choice")
Choose = Callable[[Choice], None]
_BESIDE, _LONG = 34, 70  # pixels of a box beside its text; of a text that has all its room
_TYPING = 200  # ms after the last letter before a search is run


class EpisodeList(QTableView):
    """One column; a QListView would ask for the number of rows once per row at each layout.

    Rows stay where they are while a mouse button is down: Qt selects what lies under the mouse
    after the press, and would mark another row than the one that was pressed.
    """

    released = Signal()
    """The mouse button is up: rows may move again."""
    resized = Signal()
    """Other rows are in sight, or fewer."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed_down = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that other rows are in sight."""
        super().resizeEvent(event)
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the row under the mouse."""
        self.pressed_down = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Rows may move."""
        super().mouseReleaseEvent(event)
        self.pressed_down = False
        self.released.emit()


class QueuePanel(QFrame):
    """Shows the desk's queue and lets the operator choose what it lists."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self._desk = desk
        self.model = QueueModel(desk.session, desk.queue)
        self.view = self._list()
        self.show_box = self._box("Filter", SHOWN, lambda show: desk.queue.choose(show=show))
        self.order_box = self._box("Order", {**ORDERS, **REVIEW_ORDERS}, self._order_by)
        self.turn = toggle_button("↑", "Descending order")
        self.turn.setFixedWidth(28)
        self.turn.toggled.connect(self._turn)
        self.search = QLineEdit(placeholderText=_search_text(desk), clearButtonEnabled=True)
        self.search.setAccessibleName("Search in tasks and notes")
        self.search.setToolTip("Words of tasks and notes; by:NAME finds labels of an author")
        self._typed = QTimer(self, singleShot=True, interval=_TYPING)
        self._typed.timeout.connect(self._search)
        self.search.textChanged.connect(lambda: self._typed.start())
        self.search.returnPressed.connect(self._go_to_found)
        collection = desk.session.collection
        self.sources = None if collection is None else SourceChoice(desk, collection)
        self.progress = QLabel()
        self.to_look_at = quiet_label()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setMaximumHeight(6)
        self.bar.setAccessibleName("Episodes labelled")
        self.nothing = quiet_label("No episode matches.")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place()
        self._connect()

    def _connect(self) -> None:
        desk = self._desk
        desk.queue.reset.connect(self._on_reset)
        desk.queue.row_changed.connect(lambda row: self.view.update(self.model.index(row)))
        desk.playhead.episode_changed.connect(self._select)
        desk.bridge.labels_changed.connect(self._show_progress)
        desk.review.changed.connect(self._show_orders)
        desk.review.counted.connect(self._show_to_look_at)
        self._show_orders()
        self._show_to_look_at()
        self._on_reset()
        self._show_progress()
        if desk.audited:  # the sample, which is flagged
            self.show_box.setCurrentIndex(list(SHOWN).index(Show.FLAGGED))
            desk.queue.choose(show=Show.FLAGGED)

    def _list(self) -> EpisodeList:
        view = EpisodeList()
        view.setMouseTracking(True)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        view.horizontalHeader().hide()
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.setModel(self.model)
        view.setAccessibleName("Episodes")
        view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        thumbnails = QueueThumbnails(self._desk, view)
        view.setItemDelegate(QueueDelegate(thumbnails.get, view))
        view.selectionModel().currentChanged.connect(self._on_current)
        view.released.connect(lambda: self._select(self._desk.playhead.episode))
        view.resized.connect(self._keep_in_sight)
        return view

    def _box(self, name: str, texts: Mapping[Choice, str], choose: Choose[Choice]) -> QComboBox:
        box = combo_box(name)
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for value, text in texts.items():
            box.addItem(text, value)
        values = list(texts)  # Qt would turn them into plain strings
        box.activated.connect(lambda index: choose(values[index]))
        return box

    def _place(self) -> None:
        self._filters = QHBoxLayout()
        self._filters.setSpacing(3)
        for box in (self.show_box, self.order_box):
            self._filters.addWidget(box)
            box.currentTextChanged.connect(self._share_room)
        self._filters.addWidget(self.turn)
        self._share_room()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        if self.sources is not None:
            layout.addWidget(self.sources)
        layout.addLayout(self._filters)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.progress)
        layout.addWidget(self.to_look_at)

    def _share_room(self) -> None:
        """Each box gets room for what is chosen in it, unless that is very long."""
        for place, box in enumerate((self.show_box, self.order_box)):
            text = box.fontMetrics().horizontalAdvance(box.currentText())
            self._filters.setStretch(place, _BESIDE + min(text, _LONG))

    def _search(self) -> None:
        self._typed.stop()
        self._desk.queue.choose(search=self.search.text())

    def _go_to_found(self) -> None:
        """Enter: on to the list, and to the first that was found if what is shown is not in it."""
        self._search()
        queue = self._desk.queue
        if not len(queue):
            return
        if queue.row_of(self._desk.episode) < 0:
            self._desk.show_episode(queue.episode(0))
        self.view.setFocus()

    def _order_by(self, order: Order | ReviewOrder) -> None:
        self._desk.queue.choose(order=order)

    def _show_orders(self) -> None:
        """Orders by a classifier are offered once its probabilities are open."""
        while self.order_box.count() > len(ORDERS):
            self.order_box.removeItem(len(ORDERS))
        if self._desk.review.found is not None:
            for order, text in REVIEW_ORDERS.items():
                self.order_box.addItem(text, order)
                row = self.order_box.count() - 1
                self.order_box.setItemData(row, _TIPS[order], Qt.ItemDataRole.ToolTipRole)
        self.order_box.setCurrentIndex(self.order_box.findData(self._desk.queue.order))

    def _show_to_look_at(self) -> None:
        count = len(self._desk.review.worth_a_look())
        self.to_look_at.setVisible(count > 0)
        self.to_look_at.setText(f"{plural(count, 'label')} to look at")

    def _turn(self, descending: bool) -> None:
        self.turn.setText("↓" if descending else "↑")
        self._desk.queue.choose(descending=descending)

    def _on_reset(self) -> None:
        self.nothing.setVisible(not len(self._desk.queue))
        self._select(self._desk.playhead.episode)

    def _select(self, episode: int) -> None:
        """Mark the episode that is shown; the row next to it stays in sight, too."""
        selection = self.view.selectionModel()
        row = self._desk.queue.row_of(episode)
        if row < 0:
            selection.clear()
            return
        index = self.model.index(row)
        selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """Scroll to the marked row and the one after it; not under a mouse that is pressed."""
        row = self._desk.queue.row_of(self._desk.playhead.episode)
        if row < 0 or self.view.pressed_down:
            return
        following = self.model.index(min(row + 1, len(self._desk.queue) - 1))
        self.view.scrollTo(following)
        self.view.scrollTo(self.model.index(row))

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            episode = self._desk.queue.episode(index.row())
            if episode != self._desk.playhead.episode:
                self._desk.show_episode(episode)

    def _show_progress(self) -> None:
        self.progress.setText(self._desk.progress())
        self.bar.setMaximum(len(self._desk.session.dataset))
        self.bar.setValue(self._desk.decision_count)


def _search_text(desk: Desk) -> str:
    several = desk.session.collection is not None
    return "Search recordings, tasks, notes" if several else "Search tasks and notes"
