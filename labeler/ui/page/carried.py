"""Labels that an opened recording brings along, offered where nothing is decided yet."""

from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from labeler.cures import GiveThreshold
from labeler.dataset import Dataset
from labeler.dataset.labels_of import COPY_LABELS, labels_from, labels_in_dataset
from labeler.dataset.success_columns import success_columns
from labeler.errors import LabelerError
from labeler.labels import DatasetLabels
from labeler.session.events import CARRIED
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import AFTER_IMAGE, start_work

Found = tuple[DatasetLabels | None, str, tuple[str, ...]]


class CarriedLabels(QObject):
    """Looks for them off the window's thread; `sentence` is empty where there is no offer.

    columns: those that may say success; the operator may say how
    Rewards that are never success are not offered: recorders write zeros where nobody decided.
    A copy that was written again is offered where only its labels of before were taken over.
    """

    found = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._labels: DatasetLabels | None = None
        self._newer = 0  # episodes of which those taken over before say something else
        self._place = ""
        self.columns: tuple[str, ...] = ()
        session = desk.session
        if session.collection is not None or session.save_state().read_only:
            return
        copy = (session.dataset.root / COPY_LABELS).is_file()
        if session.table.touched and not (copy and desk.source.undo_text == CARRIED):
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
        if self._desk.source.table.touched:
            if not self.renews:
                return ""
            count = plural(self._newer, "episode")
            return f"{self._place} has other labels for {count} than were imported from there."
        if self._labels is not None:
            count = plural(len(self._labels.touched), "episode")
            crops = ", with crops" if self._labels.crops else ""
            return f"This recording already has labels for {count}{crops}, in {self._place}."
        which = " and ".join(self.columns)
        return f"{which} may say success: say above which value." if which else ""

    @property
    def renews(self) -> bool:
        """Whether labels would replace only those that were taken over before."""
        return bool(self._newer) and self._desk.source.undo_text == CARRIED

    @property
    def ready(self) -> bool:
        """Whether there are labels to take over as they are."""
        return self._labels is not None

    def dismiss(self) -> None:
        """Offer them no more."""
        self._labels, self._newer, self.columns = None, 0, ()

    def take(self) -> None:
        """Take them over, as one step.

        Raises:
            BusyError, StorageError: as `Session.decide_many`.
        """
        session, labels = self._desk.source, self._labels
        if labels is None:
            return
        newer, self._newer = self._newer, 0  # before the decision is announced
        try:
            if newer:
                session.decide_many(session.table.others(labels), what=CARRIED, crops=labels.crops)
                session.accept_recording()
            else:
                crops = {**labels.crops, **session.table.crops}
                session.decide_many(labels.touched, what=CARRIED, crops=crops)
        except LabelerError:
            self._newer = newer
            raise
        self._desk.say("The labels of the recording were imported. Undo reverts it.")

    def _on_found(self, found: Found) -> None:
        self._labels, self._place, self.columns = found
        table = self._desk.source.table
        if self._labels is not None and table.touched:
            self._newer = len(table.others(self._labels))
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
                return labels, place, columns if place in columns else ()
        for column in columns:
            try:
                labels = labels_from(dataset, column, "last")
            except LabelerError as error:
                if any(isinstance(one, GiveThreshold) for one in error.cures):
                    valued.append(column)
                continue
            if 0 < len(labels.touched) < len(dataset):  # failures; the others succeed somewhere
                return labels, column, columns
    return None, "", tuple(valued)
