"""The queue as Qt's views want it."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from labeler.labels import EpisodeLabel
from labeler.session.any_session import AnySession
from labeler.session.words import decision, plural, sentence
from labeler.ui.desk.episode_queue import EpisodeQueue

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class QueueModel(QAbstractListModel):
    """One row per listed episode; the label is looked up when a row is drawn.

    A changed label is not told as changed data: Qt's lists would measure every row anew.
    """

    def __init__(self, session: AnySession, episodes: EpisodeQueue) -> None:
        super().__init__(episodes)
        self._session = session
        self._episodes = episodes
        self._shown = len(episodes)
        episodes.reset.connect(self._reset)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Listed episodes."""
        return 0 if parent.isValid() else len(self._episodes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Text for assistive programs and tool tips; the delegate draws from the label itself."""
        if not index.isValid() or index.row() >= len(self._episodes):
            return None
        episode = self._episodes.episode(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            label = self._session.label(episode)
            name = self._session.episode_name(episode)
            return f"{sentence(name)}, {decision(label)}, {plural(label.length, 'frame')}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tool_tip(episode)
        return None

    def place(self, episode: int) -> tuple[int, str]:
        """The number of an episode in its recording, whose name is empty where there is one."""
        name, own = self._session.place_of(episode)
        return own, name

    def label(self, index: Index) -> tuple[int, EpisodeLabel]:
        """Episode and label of a row."""
        episode = self._episodes.episode(index.row())
        return episode, self._session.label(episode)

    def _tool_tip(self, episode: int) -> str:
        label = self._session.label(episode)
        name = sentence(self._session.episode_name(episode))
        lines = [f"{name}: {decision(label)}", *self._session.dataset[episode].tasks]
        if label.flag is not None:
            lines.append(f"Flag: {label.flag}" if label.flag else "Flagged")
        if label.note:
            lines.append(f"Note: {label.note}")
        return "\n".join(lines)

    def _reset(self) -> None:
        self.beginResetModel()
        self.endResetModel()
