"""Numbers that a recording has beside its images, for the gates of a decision rule."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from classifier.data.labelled import LabelledFrames
from labeler.cures import Advice
from labeler.dataset import Dataset
from labeler.dataset.layout import Column
from labeler.decision import Gate, gate_values, read_gate, require_useful
from labeler.errors import UsageError

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

_GATES = "train.gates"
_OBSERVED = "observation."
"""How columns begin that the robot shows to its reward classifier, too."""


def gate_columns(
    dataset: Dataset, gates: Sequence[Gate], episodes: Integers, frames: Integers
) -> dict[str, Numbers]:
    """What gates compare at frames, float64 (n,) by `Gate.source`; NaN where there is no value.

    episodes, frames: int64 (n,), the episodes ascending

    Raises:
        UsageError: there is no such column, or it has another shape.
        DamagedDatasetError: rows cannot be read.
    """
    columns = {gate.column: _column(dataset, gate) for gate in gates}
    tables = _values(dataset, list(columns.values()), episodes, frames)
    return {
        gate.source: gate_values(gate, tables[gate.column], columns[gate.column].names)
        for gate in gates
    }


def gate_entries(dataset: Dataset, gates: Sequence[Gate]) -> dict[str, int | None]:
    """The number of each gate's entry in its column, by `Gate.source`; None for a single number."""
    found: dict[str, int | None] = {}
    for gate in gates:
        names = _column(dataset, gate).names
        if gate.entry is None:
            found[gate.source] = None
        else:
            found[gate.source] = names.index(gate.entry) if gate.entry in names else int(gate.entry)
    return found


def possible_columns(
    dataset: Dataset, episodes: Integers, frames: Integers
) -> Mapping[str, Numbers]:
    """Everything that a gate on the robot could compare, as `gate_columns` gives it.

    Those are numbers and vectors of numbers that are part of an observation.
    """
    observed = _observed(dataset)
    tables = _values(dataset, observed, episodes, frames)
    found: dict[str, Numbers] = {}
    for column in observed:
        values = tables[column.name]
        if values.ndim == 1:
            found[column.name] = values
            continue
        names = column.names if len(column.names) == values.shape[1] else ()
        for number in range(values.shape[1]):
            source = f"{column.name}[{names[number] if names else number}]"
            if _can_be_typed(source):
                found[source] = values[:, number]
    return found


def require_gates(
    dataset: Dataset, gates: Sequence[Gate], frames: LabelledFrames
) -> tuple[str, ...]:
    """Refuse gates that mean nothing in the labelled frames; what is to be said comes back.

    Raises:
        UsageError: a column is missing or of another shape, is no number, is nothing that a robot
            observes, never changes, or closes its gate at every success.
    """
    notes = []
    open_ = np.ones(len(frames.success), np.bool_)
    for gate in gates:
        try:
            _require_observed(_column(dataset, gate))
            values = gate_columns(dataset, [gate], frames.episodes, frames.frames)[gate.source]
            notes.append(require_useful(gate, values))
        except UsageError as error:
            raise UsageError(error.message, Advice(error.advice, setting=_GATES)) from error
        if not gate.is_open(values[frames.success]).any():
            raise UsageError(
                f"{gate.text} holds at no frame labelled success, so success would never be "
                "decided.",
                Advice("Correct the bound, or turn the comparison round.", setting=_GATES),
            )
        open_ &= gate.is_open(values)
    if not open_[frames.success].any():
        raise UsageError(
            f"{' and '.join(gate.text for gate in gates)} hold together at no frame labelled "
            "success, so success would never be decided.",
            Advice("Leave one of them out, or correct its bound.", setting=_GATES),
        )
    return tuple(note for note in notes if note)


def _column(dataset: Dataset, gate: Gate) -> Column:
    for column in dataset.columns:
        if column.name == gate.column:
            if _is_numeric(column):
                return column
            raise UsageError(
                f"{column.name} has {_shape_text(column)} a frame, which no gate compares.",
                "Choose a column with one number or one vector a frame.",
            )
    names = [column.name for column in _observed(dataset)]
    near = get_close_matches(gate.column, names, 1)
    hint = f"Did you mean {near[0]}?" if near else f"A gate can be on {', '.join(names) or 'none'}."
    raise UsageError(f"{dataset.name} has no column {gate.column}.", hint)


def _require_observed(column: Column) -> None:
    """Refuse what is recorded beside the observation: on the robot the classifier never sees it."""
    if not column.name.startswith(_OBSERVED):
        raise UsageError(
            f"{column.name} is no part of the robot's observation, so on the robot a gate on it "
            "could not be evaluated.",
            f"Choose a column whose name begins with {_OBSERVED}",
        )


def _observed(dataset: Dataset) -> list[Column]:
    """Numbers and vectors of numbers that are part of an observation."""
    return [
        column
        for column in dataset.columns
        if column.name.startswith(_OBSERVED) and _is_numeric(column)
    ]


def _is_numeric(column: Column) -> bool:
    numeric = column.dtype.startswith(("float", "int", "uint", "bool"))
    return numeric and len(column.shape) <= 1


def _shape_text(column: Column) -> str:
    return f"{column.dtype} of {'×'.join(map(str, column.shape)) or 'no shape'}"


def _can_be_typed(source: str) -> bool:
    try:
        return read_gate(f"{source} < 0").source == source
    except UsageError:
        return False


def _values(
    dataset: Dataset, columns: Sequence[Column], episodes: Integers, frames: Integers
) -> dict[str, Numbers]:
    """Columns by name at frames, float64 (n,) or (n, entries); each episode is read once.

    A vector of one entry is that number, as LeRobot's recorder writes it in some of its releases.
    """
    parts: dict[str, list[Numbers]] = {column.name: [] for column in columns}
    names, starts = np.unique(episodes if parts else episodes[:0], return_index=True)
    for episode, chosen in zip(names.tolist(), np.split(frames, starts[1:]), strict=False):
        table = dataset.rows(episode, list(parts))
        for column in columns:
            parts[column.name].append(_numbers(table[column.name], column)[chosen])
    return {name: np.concatenate(found) if found else np.zeros(0) for name, found in parts.items()}


def _numbers(values: pa.ChunkedArray, column: Column) -> Numbers:
    width = column.shape[0] if column.shape else 1
    single = not column.names and width == 1
    gap = [np.nan] * width
    rows = values.to_pylist()
    if any(isinstance(row, list) for row in rows):
        rows = [gap if row is None else row for row in rows]
    try:
        found = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"{column.name} has frames of different lengths.", "Choose another column."
        ) from error
    if found.ndim == 2 and single and found.shape[1] == 1:
        return found[:, 0]
    return found[:, None] if found.ndim == 1 and not single else found
