"""By which rule a dataset's quantiles were made of those of its episodes.

LeRobot up to 0.6.1 takes their mean, weighted by frames. After it the least of those up to the
median and the largest of those above it, so that normalised values stay in the range that models
expect (its pull request 3804). Nothing in a dataset names the release, but its numbers tell.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset import Dataset
from labeler.dataset.documents import read_object
from labeler.dataset.layout import Layout
from labeler.parquet.reading import list_values

_LOW, _HIGH = "q01", "q99"


def quantiles_are_bounds(dataset: Dataset, rows: pa.Table | None = None) -> bool:
    """Whether `meta/stats.json` has the least q01 and the largest q99 of the episodes.

    Told from the first feature whose episodes differ; False where none does, or has quantiles.
    `rows` are the statistics of all episodes in `meta/episodes`, if they were read already.
    """
    layout, path = dataset.layout, dataset.root / "meta/stats.json"
    if not layout.episode_files or not path.is_file():
        return False
    for name, total in read_object(path).items():
        if not isinstance(total, dict) or not {_LOW, _HIGH} <= set(total):
            continue
        names = [f"stats/{name}/{key}" for key in (_LOW, _HIGH)]
        low, high = _of_episodes(dataset, layout, names, rows)
        if low is None or high is None:
            continue
        if np.array_equal(low.min(axis=0), low.max(axis=0)):
            continue  # every rule gives the same
        found = [np.ravel(np.asarray(total[key], dtype=np.float64)) for key in (_LOW, _HIGH)]
        bounds = low.min(axis=0), high.max(axis=0)
        return all(
            one.shape == other.shape and np.allclose(one, other, rtol=1e-6, atol=1e-9)
            for one, other in zip(found, bounds, strict=True)
        )
    return False


def _of_episodes(
    dataset: Dataset, layout: Layout, names: list[str], rows: pa.Table | None
) -> list[NDArray[np.float64] | None]:
    """Quantities of every episode, each flat: shape (episodes, values); None where one is not
    there.
    """
    if rows is not None:
        tables = [rows]
    elif all(set(names) <= set(file.schema.names) for file in layout.episode_files):
        tables = [file.rows(dataset.root, names) for file in layout.episode_files]
    else:
        return [None] * len(names)
    return [_flat(tables, name, len(layout.lengths)) for name in names]


def _flat(tables: list[pa.Table], name: str, episodes: int) -> NDArray[np.float64] | None:
    if any(name not in table.column_names or table[name].null_count for table in tables):
        return None
    parts = []
    for table in tables:
        values = table[name].combine_chunks()
        while pa.types.is_list(values.type) or pa.types.is_fixed_size_list(values.type):
            values = list_values(values)
        parts.append(values.to_numpy(zero_copy_only=False).astype(np.float64))
    flat = np.concatenate(parts)
    whole = len(flat) % episodes == 0  # else episodes lack some
    return flat.reshape(episodes, -1) if whole else None
