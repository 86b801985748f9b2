"""Metadata that follow when label columns are written and every row stays.

Which file changes in which version: `info.json` and, v2.0: `stats.json`; v2.1: every line of
`episodes_stats.jsonl`; v3.0: `stats.json` and the `stats/…` columns of `meta/episodes`. Without the
latter LeRobot cannot load a v3.0 dataset to which an episode was added.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from labeler import disk
from labeler.dataset import Dataset
from labeler.dataset.documents import read_object
from labeler.dataset.features import CROPS
from labeler.dataset.layout import EpisodeFile
from labeler.parquet.rewriting import renamed_file
from labeler.parquet.splice import Splice
from labeler.storage.record.camera_keys import NewKeys, episode_columns, rename_entries
from labeler.storage.record.episode_lines import LINES, statistics_lines
from labeler.storage.record.label_columns import LabelColumns

_BEFORE = "timestamp"
_AFTER_STATISTICS = ("stats/timestamp/min", "meta/episodes/chunk_index")
_CHANNELS = (1, 3, 4)
_SIZE = ("height", "width", "channels")
_KEYS = ("min", "max", "mean", "std", "count")

PathOf = Callable[[str], Path]
"""Gives the place where the new content of a relative path is written."""


def write_label_metadata(
    source: Dataset,
    columns: LabelColumns,
    splices: Iterator[Splice],
    path_of: PathOf,
    new_keys: NewKeys,
) -> dict[str, str]:
    """Write every metadata file that changes; their relative paths and SHA-256 come back.

    `splices` are those that `statistics_splice` makes of the files of `meta/episodes`; cameras get
    the `new_keys`.
    """
    written = {}

    def write(file: str, data: bytes) -> None:
        written[file] = disk.write_file(path_of(file), data)

    info = with_features(read_object(source.root / "meta/info.json"), columns, new_keys)
    counts = {"total_episodes": len(source), "total_frames": source.total_frames}
    info |= {key: count for key, count in counts.items() if key in info and info[key] != count}
    write("meta/info.json", json_bytes(info))
    stats = source.root / "meta/stats.json"
    if stats.is_file():
        boolean = source.info.format.boolean_extremes
        changed = _with_total(read_object(stats), columns, boolean=boolean)
        write("meta/stats.json", json_bytes(rename_entries(changed, new_keys)))
    if source.info.format.episode_statistics == "lines":
        lines = _lines_with_statistics(source, columns, new_keys)
        write(LINES, "".join(lines).encode())
    for part, splice in zip(listing_files(source), splices, strict=True):
        written[part.file] = splice.write(path_of(part.file)).digest
    return written


def listing_files(source: Dataset) -> list[EpisodeFile]:
    """The files of `meta/episodes` that a copy has: not those that only list episodes again."""
    return [part for part in source.layout.episode_files if len(part.episodes)]


def write_crops(root: Path, new_keys: NewKeys, path_of: PathOf) -> dict[str, str]:
    """Write what LeRobot's crop tool cut out, if it did, under the new keys of the cameras."""
    if not (root / CROPS).is_file():
        return {}
    crops = rename_entries(read_object(root / CROPS), new_keys)
    return {CROPS: disk.write_file(path_of(CROPS), json_bytes(crops))}


def statistics_splice(
    source: Dataset, columns: LabelColumns, new_keys: NewKeys, part: EpisodeFile
) -> Splice:
    """A file of `meta/episodes` with the statistics of the labels, still to be written.

    Numbers that the recording lacks or has wrong are put right.
    """
    new = episode_statistics(part.schema, part.episodes, columns)
    corrections = source.layout.corrections.items()
    new |= {name: pa.array(values[part.episodes]) for name, values in corrections}
    place = statistics_place(part.schema)
    path = source.root / part.file
    names = episode_columns(part.schema.names, new_keys)
    changed = names or part.repeated
    content = renamed_file(path, names, rows=len(part.episodes)) if changed else None
    return Splice(path, new, before=place, content=content).with_ending()


def with_features(info: dict[str, Any], columns: LabelColumns, new_keys: NewKeys) -> dict[str, Any]:
    """`info.json` with the label columns declared, new ones before `timestamp`.

    Cameras get the names of their dimensions where they have none.
    """
    features = rename_entries(info["features"], new_keys)
    features = {name: _with_names(entry) for name, entry in features.items()}
    for name in columns.names:
        features = insert(features, name, columns.feature(name))
    return {**info, "features": features}


def _with_names(entry: dict[str, Any]) -> dict[str, Any]:
    """LeRobot's trainer looks them up (0.6.1, feature_utils.py, dataset_to_policy_features)."""
    shape = entry.get("shape")
    if entry.get("names") or entry.get("dtype") not in ("video", "image"):
        return entry
    if not isinstance(shape, list) or len(shape) != 3:
        return entry
    first = shape[0] in _CHANNELS and shape[2] not in _CHANNELS
    return {**entry, "names": [*_SIZE[2:], *_SIZE[:2]] if first else list(_SIZE)}


def insert(mapping: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    """The mapping with `name` replaced in its place, or inserted before `timestamp`."""
    if name in mapping or _BEFORE not in mapping:
        return {**mapping, name: value}
    result = {}
    for key, old in mapping.items():
        if key == _BEFORE:
            result[name] = value
        result[key] = old
    return result


def json_bytes(document: object) -> bytes:
    """JSON as LeRobot lays it out; pure ASCII, since LeRobot reads in the locale's encoding."""
    return json.dumps(document, indent=4).encode("ascii")


def has_quantiles(stats: dict[str, Any]) -> bool:
    """Whether the other features of `stats.json` carry q01 to q99."""
    return any(isinstance(part, dict) and "q01" in part for part in stats.values())


def _with_total(stats: dict[str, Any], columns: LabelColumns, *, boolean: bool) -> dict[str, Any]:
    """`stats.json` with the statistics of the label columns.

    They have a `count` in every version: LeRobot 0.3.3, which reads v2.0, hands on what is there.
    """
    quantiles = has_quantiles(stats)
    for name in columns.names:
        is_bool = boolean and columns.feature(name)["dtype"] == "bool"
        part = columns.total_statistics(name).of(0, quantiles=quantiles, boolean=is_bool)
        stats = insert(stats, name, part)
    return stats


def _lines_with_statistics(
    source: Dataset, columns: LabelColumns, new_keys: NewKeys
) -> Iterator[str]:
    """A line for each episode."""
    statistics = {name: columns.statistics(name) for name in columns.names}
    for record in statistics_lines(source):
        episode, stats = record["episode_index"], record["stats"]
        for name, part in statistics.items():
            boolean = columns.feature(name)["dtype"] == "bool"
            stats = insert(stats, name, part.of(episode, quantiles=False, boolean=boolean))
        yield json.dumps({**record, "stats": rename_entries(stats, new_keys)}) + "\n"


def episode_statistics(
    schema: pa.Schema, episodes: np.ndarray, columns: LabelColumns
) -> dict[str, pa.Array]:
    """Columns `stats/<column>/…` of a file of `meta/episodes` with this schema and these rows."""
    quantiles = any(name.endswith("/q01") for name in schema.names)
    new = {}
    for column in columns.names:
        statistics = columns.statistics(column)
        for key in (*_KEYS, *(statistics.quantiles if quantiles else ())):
            name = f"stats/{column}/{key}"
            kind = pa.int64() if key == "count" else pa.float64()
            values = _lists_of_one(statistics.column(key)[episodes], kind)
            there = name in schema.names
            new[name] = _cast(values, schema.field(name).type) if there else values
    return new


def statistics_place(schema: pa.Schema) -> str:
    """The column of `meta/episodes` before which new statistics go; empty for the end."""
    after = [name for name in schema.names if name in _AFTER_STATISTICS]
    return after[0] if after else ""


def _cast(values: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Keep the type that the file has, for instance lists of bool for the minimum of a bool."""
    if values.type.equals(wanted) or not hasattr(wanted, "value_type"):
        return values
    flat = values.flatten().cast(wanted.value_type)
    return _lists_of_one(flat.to_numpy(zero_copy_only=False), wanted.value_type)


def _lists_of_one(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    flat = pa.array(values, type=kind)
    offsets = pa.array(np.arange(len(values) + 1, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, flat)
