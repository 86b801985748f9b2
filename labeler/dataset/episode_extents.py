"""How many rows each episode of v3.0 has and where they are: what the list of episodes says, and
what the rows say where the list says nothing, or something else.

LeRobot shows the rows that are there whatever `length`, `dataset_from_index` and `data/file_index`
say (0.6.1, datasets/dataset_reader.py, datasets/io_utils.py). Another length is taken only where
two witnesses agree on it: the rows, each episode in one piece, and the indices of the list.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from labeler.dataset.layout import Integers
from labeler.dataset.meta_episodes import FROM, PLACE, TO, MetaEpisodes
from labeler.dataset.row_places import (
    RowPlaces,
    find_rows,
    rows_fit,
    rows_in_order,
    rows_there,
)
from labeler.dataset.templates import PathTemplate
from labeler.errors import DamagedDatasetError
from labeler.labels.wording import episodes_text

Value = TypeVar("Value")

_OF_LENGTH = (
    "LeRobot shows all rows, but its tools that merge, split and delete episodes go by the length."
)
_OF_FIRST = (
    "LeRobot shows single rows, but fails where it needs the borders of episodes, as for "
    "delta_timestamps."
)
_OF_PLACE = "LeRobot reads all files, but fails where it is to open some of the episodes."
_COPY = "Labeler goes by the rows, and a copy gets the right numbers."


@dataclass
class Extents:
    """What holds of the rows of all episodes; every array has shape (episodes,).

    Attributes:
        lengths: frames of every episode.
        firsts: `index` of its first row.
        stated: data files with their episodes by the list; those that were found if it says none.
        found: where the rows are, if that is not where the list says.
        corrections: columns that the list of a copy has to have, and that of the recording lacks.
        oddities: sentences about them.
    """

    lengths: Integers
    firsts: Integers
    stated: Mapping[str, Integers]
    found: RowPlaces | None
    corrections: dict[str, Integers] = field(default_factory=dict)
    oddities: list[str] = field(default_factory=list)

    def correct(self, said: str, means: str, columns: Mapping[str, Integers]) -> None:
        """Note what is odd, what it means to LeRobot, and what a copy gets."""
        self.oddities.append(f"{said} {means} {_COPY}")
        self.corrections |= columns


def find_extents(
    root: Path,
    table: MetaEpisodes,
    declared: Callable[[], dict[str, Integers]],
    template: PathTemplate,
) -> Extents:
    """What holds of the rows; `declared` gives the data files that the list names.

    Raises:
        DamagedDatasetError: the list does not say it, and the rows with it do not, either.
    """
    said, stated = _attempt(table.lengths), _attempt(declared)
    lengths, found = _search(root, table, said, stated)
    extents = Extents(lengths, np.cumsum(lengths) - lengths, {}, found)
    if not isinstance(stated, DamagedDatasetError):
        extents.stated = stated
    elif found is not None:
        extents.stated = found.files
        places = _places(found, template, stated)
        extents.correct(_short(root, stated), _OF_PLACE, dict(zip(PLACE, places, strict=True)))
    if found is not None and not isinstance(stated, DamagedDatasetError):
        extents.oddities += _turned(stated, found.files)
    if lengths is not said:
        extents.correct(_about_lengths(root, said, lengths), _OF_LENGTH, {"length": lengths})
    firsts = _attempt(lambda: table.numbers(FROM))
    if isinstance(firsts, DamagedDatasetError):
        ends = {FROM: extents.firsts, TO: extents.firsts + lengths}
        extents.correct(_short(root, firsts), _OF_FIRST, ends)
    else:
        extents.firsts = firsts
    return extents


def _attempt(read: Callable[[], Value]) -> Value | DamagedDatasetError:
    """What is read, or why it cannot be."""
    try:
        return read()
    except DamagedDatasetError as error:
        return error


def _search(
    root: Path,
    table: MetaEpisodes,
    lengths: Integers | DamagedDatasetError,
    stated: Mapping[str, Integers] | DamagedDatasetError,
) -> tuple[Integers, RowPlaces | None]:
    """The lengths, and where the rows are, unless that is where the list says.

    Rows that do not fit are damage, of which is told later.

    Raises:
        DamagedDatasetError: nothing says how long episodes are, or in which files they are.
    """
    if not isinstance(lengths, DamagedDatasetError) and _as_listed(root, table, lengths, stated):
        return lengths, None
    there = rows_there(root)  # which costs far less than to look for them
    for wanted in _witnesses(table, lengths, there):
        if (found := find_rows(root, wanted, there)) is not None:
            return wanted, found
    if isinstance(lengths, DamagedDatasetError):
        raise lengths
    if isinstance(stated, DamagedDatasetError):
        raise stated
    return lengths, None


def _as_listed(
    root: Path,
    table: MetaEpisodes,
    lengths: Integers,
    stated: Mapping[str, Integers] | DamagedDatasetError,
) -> bool:
    """Whether the rows are where the list says, as far as that can be told at once."""
    if isinstance(stated, DamagedDatasetError) or not rows_fit(root, stated, lengths):
        return False
    return _borders_fit(table, lengths) and rows_in_order(root, stated)


def _witnesses(
    table: MetaEpisodes, lengths: Integers | DamagedDatasetError, there: int
) -> Iterator[Integers]:
    """What the list says of the lengths, in one way and the other; `there` are rows in all."""
    if not isinstance(lengths, DamagedDatasetError):
        yield lengths
    spans = table.spans() if there > 0 else None
    if spans is not None:
        yield spans


def _borders_fit(table: MetaEpisodes, lengths: Integers) -> bool:
    """Whether episodes begin where they would with these lengths, as far as the list says it."""
    firsts = _attempt(lambda: table.numbers(FROM))
    return isinstance(firsts, DamagedDatasetError) or np.array_equal(np.diff(firsts), lengths[:-1])


def _about_lengths(root: Path, said: Integers | DamagedDatasetError, lengths: Integers) -> str:
    if isinstance(said, DamagedDatasetError):
        return _short(root, said)
    wrong = np.flatnonzero(lengths != said).tolist()
    return f"meta/episodes: other lengths than those of the rows, of {episodes_text(wrong)}."


def _turned(stated: Mapping[str, Integers], found: Mapping[str, Integers]) -> Iterator[str]:
    """About files whose episodes stand in another order than in the list."""
    for file, episodes in found.items():
        listed = stated.get(file)
        if listed is None or np.array_equal(listed, episodes):
            continue
        if np.array_equal(np.sort(listed), np.sort(episodes)):
            yield (
                f"{file} has its episodes in another order than meta/episodes. LeRobot shows each "
                "row right, but takes rows of other episodes for delta_timestamps. Labeler goes "
                "by the rows, and a copy keeps their order."
            )


def _short(root: Path, problem: DamagedDatasetError) -> str:
    """The message with paths as the recording has them."""
    return problem.message.replace(f"{root}{os.sep}", "")


def _places(
    found: RowPlaces, template: PathTemplate, problem: DamagedDatasetError
) -> tuple[Integers, Integers]:
    """Folder and number of the data file of every episode.

    Raises:
        DamagedDatasetError: `problem`, where files are called otherwise than the template says.
    """
    numbers = []
    for file in found.files:
        chunk, number = ["0", "0", *re.findall(r"\d+", file)][-2:]
        place = int(chunk), int(number)
        if template.expand(chunk_index=place[0], file_index=place[1]) != file:
            raise problem
        numbers.append(place)
    chunks, files = np.array(numbers, dtype=np.int64).reshape(-1, 2).T
    return chunks[found.file_of], files[found.file_of]
