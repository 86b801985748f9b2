"""The commands that write a collection as one dataset, and what they share."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from labeler.session.joined import JoinedSession
from labeler.session.merge_writing import (
    Known,
    MergePreview,
    MergeWish,
    preview_merge,
    usual_place,
    write_merged,
)
from labeler.session.merged import Merged, find_merged
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import Work, start_work
from labeler.ui.writing.copying import Copying
from labeler.ui.writing.preview import Previewing

_SOON = 1500  # ms after a decision


class Merging(QObject):
    """What the operator wishes for, what would happen, what happens, and what was written."""

    wanted = Signal()
    """The panel shall be shown."""
    wish_changed = Signal()
    merged_changed = Signal()
    """There is another merged dataset, or it stands otherwise to the labels."""

    def __init__(self, desk: Desk, session: JoinedSession) -> None:
        super().__init__(desk)
        self.desk, self.session = desk, session
        self.wish = MergeWish(usual_place(session))
        self.copying = Copying(self)
        self.previewing: Previewing[MergePreview] = Previewing(desk, self._preview, self)
        self.merged: Merged | None = None
        self._known: Known = {}
        self._looking: Work | None = None
        self._folder = self.wish.place.parent
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.look)
        self.copying.ended.connect(self._on_ended)
        self.copying.changed.connect(self._tell)
        desk.bridge.labels_changed.connect(lambda episodes: self._on_labels())
        desk.closing.connect(self.close)
        self.look()

    def choose(self, wish: MergeWish) -> None:
        """Wish for something else."""
        if wish != self.wish:
            self.wish = wish
            self.wish_changed.emit()
            self.previewing.renew()

    def open(self) -> None:
        """`Write labels…`: show what would happen."""
        self.wanted.emit()

    def write(self) -> None:
        """Write what is wished for."""
        sources, wish = self.session.sources(), self.wish
        self.copying.begin(lambda work: write_merged(work, sources, wish))

    def update(self) -> None:
        """`Update copy`: a merged dataset is not brought up to date, but written anew."""
        if self.copying.running:
            self.desk.say("The merged dataset is already being written.")
            return
        if self.merged is not None and not self.merged.behind:
            self.desk.say(f"The merged dataset {self.merged.place.name} holds all decisions.")
            return
        self.open()

    def look(self) -> None:
        """Find out off the window's thread whether there is a merged dataset, and how it stands."""
        sources, folder = self.session.sources(), self._folder
        work = start_work(
            self,
            lambda work: find_merged(folder, sources()),
            name="checking for a merged dataset",
            done=lambda merged: self._on_found(work, merged),
            failed=lambda error: self._on_failed(work, error),
        )
        self._looking = work
        self._tell()

    def text(self) -> str:
        """`merged dataset: 3 decisions behind`."""
        report = self.copying.report
        if report is not None:
            return f"merged dataset: being written {report.percent}%"
        if self.merged is None:
            return f"merged dataset: {'checking…' if self._looking else 'not written yet'}"
        if self.merged.behind:
            return f"merged dataset: {plural(self.merged.behind, 'decision')} behind"
        return f"merged dataset: up to date, {self.merged.place.name}"

    def close(self) -> None:
        """End all work; a dataset that is not complete is taken back."""
        self._soon.stop()
        self.copying.close()
        self.previewing.close()
        if self._looking is not None:
            self._looking.join(30)

    def _preview(self) -> Callable[[Work], MergePreview]:
        sources, wish, known = self.session.sources(), self.wish, self._known
        return lambda work: preview_merge(work, sources, wish, known)

    def _on_labels(self) -> None:
        """How the merged dataset stands is found out anew, once for a row of decisions."""
        if self.merged is not None and not self._soon.isActive():
            self._soon.start()

    def _on_found(self, work: Work, merged: Merged | None) -> None:
        if work is not self._looking:
            return
        self._looking, self.merged = None, merged
        self._tell()
        self.merged_changed.emit()

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is self._looking:
            self._looking = None
            self._tell()
        raise error

    def _on_ended(self) -> None:
        copying = self.copying
        if copying.written is not None:
            self.merged = None  # the one before is not what a training shall begin with
            self.merged_changed.emit()
            self._folder = copying.written.place.parent
            total = copying.written.summary.total
            self.desk.say(
                f"{copying.written.place.name}: {total.success:,} success, {total.failure:,} "
                "failure frames are written and checked."
            )
            self.choose(replace(self.wish, place=usual_place(self.session)))
        elif copying.cancelled:
            self.desk.say("Writing was cancelled; nothing was left behind.")
        self.previewing.renew()
        self.look()

    def _tell(self) -> None:
        text = self.text()
        if text != self.desk.copy_text:
            self.desk.say_of_copy(text)
