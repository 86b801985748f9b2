"""Episodes of which something is missing or damaged: named, and skipped if that is wanted."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from labeler.background import give_way
from labeler.dataset import Dataset
from labeler.labels import EpisodeLabel, State
from labeler.labels.episode import skip
from labeler.labels.wording import episodes_text
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import AFTER_IMAGE, Work, start_work

if TYPE_CHECKING:
    from labeler.inspection.wholeness import Lack

_MOST = 2000  # files that are looked into unasked; `Dataset statistics` looks into all
_BYTES = 1 << 30  # of videos that are read unasked, in search of stretches that are all zeros


class DamagedEpisodes(QObject):
    """Looks for them off the window's thread; `sentence` is empty where every episode is whole.

    That they are skipped keeps them out of a copy, which is never made of damaged episodes.
    """

    found = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lacks: dict[int, str] = {}
        if desk.session.collection is not None or desk.session.save_state().read_only:
            return
        dataset = desk.session.dataset.reopen()
        self._work = start_work(
            self,
            lambda work: _lacks_of(dataset, work),
            name="damaged episodes",
            done=self._on_found,
            cancelled=lambda: None,
            after=AFTER_IMAGE,
        )
        desk.closing.connect(self._end)

    @property
    def sentence(self) -> str:
        """How many episodes are whole and what the first other one lacks, until all are skipped."""
        session = self._desk.session
        open_ones = self._undecided()
        if not open_ones:
            return ""
        whole = len(session.dataset) - len(self._lacks)
        first = self._lacks[open_ones[0]]
        verb = "is" if whole == 1 else "are"
        told = f"{whole} of {plural(len(session.dataset), 'episode')} {verb} whole."
        return f"{told} Not whole: {episodes_text(sorted(self._lacks))}. {first}"

    @property
    def offer(self) -> str:
        """What a button would do about it; empty where nothing would be left."""
        whole = len(self._desk.session.dataset) - len(self._lacks)
        return f"Work with the {whole} whole ones" if whole and self._undecided() else ""

    def take(self) -> None:
        """Skip the damaged ones, as one step, with a note of what each lacks.

        Raises:
            BusyError, StorageError: as `Session.decide_many`.
        """
        labels = {episode: self._skipped(episode) for episode in self._undecided()}
        self._desk.source.decide_many(labels, what="skipping damaged episodes")
        skipped = episodes_text(sorted(labels))
        self._desk.say(f"Skipped: {skipped}; their notes say what they lack. Undo reverts it.")

    def _skipped(self, episode: int) -> EpisodeLabel:
        label = self._desk.session.label(episode)
        return replace(skip(label), note=label.note or self._lacks[episode])

    def _undecided(self) -> list[int]:
        label = self._desk.session.label
        return [one for one in sorted(self._lacks) if label(one).state is State.UNLABELED]

    def _on_found(self, found: "list[Lack]") -> None:
        for lack in found:
            self._lacks.setdefault(lack.episode, lack.sentence)
        if found:
            self.found.emit()

    def _end(self) -> None:
        self._work.cancel()
        self._work.join(30)


def _lacks_of(dataset: Dataset, work: Work) -> "list[Lack]":
    # Imported here, in a thread: a recording opens without it.
    from labeler.inspection.wholeness import file_count, lacks, video_bytes

    give_way()
    with dataset:
        if file_count(dataset) > _MOST:
            return []
        near = dataset.mirror is None  # else every video would have to be fetched for it
        return lacks(dataset, work.check, thorough=near and video_bytes(dataset) <= _BYTES)
