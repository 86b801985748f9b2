"""Labels that an opened recording brings along, offered where nothing is decided yet."""

from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from labeler.dataset import Dataset
from labeler.dataset.labels_of import labels_from, labels_in_dataset
from labeler.dataset.success_columns import success_columns
from labeler.errors import LabelerError
from labeler.labels import EpisodeLabel
from labeler.session.events import CARRIED
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import start_work


class CarriedLabels(QObject):
    """Looks for them off the window's thread; `sentence` is empty where there is no offer.

    Rewards that are never success are not offered: recorders write zeros where nobody decided.
    """

    found = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._labels: Mapping[int, EpisodeLabel] = {}
        self._place = ""
        session = desk.session
        if session.collection is not None or session.table.touched:
            return
        if session.save_state().read_only:
            return
        dataset = session.dataset.reopen()
        self._work = start_work(
            self,
            lambda work: _labels_in(dataset),
            name="labels of the recording",
            done=self._on_found,
        )
        desk.closing.connect(lambda: self._work.join(30))

    @property
    def sentence(self) -> str:
        """What the recording carries, for as long as nothing is decided."""
        if not self._labels or self._desk.session.table.touched:
            return ""
        count = plural(len(self._labels), "episode")
        return f"This recording brings labels of {count} along, in {self._place}."

    def dismiss(self) -> None:
        """Offer them no more."""
        self._labels = {}

    def take(self) -> None:
        """Take them over, as one step.

        Raises:
            BusyError, StorageError: as `Session.decide_many`.
        """
        self._desk.source.decide_many(self._labels, what=CARRIED)
        self._desk.say("The labels of the recording are taken over. Undo reverts it.")

    def _on_found(self, found: tuple[Mapping[int, EpisodeLabel], str]) -> None:
        self._labels, self._place = found
        self.found.emit()


def _labels_in(dataset: Dataset) -> tuple[Mapping[int, EpisodeLabel], str]:
    """The labels, and the file or column that they are from; none where nothing succeeds."""
    with dataset:
        with suppress(LabelerError):  # there are none, or others than 0 and 1: nothing to offer
            labels, place = labels_in_dataset(dataset)
            if any(label.success for label in labels.touched.values()):
                return labels.touched, place
        for column in success_columns(dataset):
            with suppress(LabelerError):
                labels = labels_from(dataset, column.name, "last")
                if 0 < len(labels.touched) < len(dataset):  # failures; the others succeed somewhere
                    return labels.touched, column.name
    return {}, ""
