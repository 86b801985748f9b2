"""The commands that write a copy, and what they share."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from labeler.session.copy_writing import CopyPreview, CopyWish, preview_copy
from labeler.storage.copying.destination import default_destination
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.cures import as_line
from labeler.ui.kit.work import Work
from labeler.ui.writing.copying import Copying
from labeler.ui.writing.preview import Previewing
from labeler.ui.writing.standing import CopyStanding

if TYPE_CHECKING:
    from labeler.storage.copying.preparation import PreparedCopy


class Writing(QObject):
    """What the operator wishes for, what would happen, what happens, and how the copy stands."""

    wanted = Signal()
    """The panel shall be shown."""
    wish_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.desk = desk
        self.wish = CopyWish(default_destination(desk.session.dataset.root))
        self.copying = Copying(self)
        self.standing = CopyStanding(desk, self.copying, self)
        self.previewing: Previewing[CopyPreview] = Previewing(desk, self._preview, self)
        self._earlier: PreparedCopy | None = None
        self._quiet = False  # the update was asked for by its key: tell its end in the status line
        self.copying.ended.connect(self._on_ended)
        desk.closing.connect(self.close)
        self.standing.look(self.wish.place)

    def choose(self, wish: CopyWish) -> None:
        """Wish for something else."""
        if wish != self.wish:
            self.wish = wish
            self.wish_changed.emit()
            self.previewing.renew()

    def open(self) -> None:
        """`Write labels…`: show what would happen."""
        copy = self.standing.copy
        if copy is not None and copy.place == self.wish.place and not self.copying.running:
            self.choose(replace(self.wish, options=copy.options))
        self.wanted.emit()

    def write(self, *, accept_changed: bool = False) -> None:
        """Write what is wished for."""
        self._quiet = False
        self._start(replace(self.wish, accept_changed=accept_changed))

    def update(self) -> None:
        """`Update copy`: bring the copy up to date.

        Where there is none, the panel shows what would be written, and the next call writes it.
        """
        copy = self.standing.copy
        if self.copying.running:
            self.desk.say("The copy is already being written.")
        elif copy is None and self.previewing.may_write:
            self.write()
        elif copy is None:
            self.open()
        elif self.standing.up_to_date:
            self.desk.say(f"The copy {copy.place.name} is up to date.")
        else:
            self.choose(CopyWish(copy.place, copy.options))
            self._quiet = True
            self._start(self.wish)

    def close(self) -> None:
        """End all work; a copy that is not complete is taken back."""
        self.copying.close()
        self.standing.close()
        self.previewing.close()

    def _preview(self) -> Callable[[Work], CopyPreview]:
        session, wish, last = self.desk.session, self.wish, self.previewing.preview
        source, labels = session.dataset.reopen(), session.snapshot()
        self._earlier = earlier = (last and last.prepared) or self._earlier
        return lambda work: preview_copy(source, labels(), wish, earlier, work)

    def _start(self, wish: CopyWish) -> None:
        session = self.desk.session
        self.copying.start(session.dataset.root, session.snapshot(), wish)

    def _on_ended(self) -> None:
        copying = self.copying
        self.previewing.renew()
        if copying.written is not None:
            total = copying.written.summary.total
            self.desk.say(
                f"{copying.written.place.name}: {total.success:,} success, {total.failure:,} "
                f"failure frames are written{' and checked' if copying.written.checked else ''}."
            )
        elif copying.cancelled:
            self.desk.say("Writing was cancelled; the previous copy is unchanged.")
        elif copying.error is not None and self._quiet:
            self.desk.say(as_line(copying.error))
            self.wanted.emit()
