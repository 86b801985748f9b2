"""Labels that an opened recording brings along, offered where nothing is decided yet."""

from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from labeler.cures import GiveThreshold
from labeler.dataset import Dataset
from labeler.dataset.labels_of import labels_from, labels_in_dataset
from labeler.dataset.success_columns import success_columns
from labeler.errors import LabelerError
from labeler.labels import EpisodeLabel
from labeler.session.events import CARRIED
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import AFTER_IMAGE, start_work

Found = tuple[Mapping[int, EpisodeLabel], str, tuple[str, ...]]


class CarriedLabels(QObject):
    """Looks for them off the window's thread; `sentence` is empty where there is no offer.

    columns: those that may say success; the operator may say how
    Rewards that are never success are not offered: recorders write zeros where nobody decided.
    """

    found = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._labels: Mapping[int, EpisodeLabel] = {}
        self._place = ""
        self.columns: tuple[str, ...] = ()
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
            after=AFTER_IMAGE,
        )
        desk.closing.connect(lambda: self._work.join(30))

    @property
    def sentence(self) -> str:
        """What the recording carries, for as long as nothing is decided."""
        if self._desk.session.table.touched or not (self._labels or self.columns):
            return ""
        if not self._labels:
            which = " and ".join(self.columns)
            return f"{which} may say success: say above which value."
        count = plural(len(self._labels), "episode")
        return f"This recording already has labels for {count}, in {self._place}."

    @property
    def ready(self) -> bool:
        """Whether there are labels to take over as they are."""
        return bool(self._labels)

    def dismiss(self) -> None:
        """Offer them no more."""
        self._labels, self.columns = {}, ()

    def take(self) -> None:
        """Take them over, as one step.

        Raises:
            BusyError, StorageError: as `Session.decide_many`.
        """
        self._desk.source.decide_many(self._labels, what=CARRIED)
        self._desk.say("The labels of the recording were imported. Undo reverts it.")

    def _on_found(self, found: Found) -> None:
        self._labels, self._place, self.columns = found
        self.found.emit()


def _labels_in(dataset: Dataset) -> Found:
    """The labels, the file or column that they are from, and the columns that may say success.

    There are no labels where nothing succeeds; then the columns are those with other values than 0
    and 1.
    """
    valued = []
    with dataset:
        columns = tuple(column.name for column in success_columns(dataset))
        with suppress(LabelerError):  # there are none, or others than 0 and 1: nothing to offer
            labels, place = labels_in_dataset(dataset)
            if any(label.success for label in labels.touched.values()):
                return labels.touched, place, columns if place in columns else ()
        for column in columns:
            try:
                labels = labels_from(dataset, column, "last")
            except LabelerError as error:
                if any(isinstance(one, GiveThreshold) for one in error.cures):
                    valued.append(column)
                continue
            if 0 < len(labels.touched) < len(dataset):  # failures; the others succeed somewhere
                return labels.touched, column, columns
    return {}, "", tuple(valued)
