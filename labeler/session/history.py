"""Undo and redo without a limit."""

from labeler.session.events import Step


class History:
    """Steps that were taken and steps that were taken back."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def undo_text(self) -> str:
        """What undoing takes back; empty when there is nothing."""
        return self._done[-1].what if self._done else ""

    @property
    def redo_text(self) -> str:
        """What redoing brings back; empty when there is nothing."""
        return self._undone[-1].what if self._undone else ""

    @property
    def last(self) -> Step | None:
        """The step that undoing takes back."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Step | None:
        """The step that redoing brings back."""
        return self._undone[-1] if self._undone else None

    def add(self, step: Step) -> None:
        """A new step; what was taken back before cannot be redone any more."""
        self._done.append(step)
        self._undone.clear()

    def undone(self) -> None:
        """The last step was taken back."""
        self._undone.append(self._done.pop())

    def redone(self) -> None:
        """The step last taken back was brought back."""
        self._done.append(self._undone.pop())
