"""Do the statistics that a copy keeps of its label columns agree with the labels?"""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import numpy as np

from labeler.dataset import Dataset
from labeler.dataset.documents import read_object, read_objects
from labeler.dataset.templates import list_files
from labeler.labels.wording import episodes_text
from labeler.parquet.reading import list_values, read_table
from labeler.storage.record.label_columns import LabelColumns

_KEYS = ("min", "max", "mean", "std", "count")
_TOLERANCE = 1e-6


def statistics_differences(copy: Dataset, columns: LabelColumns) -> Iterator[str]:
    """Sentences about statistics of the written columns that are missing or wrong."""
    stats = copy.root / "meta/stats.json"
    if stats.is_file():
        document = read_object(stats)
        for name in columns.names:
            expected = columns.total_statistics(name).of(0, quantiles=False)
            yield from _compare("meta/stats.json", name, document.get(name), expected)
    match copy.info.format.episode_statistics:
        case "lines":
            yield from _lines(copy, columns)
        case "tables":
            yield from _tables(copy, columns)
        case "nowhere":
            pass
        case other:
            assert_never(other)


def _lines(copy: Dataset, columns: LabelColumns) -> Iterator[str]:
    statistics = {name: columns.statistics(name) for name in columns.names}
    lacking = set(range(len(copy)))
    for record in read_objects(copy.root / "meta/episodes_stats.jsonl"):
        episode, stats = record.get("episode_index"), record.get("stats")
        if type(episode) is not int or not 0 <= episode < len(copy) or not isinstance(stats, dict):
            yield "meta/episodes_stats.jsonl: a line lacks its episode or its statistics."
            continue
        lacking.discard(episode)
        for name, part in statistics.items():
            where = f"meta/episodes_stats.jsonl, episode {episode}"
            expected = part.of(episode, quantiles=False)
            yield from _compare(where, name, stats.get(name), expected)
    if lacking:
        yield f"meta/episodes_stats.jsonl: statistics of {episodes_text(lacking)} are missing."


def _tables(copy: Dataset, columns: LabelColumns) -> Iterator[str]:
    for file in list_files(copy.root, "meta/episodes"):
        names = [f"stats/{name}/{key}" for name in columns.names for key in _KEYS]
        table = read_table(copy.root / file, ["episode_index", *names])
        if missing := [name for name in names if name not in table.column_names]:
            yield f"{file} has no column {missing[0]}."
            continue
        episodes = table["episode_index"].to_numpy()
        for name in columns.names:
            statistics = columns.statistics(name)
            for key in _KEYS:
                column = table[f"stats/{name}/{key}"]
                found = list_values(column.combine_chunks()).to_numpy(zero_copy_only=False)
                expected = statistics.column(key)[episodes]
                same = found.shape == expected.shape and np.allclose(
                    found.astype(float), expected, atol=_TOLERANCE
                )
                if not same:
                    yield f"{file}: stats/{name}/{key} is not that of the labels."


def _compare(
    where: str,
    name: str,
    found: object,
    expected: Mapping[str, list[Any]],
) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{where}: statistics of {name} are missing."
        return
    for key, value in expected.items():
        if key == "count" and key not in found:
            continue  # v2.0 keeps none
        try:
            same = np.allclose(np.asarray(found[key], dtype=float), value, atol=_TOLERANCE)
        except (KeyError, TypeError, ValueError):
            same = False
        if not same:
            yield f"{where}: {key} of {name} is not that of the labels."
