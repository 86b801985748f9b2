"""Undo and redo without a limit, also of what earlier starts decided."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from labeler.errors import LabelError
from labeler.labels import Crop, EpisodeLabel
from labeler.labels.collection import check_label
from labeler.labels.document import fields_of
from labeler.session.entries import crops_from
from labeler.session.events import Step
from labeler.session.table import Table, content_of
from labeler.storage.labels.history_file import HistoryFile

_UNDONE, _REDONE = "undone", "redone"


class History:
    """Steps that were taken and steps that were taken back.

    Those of earlier starts are read when the steps of this one are used up. They count as far as
    they lead to the labels and crops that there are: what another program changed ends them.
    Without a file, only this start counts.
    """

    def __init__(self, file: HistoryFile | None, table: Table) -> None:
        self._file = file
        self._table = table
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._complete = file is None  # whether earlier starts are in the lists

    @property
    def undo_text(self) -> str:
        """What undoing takes back; empty when there is nothing."""
        return self.last.what if self.last else ""

    @property
    def redo_text(self) -> str:
        """What redoing brings back; empty when there is nothing."""
        return self.next.what if self.next else ""

    @property
    def last(self) -> Step | None:
        """The step that undoing takes back."""
        if not self._done:
            self._complete_lists()
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Step | None:
        """The step that redoing brings back."""
        if not self._undone and not self._done:  # a step that was taken ends what was undone
            self._complete_lists()
        return self._undone[-1] if self._undone else None

    def add(self, step: Step) -> None:
        """A new step; what was taken back before cannot be redone any more."""
        self._done.append(step)
        self._undone.clear()
        self._keep(_line_of(step))

    def undone(self) -> None:
        """The last step was taken back."""
        self._undone.append(self._done.pop())
        self._keep({"turn": _UNDONE})

    def redone(self) -> None:
        """The step last taken back was brought back."""
        self._done.append(self._undone.pop())
        self._keep({"turn": _REDONE})

    def _keep(self, line: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.append(line)

    def _complete_lists(self) -> None:
        """Read the file once, and take from it what fits the labels."""
        if self._complete or self._file is None:
            return
        self._complete = True
        if not self._file.broken:
            done, undone = _replayed(self._file.read())
            self._done = _fitting(done, self._table, back=True)
            self._undone = _fitting(undone, self._table, back=False)


def _replayed(lines: Iterable[Mapping[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Lines of steps that hold, and of those that were taken back, each in their order."""
    done: list[Any] = []
    undone: list[Any] = []
    for line in lines:
        turn = line.get("turn")
        if turn is None:
            done.append(line)
            undone.clear()
            continue
        here, there = (done, undone) if turn == _UNDONE else (undone, done)
        if here:
            there.append(here.pop())
    return done, undone


def _fitting(lines: list[Any], table: Table, *, back: bool) -> list[Step]:
    """The steps from the last line on that lead to, or on from, what the table says."""
    labels: dict[int, EpisodeLabel] = {}
    crops: Mapping[str, Crop] = table.crops
    steps: list[Step] = []
    for line in reversed(lines):
        try:
            step = _step_of(line, table)
        except (LabelError, AttributeError, KeyError, TypeError, ValueError):
            break
        here, there = (step.after, step.before) if back else (step.before, step.after)
        if any(
            content_of(labels.get(episode, table[episode])) != content_of(label)
            for episode, label in here.items()
        ):
            break
        if step.crops is not None:
            if step.crops[1 if back else 0] != crops:
                break
            crops = step.crops[0 if back else 1]
        labels.update(there)
        steps.append(step)
    return steps[::-1]


def _line_of(step: Step) -> dict[str, Any]:
    line: dict[str, Any] = {"what": step.what, "episode": step.episode, "frame": step.frame}
    line["labels"] = {
        str(episode): [fields_of(label) for label in pair] for episode, pair in step.changes.items()
    }
    if step.crops is not None:
        line["crops"] = [dict(crops) for crops in step.crops]
    return line


def _step_of(line: Mapping[str, Any], table: Table) -> Step:
    """The step of a line.

    Raises:
        LabelError, AttributeError, KeyError, TypeError, ValueError: it is none, or does not fit
            the recording.
    """
    from labeler.labels.document_reader import label_from  # pydantic only where it is needed

    changes = {}
    for key, pair in line["labels"].items():
        before, after = (label_from(key, fields) for fields in pair)
        for label in (before, after):
            check_label(table.lengths, int(key), label)  # type: ignore[arg-type]
        changes[int(key)] = (before, after)
    crops = None
    if "crops" in line:
        old, new = map(crops_from, line["crops"])
        crops = (old, new)
    place = int(line["episode"]), int(line["frame"])
    return Step(str(line["what"]), *place, MappingProxyType(changes), crops)
