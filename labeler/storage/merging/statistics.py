"""Statistics of every episode of a merged dataset: the sources' own where they are there.

Quantities are stacked: shape (episodes, …) for one that has shape (…) in one episode. What a source
lacks (v2.0 has none per episode) is computed from its rows, or from sampled images as LeRobot's
recorder does it (0.6.1, compute_stats.py). Numbering is new, so its statistics are worked out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, assert_never

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset.statistics import QUANTILES, Statistics, column_statistics
from labeler.parquet.reading import is_numeric, list_values, schema_of
from labeler.storage.merging.plan import MergePart, MergePlan
from labeler.storage.record.aggregation import quantiles_are_bounds
from labeler.storage.record.camera_keys import rename_entries
from labeler.storage.record.episode_lines import numbers, sampled_statistics, statistics_lines
from labeler.storage.record.label_columns import LabelColumns
from labeler.storage.record.selection import INDEX_COLUMNS

Stacked = dict[str, dict[str, NDArray[np.generic]]]
"""Quantities by feature and name."""
BASIC = ("min", "max", "mean", "std", "count")


def merge_statistics(
    plan: MergePlan, known: Sequence[Stacked], tasks: Sequence[Statistics]
) -> Stacked:
    """Statistics of every feature.

    `known` are what `read_statistics` found for each part, `tasks` those of `task_index`.

    Quantiles are there in v3.0, for cameras only if all sources have them.
    """
    numbering = _numbering(plan.columns) | {"task_index": _stack(tasks)}
    parts = [_of_part(plan, part, own) for part, own in zip(plan.parts, known, strict=True)]
    result: Stacked = {}
    for name in plan.agreement.features:
        if name in numbering:
            result[name] = numbering[name]
        elif all(name in part for part in parts):
            result[name] = _join([part[name] for part in parts])
        if name == "timestamp":  # labels come before it, as the recorder has them
            rest = result.pop(name)
            result |= _labels(plan.columns, quantiles=plan.format.quantiles) | {name: rest}
    return result


def episode_statistics(
    values: NDArray[np.generic], lengths: Sequence[int], *, quantiles: bool
) -> list[Statistics]:
    """Statistics of a scalar column, episodes one behind the other.

    Those of episodes with the same values are computed once: most have one task.
    """
    ends = np.cumsum(lengths)
    known: dict[bytes, Statistics] = {}
    result = []
    for end, length in zip(ends.tolist(), lengths, strict=True):
        part = values[end - length : end]
        key = part.tobytes()
        if key not in known:
            known[key] = column_statistics(part, quantiles=quantiles)
        result.append(known[key])
    return result


def _of_part(plan: MergePlan, part: MergePart, known: Stacked) -> Stacked:
    """What the source says of its kept episodes, completed and brought up to date."""
    dataset, quantiles = part.dataset, plan.format.quantiles
    schema = schema_of(dataset.root / dataset.layout.data_file(part.selection.kept[0].episode))
    result: Stacked = {}
    for name, entry in plan.agreement.features.items():
        if name in INDEX_COLUMNS[1:] or name == "task_index":
            continue
        own = _fitting(known.get(name, {}), entry)
        complete = all(key in own for key in BASIC)
        if entry["dtype"] in ("video", "image"):
            result[name] = own if complete else _of_images(part, name, quantiles=quantiles)
        elif name in schema.names and is_numeric(schema.field(name).type):
            if not complete or (quantiles and "q01" not in own):
                result[name] = _of_rows(part, name, quantiles=quantiles)
            else:
                result[name] = _with_cut_episodes(part, name, own, quantiles=quantiles)
    return result


def _fitting(
    own: Mapping[str, NDArray[np.generic]], entry: Mapping[str, Any]
) -> dict[str, NDArray[np.generic]]:
    """Those of a feature's statistics that have as many numbers as the feature: (c, 1, 1) for a
    camera of c channels, (n,) for a vector of n, and one count.
    """
    shape = list(entry["shape"])
    if entry["dtype"] in ("video", "image"):
        wanted: tuple[int, ...] = (1 if 1 in (shape[0], shape[-1]) else 3, 1, 1)
    else:
        wanted = (prod(shape),)
    return {
        key: values
        for key, values in own.items()
        if values.shape[1:] == ((1,) if key == "count" else wanted)
    }


@dataclass(frozen=True)
class Known:
    """What a source says of its kept episodes, by the new keys of cameras.

    Nothing that cannot be stacked is among it. `bounds`: its own quantiles of all are bounds.
    """

    stacked: Stacked
    bounds: bool = False


def read_statistics(part: MergePart) -> Known:
    """Read what the source says."""
    found: Stacked = {}
    bounds = False
    match part.dataset.info.format.episode_statistics:
        case "tables":
            found, bounds = _read_tables(part)
        case "lines":
            found = _read_lines(part)
        case "nowhere":
            pass
        case other:
            assert_never(other)
    return Known(rename_entries(found, part.new_keys), bounds)


def _read_tables(part: MergePart) -> tuple[Stacked, bool]:
    """The statistics, and whether quantiles of all episodes are bounds."""
    dataset = part.dataset
    kept = np.array([one.episode for one in part.selection.kept])
    tables = []
    for file in dataset.layout.episode_files:
        if np.isin(file.episodes, kept).any():
            names = [name for name in file.schema.names if name.startswith("stats/")]
            tables.append(file.rows(dataset.root, ["episode_index", *names]))
    try:
        table = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException:  # files that do not agree: everything is computed
        return {}, quantiles_are_bounds(dataset)
    every = len(tables) == len(dataset.layout.episode_files)
    bounds = quantiles_are_bounds(dataset, table if every else None)
    wanted = np.isin(table["episode_index"].to_numpy(), kept)
    if not wanted.all():
        table = table.filter(pa.array(wanted))
    result: Stacked = {}
    for column, found in zip(table.column_names[1:], table.columns[1:], strict=True):
        _, name, key = column.split("/", 2)
        values = _array(found.combine_chunks())
        if values is not None:
            result.setdefault(name, {})[key] = values
    return result, bounds


def _array(column: pa.Array) -> NDArray[np.generic] | None:
    """Lists of one shape as an array (rows, …); None if they have no common shape, or a gap."""
    shape = [len(column)]
    while pa.types.is_list(column.type) or pa.types.is_fixed_size_list(column.type):
        if column.null_count or not len(column):
            return None
        if pa.types.is_fixed_size_list(column.type):
            shape.append(column.type.list_size)
        else:
            lengths = np.diff(column.offsets.to_numpy())
            if (lengths != lengths[0]).any():
                return None
            shape.append(int(lengths[0]))
        column = list_values(column)
    if column.null_count or len(column) != prod(shape):
        return None
    values: NDArray[np.generic] = column.to_numpy(zero_copy_only=False).reshape(shape)
    return values


def _read_lines(part: MergePart) -> Stacked:
    wanted = [one.episode for one in part.selection.kept]
    lines = statistics_lines(part.dataset, wanted)
    by_episode = {line["episode_index"]: line["stats"] for line in lines}
    kept = [by_episode[episode] for episode in wanted]
    result: Stacked = {}
    for name, keys in kept[0].items():
        for key in keys if isinstance(keys, dict) else ():
            try:
                values = np.array([stats[name][key] for stats in kept])
            except (KeyError, TypeError, ValueError):  # missing in one, or of another shape
                continue
            if values.ndim > 1 and values.dtype.kind in "biuf":
                result.setdefault(name, {})[key] = values
    return result


def _with_cut_episodes(
    part: MergePart, name: str, own: dict[str, NDArray[np.generic]], *, quantiles: bool
) -> dict[str, NDArray[np.generic]]:
    """The source's statistics, with those of episodes of which rows are left out computed."""
    result = {key: values for key, values in own.items() if quantiles or key in BASIC}
    for row, kept in enumerate(part.selection.kept):
        if len(kept) == part.dataset.lengths[kept.episode]:
            continue
        new = _of_episode(part, row, name, quantiles=quantiles)
        result = {key: _with_row(values, row, new[key]) for key, values in result.items()}
    return result


def _with_row(
    values: NDArray[np.generic], row: int, new: NDArray[np.generic]
) -> NDArray[np.generic]:
    changed = values.copy()
    changed[row] = new.reshape(values.shape[1:])
    return changed


def _of_rows(part: MergePart, name: str, *, quantiles: bool) -> dict[str, NDArray[np.generic]]:
    rows = range(len(part.selection.kept))
    return _stack([_of_episode(part, row, name, quantiles=quantiles) for row in rows])


def _of_episode(part: MergePart, row: int, name: str, *, quantiles: bool) -> Statistics:
    kept = part.selection.kept[row]
    column = part.dataset.rows(kept.episode, [name])[name].slice(kept.start, len(kept))
    values = numbers(column.combine_chunks()).reshape(len(kept), -1)
    return column_statistics(values, quantiles=quantiles)


def _of_images(part: MergePart, key: str, *, quantiles: bool) -> dict[str, NDArray[np.generic]]:
    """Decode the images that LeRobot samples; only for sources without such statistics."""
    from labeler.video import FrameReader

    found = []
    with FrameReader(part.dataset, part.own_key(key)) as reader:
        for kept in part.selection.kept:
            place = kept.episode, kept.start, len(kept)
            found.append(sampled_statistics(reader, *place, quantiles=quantiles))
    return _stack(found)


def _stack(parts: Sequence[Statistics]) -> dict[str, NDArray[np.generic]]:
    return {key: np.stack([part[key] for part in parts]) for key in parts[0]}


def _join(parts: Sequence[Mapping[str, NDArray[np.generic]]]) -> dict[str, NDArray[np.generic]]:
    """Stacks one behind the other, of the quantities that all have."""
    keys = [key for key in (*BASIC, *QUANTILES) if all(key in part for part in parts)]
    return {key: np.concatenate([part[key] for part in parts]) for key in keys}


def _numbering(columns: LabelColumns) -> Stacked:
    """Statistics of the numbers that count evenly: exact."""
    lengths = columns.lengths[:, None]
    firsts = np.cumsum(lengths, axis=0) - lengths
    episodes = np.arange(len(lengths))[:, None]
    zeros = np.zeros_like(lengths)
    return {
        "frame_index": _counting(zeros, lengths),
        "index": _counting(firsts, lengths),
        "episode_index": {**_counting(episodes, zeros + 1), "count": lengths},
    }


def _counting(
    firsts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> dict[str, NDArray[np.generic]]:
    """Statistics of first, first + 1, …; both arrays have shape (episodes, 1)."""
    last = lengths - 1
    return {
        "min": firsts,
        "max": firsts + last,
        "mean": firsts + last / 2,
        "std": np.sqrt((lengths.astype(float) ** 2 - 1) / 12),
        "count": lengths,
        **{name: firsts + share * last for name, share in QUANTILES.items()},
    }


def _labels(columns: LabelColumns, *, quantiles: bool) -> Stacked:
    keys = (*BASIC, *(QUANTILES if quantiles else ()))
    return {
        name: {key: columns.statistics(name).column(key)[:, None] for key in keys}
        for name in columns.names
    }
