"""Episodes that two recordings have in common.

Two episodes are the same if every numeric column has the same values in every frame. Numbering,
times, tasks and labels do not count: a copy, a converted or a labelled recording has the same
episodes as its source. Episodes in which nothing ever changes are not compared.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from labeler.collection.collection import Collection, Source
from labeler.dataset import DONE, REWARD, SUCCESS
from labeler.dataset.consistency import FRAME_COLUMNS
from labeler.errors import DamagedDatasetError
from labeler.labels.wording import episodes_text
from labeler.parquet.reading import is_numeric, list_values, schema_of

_NOT_CONTENT = frozenset({*FRAME_COLUMNS, REWARD, DONE, SUCCESS})


@dataclass(frozen=True, slots=True, order=True)
class EpisodePlace:
    """An episode of the recording at a position of the collection."""

    source: int
    episode: int


@dataclass(frozen=True)
class Duplicates:
    """For every chosen episode that an earlier recording has, too, where it was first."""

    first: dict[EpisodePlace, EpisodePlace]

    def sentences(self, collection: Collection) -> list[str]:
        """One sentence per pair of recordings."""
        return [
            f"{again}: {episodes_text(episodes)} {'is' if len(episodes) == 1 else 'are'} in "
            f"{before}, too."
            for again, before, episodes in _by_pair(self.first, collection)
        ]

    def disputes(self, collection: Collection) -> list[str]:
        """One sentence per pair of recordings that label episodes they have in common otherwise."""
        disputed = {
            again: before
            for again, before in self.first.items()
            if _decision(collection, again) != _decision(collection, before)
        }
        return [
            f"{again}: {episodes_text(episodes)} {'has' if len(episodes) == 1 else 'have'} other "
            f"labels than in {before}."
            for again, before, episodes in _by_pair(disputed, collection)
        ]

    def within(self, collection: Collection) -> "Duplicates":
        """Those of which both episodes are chosen in a collection of the same sources."""
        chosen = [frozenset(source.chosen) for source in collection]
        pairs = self.first.items()
        return Duplicates(
            {
                again: before
                for again, before in pairs
                if again.episode in chosen[again.source] and before.episode in chosen[before.source]
            }
        )

    def of(self, source: int) -> frozenset[int]:
        """Episodes of one recording that were there before."""
        return frozenset(place.episode for place in self.first if place.source == source)


def _by_pair(
    first: Mapping[EpisodePlace, EpisodePlace], collection: Collection
) -> Iterator[tuple[str, str, list[int]]]:
    """Names of two recordings, and the episodes of the one that the other has, too."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for again, before in sorted(first.items()):
        pairs.setdefault((again.source, before.source), []).append(again.episode)
    names = collection.names
    for (again_in, before_in), episodes in pairs.items():
        yield names[again_in], names[before_in], episodes


def _decision(collection: Collection, place: EpisodePlace) -> tuple[object, ...]:
    """What a label says of the frames of an episode."""
    label = collection.sources[place.source].labels[place.episode]
    return label.state, label.success, label.excluded


def find_duplicates(
    collection: Collection, on_file: Callable[[], object] = lambda: None
) -> Duplicates:
    """Compare the chosen episodes of all recordings; `on_file` is called before each file is read.

    Raises:
        DamagedDatasetError: rows cannot be read.
    """
    seen: dict[str, EpisodePlace] = {}
    first: dict[EpisodePlace, EpisodePlace] = {}
    shared = _common_columns(collection)
    for number, source in enumerate(collection):
        for episode, digest in _digests(source, shared, on_file):
            place = EpisodePlace(number, episode)
            before = seen.setdefault(digest, place)
            if before.source != number:
                first[place] = before
    return Duplicates(first)


def _common_columns(collection: Collection) -> list[str]:
    """Numeric columns of all recordings; only these can show that episodes are the same."""
    names = [set(_numeric(source)) for source in collection]
    return sorted(set.intersection(*names))


def _numeric(source: Source) -> Iterator[str]:
    dataset = source.dataset
    files = dataset.layout.data_files()
    schema = schema_of(dataset.root / next(iter(files)))
    for column in dataset.columns:
        if column.name in _NOT_CONTENT or column.name not in schema.names:
            continue
        if is_numeric(schema.field(column.name).type):
            yield column.name


def _digests(
    source: Source, columns: list[str], on_file: Callable[[], object]
) -> Iterator[tuple[int, str]]:
    """Every chosen episode, ascending, with the digest of its content."""
    if not columns:
        return
    wanted = frozenset(source.chosen)
    found: dict[int, str] = {}
    for file, episodes in source.dataset.layout.data_files().items():
        if wanted.isdisjoint(episodes.tolist()):
            continue
        on_file()
        table = source.dataset.file_rows(file, columns)
        arrays = [_values(table[name], f"{name} of {source.name}") for name in columns]
        ends = np.cumsum(source.dataset.lengths[episodes])
        for episode, end in zip(episodes.tolist(), ends.tolist(), strict=True):
            if episode in wanted:
                start = end - int(source.dataset.lengths[episode])
                digest = _digest([values[start:end] for values in arrays])
                if digest:
                    found[episode] = digest
    yield from sorted(found.items())


def _digest(parts: list[np.ndarray]) -> str:
    """Digest of the values (n, d) of an episode's columns; empty where nothing changes."""
    if not any(len(values) and (values != values[0]).any() for values in parts):
        return ""
    digest = hashlib.sha256()
    for values in parts:
        digest.update(f"{values.shape}".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def _values(column: pa.ChunkedArray, what: str) -> np.ndarray:
    """Shape (rows, d); float64, so that the same number has the same bytes in every type.

    Raises:
        DamagedDatasetError: they are numbers in some files of the recording only.
    """
    array = column.combine_chunks()
    rows = len(array)
    if array.null_count:
        width = array.type.list_size if pa.types.is_fixed_size_list(array.type) else 1
        gap = [None] * width if width > 1 else None
        found = [gap if value is None else value for value in array.to_pylist()]
        return np.array(found, dtype=np.float64).reshape(rows, -1)
    while pa.types.is_fixed_size_list(array.type):
        array = list_values(array)
    if not is_numeric(array.type):
        raise DamagedDatasetError(
            f"{what} does not hold numbers in every file.",
            "Restore the recording from a backup, or leave it out.",
        )
    values = array.to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(values.reshape(rows, -1 if rows else 1))
