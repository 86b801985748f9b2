"""How the copy on disk stands to the labels: the guard's line about it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from labeler.dataset import Dataset
from labeler.labels import DatasetLabels
from labeler.session.copied import Copied, find_copy
from labeler.session.words import plural
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import Work, start_work
from labeler.ui.writing.copying import Copying


class CopyStanding(QObject):
    """Knows the copy and the episodes of which it says something else than the labels."""

    def __init__(self, desk: Desk, copying: Copying, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._copying = copying
        self._work: Work | None = None
        self._since: set[int] = set()  # decided while the copy was compared
        self.copy: Copied | None = None
        self.behind: set[int] = set()
        desk.bridge.labels_changed.connect(self._on_labels)
        desk.crops_changed.connect(self._tell)
        copying.changed.connect(self._tell)
        copying.ended.connect(self._on_ended)

    @property
    def up_to_date(self) -> bool:
        """Whether there is a copy that holds the labels and crops as they are now."""
        if self.copy is None or self.behind or self.copy.interrupted:
            return False
        return self.copy.holds_crops(self._desk.source.table.crops)

    def look(self, place: Path) -> None:
        """Find out off the window's thread whether there is a copy, and how it stands."""
        source = self._desk.session.dataset.reopen()
        self._compare(lambda: _find(place, source))

    def text(self) -> str:
        """`copy: 3 decisions behind`."""
        report = self._copying.report
        if report is not None:
            what = "checked" if self._copying.checking else "written"
            return f"copy: being {what} {report.percent}%"
        if self.copy is None:
            return "copy: checking…" if self._work else "copy: not written yet"
        if self.copy.interrupted:
            return "copy: a write was interrupted; “Update copy” completes it"
        if self.behind:
            return f"copy: {plural(len(self.behind), 'decision')} behind"
        if not self.up_to_date:
            return "copy: has other crops"
        return f"copy: up to date, {self.copy.place.name}"

    def close(self) -> None:
        """End the work."""
        if self._work is not None:
            self._work.cancel()
            self._work.join(30)

    def _compare(self, find: Callable[[], Copied | None]) -> None:
        labels = self._desk.session.snapshot()
        self._since = set()
        work = start_work(
            self,
            lambda work: _stand(find(), labels()),
            name="comparing the copy",
            done=lambda found: self._on_found(work, *found),
            failed=lambda error: self._on_failed(work, error),
        )
        self._work = work
        self._tell()

    def _on_found(self, work: Work, copy: Copied | None, behind: set[int]) -> None:
        if work is not self._work:
            return
        self._work = None
        self.copy, self.behind = copy, behind
        self._renew(self._since)

    def _on_failed(self, work: Work, error: BaseException) -> None:
        if work is self._work:
            self._work = None
            self._tell()
            raise error

    def _on_ended(self) -> None:
        written = self._copying.written
        if written is not None:
            self._compare(lambda: written.copy)
        elif self.copy is not None:
            self.look(self.copy.place)  # a write that failed may have left another copy
        else:
            self._tell()

    def _on_labels(self, episodes: tuple[int, ...]) -> None:
        if self._work is not None:
            self._since.update(episodes)
        self._renew(episodes)

    def _renew(self, episodes: tuple[int, ...] | set[int]) -> None:
        if self.copy is not None:
            label = self._desk.session.label
            held = {episode for episode in episodes if self.copy.holds(episode, label(episode))}
            self.behind = (self.behind | set(episodes)) - held
        self._tell()

    def _tell(self) -> None:
        text = self.text()
        if text != self._desk.copy_text:
            self._desk.say_of_copy(text)


def _find(place: Path, source: Dataset) -> Copied | None:
    with source:
        return find_copy(place, source)


def _stand(copy: Copied | None, labels: DatasetLabels) -> tuple[Copied | None, set[int]]:
    return copy, copy.behind(range(len(labels)), labels) if copy else set()
