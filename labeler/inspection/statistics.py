"""Do the statistics a dataset keeps agree with its rows?"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from labeler.dataset import Dataset
from labeler.dataset.documents import read_object, read_objects
from labeler.dataset.statistics import aggregate
from labeler.errors import DamagedDatasetError
from labeler.inspection.oddity import Oddity, Severity
from labeler.inspection.rows import Extent
from labeler.labels.wording import plural

_CURE = "training that normalises with them sees shifted values"


def statistics_on_disk(dataset: Dataset) -> tuple[str, dict[str, Mapping[str, Any]]]:
    """The file and the statistics of the whole dataset that its readers use.

    v2.1 has only those of the episodes; LeRobot aggregates them (0.3.3, compute_stats.py).

    Raises:
        DamagedDatasetError: the file is missing or broken.
    """
    if dataset.info.format.totals_used:
        return "meta/stats.json", read_object(dataset.root / "meta/stats.json")
    file = "meta/episodes_stats.jsonl"
    parts: dict[str, list[Any]] = {}
    for record in read_objects(dataset.root / file):
        stats = record.get("stats")
        for name, part in (stats if isinstance(stats, dict) else {}).items():
            parts.setdefault(name, []).append(part)
    return file, {name: _together(part) for name, part in parts.items()}


def _together(parts: list[Any]) -> Mapping[str, Any]:
    """Statistics of a column over all episodes; empty where those of an episode are unusable."""
    try:
        with np.errstate(all="ignore"):
            arrays = [
                {key: np.asarray(values, dtype=np.float64) for key, values in part.items()}
                for part in parts
            ]
            return aggregate(arrays)
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError):
        return {}


def statistics_oddities(dataset: Dataset, extents: Mapping[str, Extent]) -> Iterator[Oddity]:
    """Statistics that are missing, or that the rows do not bear out."""
    try:
        file, stored = statistics_on_disk(dataset)
    except DamagedDatasetError:
        return  # a missing or broken file is reported with the metadata
    cameras = {camera.key for camera in dataset.cameras}
    for name, feature in dataset.info.features.items():
        known = name in extents or name in cameras
        if known and name not in stored:
            yield Oddity(Severity.WARNING, file, f"{file} has no statistics of {name}.")
        elif (
            name in extents
            and feature.dtype != "string"
            and not _agrees(stored[name], extents[name])
        ):
            yield Oddity(
                Severity.WARNING,
                file,
                f"{file}: statistics of {name} do not agree with the rows; {_CURE}.",
            )


def lacking_episodes(dataset: Dataset) -> Iterator[Oddity]:
    """Episodes of v2.1 without statistics; a file that cannot be read is told elsewhere."""
    if dataset.info.format.episode_statistics != "lines":
        return
    file = "meta/episodes_stats.jsonl"
    try:
        with (dataset.root / file).open("rb") as lines:
            if sum(1 for line in lines if line.strip()) == len(dataset):
                return  # each is about another episode, or the file is told to be damaged
        numbers = [record.get("episode_index") for record in read_objects(dataset.root / file)]
    except (DamagedDatasetError, OSError):
        return
    found = {n for n in numbers if type(n) is int and 0 <= n < len(dataset)}
    if 0 < len(found) < len(dataset):
        yield Oddity(
            Severity.WARNING,
            file,
            f"{file} has statistics of {len(found)} of {plural(len(dataset), 'episode')}; LeRobot "
            "normalises by those alone. A copy gets those of all.",
        )


def _agrees(stored: Mapping[str, Any], extent: Extent) -> bool:
    if extent.total is None or extent.low is None or extent.high is None:
        return True
    span = np.maximum(np.abs(extent.low), np.abs(extent.high)) + 1e-6
    expected = {"mean": extent.total / extent.count, "min": extent.low, "max": extent.high}
    for key, value in expected.items():
        try:
            found = np.asarray(stored[key], dtype=np.float64).ravel()
        except (LookupError, OverflowError, TypeError, ValueError):
            return False
        if found.shape != value.shape:
            return False
        known = np.isfinite(value)
        if not np.all(np.abs(found - value)[known] <= 1e-3 * span[known]):
            return False
    return True
