"""Columns of the recording as curves: gripper position, any dimension of state or action."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from labeler.dataset import DONE, REWARD, Dataset
from labeler.dataset.success_columns import success_columns
from labeler.errors import LabelerError
from labeler.ui.desk.desk import Desk
from labeler.ui.kit.work import Work, start_work

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SignalName:
    """One dimension of a numeric column; `dimension` is None where the column has only one."""

    column: str
    dimension: int | None
    text: str


def signal_names(dataset: Dataset, *, outcomes: bool = True) -> list[SignalName]:
    """Everything of the rows that can be drawn, in the order of the recording's columns.

    Without `outcomes`, columns that say whether an episode succeeds are left out.
    """
    names: list[SignalName] = []
    hidden = _BOOKKEEPING.union(() if outcomes else _outcomes(dataset))
    for column in dataset.columns:
        numeric = column.dtype.startswith(("float", "int", "bool"))
        if not numeric or column.name in hidden or len(column.shape) != 1:
            continue
        if column.shape == (1,):
            names.append(SignalName(column.name, None, _short(column.name)))
            continue
        for number in range(column.shape[0]):
            part = column.names[number] if number < len(column.names) else str(number)
            names.append(SignalName(column.name, number, f"{_short(column.name)} · {part}"))
    return names


def _outcomes(dataset: Dataset) -> set[str]:
    return {REWARD, DONE, *(column.name for column in success_columns(dataset))}


def default_signal(names: list[SignalName]) -> SignalName | None:
    """The gripper of the state, or of the action, if there is one."""
    for column in ("observation.state", "action"):
        for name in names:
            if name.column == column and "gripper" in name.text.lower():
                return name
    return None


def _short(column: str) -> str:
    return column.removeprefix("observation.")


_BOOKKEEPING = {"index", "episode_index", "frame_index", "task_index", "timestamp"}


class SignalRows(QObject):
    """Reads the rows of the episode shown in a thread; the latest episode wins.

    At most one thread reads at a time: the files of a dataset are not made for several.
    """

    arrived = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._dataset = desk.session.dataset.reopen()
        self._columns: tuple[str, ...] = ()
        self._asked: tuple[int, tuple[str, ...]] | None = None
        self._reading: tuple[int, tuple[str, ...]] | None = None  # until its result is delivered
        self._episode = -1
        self._values: dict[str, Values] = {}
        self._work: Work | None = None
        self.problem = ""
        desk.closing.connect(self._end)
        desk.playhead.episode_changed.connect(lambda episode: self._fetch())

    def want(self, columns: set[str]) -> None:
        """Columns that lanes show."""
        self._columns = tuple(sorted(columns))
        self._fetch()

    def values(self, name: SignalName) -> Values | None:
        """One number per frame of the episode shown, or None while they are not there."""
        found = self._values.get(name.column)
        if found is None or self._episode != self._desk.episode:
            return None
        if name.dimension is None:
            return found.reshape(len(found), -1)[:, 0]
        return found[:, name.dimension] if found.ndim == 2 else None

    def _fetch(self) -> None:
        wanted = (self._desk.episode, self._columns)
        if self._desk.episode < 0 or not self._columns or wanted == self._asked:
            return
        self._asked = wanted
        if self._reading is None:
            self._start()

    def _start(self) -> None:
        assert self._asked is not None
        episode, columns = self._reading = self._asked
        self._work = start_work(
            self,
            lambda work: _read(self._dataset, episode, columns),
            name="signals",
            done=self._on_done,
            failed=self._on_failed,
        )

    def _end(self) -> None:
        self._asked = self._reading  # nothing more is read
        if self._work is not None:
            self._work.join(30)
        self._dataset.close()

    def _on_done(self, values: dict[str, Values]) -> None:
        self._deliver(values, "")

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, LabelerError):
            self._reading = None
            raise error
        self._deliver({}, error.message)

    def _deliver(self, values: dict[str, Values], problem: str) -> None:
        read, self._reading = self._reading, None
        if read is None or read != self._asked:
            self._start()
            return
        self._episode, self._values, self.problem = read[0], values, problem
        self.arrived.emit()


def _read(dataset: Dataset, episode: int, columns: tuple[str, ...]) -> dict[str, Values]:
    table = dataset.rows(episode, columns)
    return {
        name: np.array([np.ravel(value) for value in table[name].to_pylist()], dtype=np.float64)
        for name in columns
    }
