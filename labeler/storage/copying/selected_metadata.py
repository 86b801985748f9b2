"""Metadata of a copy that does not have every row of its source.

Episodes are numbered anew, totals and positions follow, statistics of every column are computed
from the kept rows. Statistics of cameras stay those of the whole episodes: they are estimates from
sampled frames in the first place.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, assert_never

import numpy as np
import pyarrow as pa

from labeler import disk
from labeler.dataset import Dataset
from labeler.dataset.documents import read_object, read_objects
from labeler.dataset.statistics import Statistics, aggregate, as_lists, column_statistics
from labeler.parquet.reading import is_numeric, read_table, schema_of
from labeler.parquet.rewriting import (
    compression,
    rename_columns,
    row_group_sizes,
    write_table,
)
from labeler.storage.copying.plan import CopyPlan, RowsJob
from labeler.storage.record.aggregation import quantiles_are_bounds
from labeler.storage.record.camera_keys import episode_columns, rename_entries
from labeler.storage.record.episode_lines import LINES, statistics_lines
from labeler.storage.record.label_metadata import (
    PathOf,
    episode_statistics,
    has_quantiles,
    insert,
    json_bytes,
    statistics_place,
    with_features,
)

EpisodeStatistics = Mapping[str, Statistics]
"""Statistics of the numeric columns of one episode, by column."""


def row_statistics(
    path: Path, job: RowsJob, *, quantiles: bool
) -> dict[int, dict[str, Statistics]]:
    """Statistics of every numeric column of a written data file, per episode of the copy."""
    # statistics of anything deeper than vectors stay as they are
    names = [field.name for field in schema_of(path) if is_numeric(field.type)]
    table = read_table(path, names)
    result: dict[int, dict[str, Statistics]] = {episode: {} for episode, _ in job.parts}
    for name in names:
        values = _as_array(table[name].combine_chunks())
        start = 0
        for episode, kept in job.parts:
            part = values[start : start + len(kept)]
            result[episode][name] = column_statistics(part, quantiles=quantiles)
            start += len(kept)
    return result


def write_selected_metadata(
    plan: CopyPlan, statistics: Mapping[int, EpisodeStatistics], path_of: PathOf
) -> dict[str, str]:
    """Write every metadata file but the tasks; their relative paths and SHA-256 come back."""
    source, file = plan.source, "meta/info.json"
    info = with_features(read_object(source.root / file), plan.columns, plan.new_keys)
    digest = disk.write_file(path_of(file), json_bytes(_with_totals(info, plan)))
    match source.info.format.files:
        case "shared":
            written = _write_v3(plan, statistics, path_of)
        case "of one episode":
            written = _write_v2(plan, statistics, path_of)
        case other:
            assert_never(other)
    return {file: digest, **written}


def _with_totals(info: dict[str, Any], plan: CopyPlan) -> dict[str, Any]:
    episodes = len(plan.selection.kept)
    totals: dict[str, Any] = {
        "total_episodes": episodes,
        "total_frames": int(plan.columns.lengths.sum()),
        "splits": {"train": f"0:{episodes}"},
    }
    if plan.source.info.format.counts_files:
        videos = sum(camera.kind == "video" for camera in plan.source.cameras)
        totals["total_videos"] = episodes * videos
        totals["total_chunks"] = -(-episodes // plan.source.info.chunks_size)
    return {**info, **{key: value for key, value in totals.items() if key in info}}


def _write_v2(
    plan: CopyPlan, statistics: Mapping[int, EpisodeStatistics], path_of: PathOf
) -> dict[str, str]:
    root, kept = plan.source.root, plan.selection.kept
    written = {}

    def write(file: str, data: bytes) -> None:
        written[file] = disk.write_file(path_of(file), data)

    records = list(read_objects(root / "meta/episodes.jsonl"))
    lines = (
        {**records[part.episode], "episode_index": episode, "length": len(part)}
        for episode, part in enumerate(kept)
    )
    write("meta/episodes.jsonl", _json_lines(lines))
    if plan.source.info.format.episode_statistics == "lines":
        found = statistics_lines(plan.source, [part.episode for part in kept])
        old = {record["episode_index"]: record for record in found}
        lines = (
            {
                "episode_index": episode,
                "stats": rename_entries(
                    _update(old[part.episode]["stats"], statistics[episode]), plan.new_keys
                ),
            }
            for episode, part in enumerate(kept)
        )
        write(LINES, _json_lines(lines))
    file = "meta/stats.json"
    if (root / file).is_file():
        stats = _update(read_object(root / file), _total(statistics, bounds=False))
        if not plan.source.info.format.counted_statistics:
            labelled = plan.columns.names
            stats = {
                name: part if name in labelled else _without_count(part)
                for name, part in stats.items()
            }
        write(file, json_bytes(rename_entries(stats, plan.new_keys)))
    return written


def _write_v3(
    plan: CopyPlan, statistics: Mapping[int, EpisodeStatistics], path_of: PathOf
) -> dict[str, str]:
    root = plan.source.root
    position = {kept.episode: index for index, kept in enumerate(plan.selection.kept)}
    written: dict[str, str] = {}
    cameras = []
    for part in plan.source.layout.episode_files:
        file, table = part.file, part.rows(root)
        keep = np.isin(table["episode_index"].to_numpy(), list(position))
        if not keep.any():
            continue
        ends = np.cumsum(sizes := row_group_sizes(root / file))
        groups = [int(keep[end - n : end].sum()) for end, n in zip(ends, sizes, strict=True)]
        table = _renumber(table.filter(pa.array(keep)), plan, position)
        episodes = table["episode_index"].to_numpy()
        new = episode_statistics(table.schema, episodes, plan.columns)
        table = _with_columns(table, new, statistics_place(table.schema))
        table = _with_row_statistics(table, [statistics[int(e)] for e in episodes])
        codec = compression(root / file)
        cameras.append(_camera_statistics(table, plan.source))
        table = rename_columns(table, episode_columns(table.column_names, plan.new_keys))
        written[file] = write_table(path_of(file), table, groups, codec)
    file = "meta/stats.json"
    if (root / file).is_file():
        bounds = quantiles_are_bounds(plan.source)
        totals = {
            **_total(statistics, bounds=bounds),
            **_merge_cameras(cameras, bounds=bounds),
        }
        stats = rename_entries(_update(read_object(root / file), totals), plan.new_keys)
        written[file] = disk.write_file(path_of(file), json_bytes(stats))
    return written


def _with_columns(table: pa.Table, new: Mapping[str, pa.Array], before: str) -> pa.Table:
    """Columns replaced where they are, others put before the column `before` or at the end."""
    for name, values in new.items():
        if name in table.column_names:
            place = table.column_names.index(name)
            table = table.set_column(place, table.schema.field(place), values)
        else:
            names = table.column_names
            place = names.index(before) if before else len(names)
            table = table.add_column(place, pa.field(name, values.type), values)
    return table


def _renumber(table: pa.Table, plan: CopyPlan, position: Mapping[int, int]) -> pa.Table:
    """Rows of `meta/episodes` with the copy's numbers, lengths, row ranges and video times."""
    episodes = np.array([position[e] for e in table["episode_index"].to_pylist()])
    kept = [plan.selection.kept[e] for e in episodes]
    olds = [part.episode for part in kept]
    old_lengths = plan.source.lengths[olds]
    lengths = np.array([len(part) for part in kept])
    first = (np.cumsum(plan.columns.lengths) - plan.columns.lengths)[episodes]
    cut = {
        "from_timestamp": np.array([part.start for part in kept]),
        "to_timestamp": np.array([part.stop for part in kept]) - old_lengths,
    }
    changes: dict[str, np.ndarray] = {
        "episode_index": episodes,
        "length": lengths,
        "dataset_from_index": first,
        "dataset_to_index": first + lengths,
    }
    for camera in plan.source.cameras:
        for name, frames in cut.items():
            column = f"videos/{camera.key}/{name}"
            if column in table.column_names:
                changes[column] = table[column].to_numpy() + frames / plan.source.fps
    corrections = plan.source.layout.corrections
    changes = {name: values[olds] for name, values in corrections.items()} | changes
    table = _with_missing(table, corrections)
    for column, values in changes.items():
        if column in table.column_names:
            field = table.schema.field(column)
            index = table.column_names.index(column)
            table = table.set_column(index, field, pa.array(values, type=field.type))
    return table


def _with_missing(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """The table with those columns of whole numbers that it lacks, still empty."""
    for name in names:
        if name not in table.column_names:
            empty = pa.nulls(table.num_rows, pa.int64())
            table = table.append_column(pa.field(name, pa.int64()), empty)
    return table


def _with_row_statistics(table: pa.Table, statistics: list[EpisodeStatistics]) -> pa.Table:
    for index, field in enumerate(table.schema):
        parts = field.name.split("/")
        if parts[0] != "stats" or parts[1] not in statistics[0]:
            continue
        if parts[2] in statistics[0][parts[1]]:
            values = [part[parts[1]][parts[2]].tolist() for part in statistics]
            # A cast, since LeRobot keeps the minimum of a bool column as a bool and of ints as int.
            table = table.set_column(index, field, pa.array(values).cast(field.type))
    return table


def _camera_statistics(table: pa.Table, source: Dataset) -> dict[str, list[Statistics]]:
    result: dict[str, list[Statistics]] = {}
    for camera in source.cameras:
        prefix = f"stats/{camera.key}/"
        names = [name for name in table.column_names if name.startswith(prefix)]
        if names:
            rows = table.select(names).to_pylist()
            result[camera.key] = [
                {name.removeprefix(prefix): np.array(row[name]) for name in names} for row in rows
            ]
    return result


def _merge_cameras(
    parts: list[dict[str, list[Statistics]]], *, bounds: bool
) -> dict[str, Statistics]:
    found: dict[str, list[Statistics]] = {}
    for part in parts:
        for key, episodes in part.items():
            found.setdefault(key, []).extend(episodes)
    return {key: aggregate(episodes, bounds=bounds) for key, episodes in found.items()}


def _total(statistics: Mapping[int, EpisodeStatistics], *, bounds: bool) -> dict[str, Statistics]:
    return {
        name: aggregate([part[name] for part in statistics.values()], bounds=bounds)
        for name in statistics[0]
    }


def _update(old: dict[str, Any], new: EpisodeStatistics) -> dict[str, Any]:
    """Statistics as they stand in a file, with those of the new ones replaced or added."""
    quantiles = has_quantiles(old)
    for name, part in new.items():
        keys = [key for key in part if quantiles or not key.startswith("q")]
        old = insert(old, name, as_lists(part, keys))
    return old


def _without_count(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != "count"}


def _json_lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode("ascii")


def _as_array(column: pa.Array) -> np.ndarray:
    """Shape (rows,) or (rows, dimensions)."""
    if pa.types.is_fixed_size_list(column.type):
        return _as_array(column.flatten()).reshape(len(column), -1)
    return np.asarray(column.to_numpy(zero_copy_only=False))
