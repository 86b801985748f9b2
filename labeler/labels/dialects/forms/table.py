"""CSV with the header `episode, success_start, env_reset_start`.

Success lasts from `success_start` until just before `env_reset_start`; frames from there on are
left out of training. `nan` or an empty cell means none: no success, or no reset.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from labeler.errors import LabelFileError
from labeler.labels.collection import DatasetLabels
from labeler.labels.dialects.dialect import LabelFileContent, Statement
from labeler.labels.dialects.values import episodes_of, lines_of, parse_number
from labeler.labels.episode import EpisodeLabel, FrameRange, State, without
from labeler.labels.wording import as_text

COLUMNS = ("episode", "success_start", "env_reset_start")
_WHOLE = re.compile(r"([0-9]+)(?:\.0*)?")  # pandas writes 53.0 where a column has gaps
_NONE = ("", "nan", "none", "null")
_DELIMITERS = ",;\t"
_LONGEST_HEADER = 10_000  # characters in which the columns have to be named


def delimiter(header: str) -> str | None:
    """What separates the cells of a header line of this form; None if it is no such line."""
    for candidate in _DELIMITERS:
        if set(COLUMNS[:2]) <= set(_cells(header[:_LONGEST_HEADER].split(candidate))):
            return candidate
    return None


def read(text: str, most: int | None = None) -> LabelFileContent:
    """What a CSV file says of at most so many episodes."""
    rows = _rows(text)
    _, header = next(rows)
    ignored = sorted(set(header) - set(COLUMNS))
    if len(set(header)) != len(header):
        raise LabelFileError("A column appears twice.", "Give every column its own name.")
    entries = episodes_of(_cells_by_episode(header, rows), most)
    statements = tuple(_statement(*entry) for entry in entries)
    notes = (f"Columns ignored: {', '.join(map(as_text, ignored))}.",) if ignored else ()
    return LabelFileContent(statements, notes=notes)


def _cells_by_episode(
    header: list[str], rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Episode and cells by column of every row."""
    for line, row in rows:
        if len(row) != len(header):
            raise LabelFileError(
                f"Line {line} has {len(row)} cells, the header {len(header)}.",
                "Give every line one cell per column.",
            )
        cells = dict(zip(header, row, strict=True))
        yield _episode(cells["episode"], line), cells


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every line that is neither blank nor a comment."""
    separator = None
    for number, line in lines_of(text):
        if line.lstrip().startswith("#"):
            continue
        separator = separator or delimiter(line)
        if separator is None:
            break
        try:
            cells = next(csv.reader(StringIO(line), delimiter=separator, skipinitialspace=True))
        except csv.Error as error:
            raise LabelFileError(f"Line {number} is not CSV: {error}.", "Fix the line.") from error
        yield number, _cells(cells)
    if separator is None:
        raise LabelFileError("The header is missing.", f"Write it as {', '.join(COLUMNS)}.")


def _cells(cells: list[str]) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in cells]


def _episode(cell: str, line: int) -> str:
    found = _WHOLE.fullmatch(cell)
    if not found:
        raise LabelFileError(
            f"Line {line} names the episode {as_text(cell)}.", "Name episodes by whole numbers."
        )
    return found[1]


def _statement(episode: int, place: str, cells: dict[str, str]) -> Statement:
    start = _frame(cells["success_start"], f"{place}: success_start")
    reset = _frame(cells.get("env_reset_start", ""), f"{place}: env_reset_start")
    return Statement(episode, place, () if start is None else ((start, None),), reset=reset)


def _frame(cell: str, what: str) -> int | None:
    if cell in _NONE:
        return None
    found = _WHOLE.fullmatch(cell)
    return parse_number(found[1] if found else cell, what)


def refusal(label: EpisodeLabel) -> str | None:
    """What a line of the table cannot say of this label; None if it says everything."""
    reset = _reset(label)
    if label.state is State.SKIPPED:
        return "a skipped episode"
    if label.excluded and label.state is State.UNLABELED:
        return "excluded frames of an unlabeled episode"
    if label.excluded and label.excluded[0].end != label.length:
        return "excluded frames elsewhere than at the end"
    if label.state is State.SUCCESS:
        left = _episode_ranges(label)
        if not left:
            return "success in excluded frames only"
        if len(left) > 1 or left[0].end != (label.length if reset is None else reset):
            return "success in ranges"
    return None


def _reset(label: EpisodeLabel) -> int | None:
    return label.excluded[0].start if label.excluded else None


def _episode_ranges(label: EpisodeLabel) -> tuple[FrameRange, ...]:
    reset = _reset(label)
    removed = None if reset is None else FrameRange(reset, label.length)
    return label.success if removed is None else without(label.success, removed)


def write(labels: DatasetLabels) -> str:
    """One line per labelled episode."""
    lines = [",".join(COLUMNS)]
    for index, label in labels.touched.items():
        if label.decided:
            start = _episode_ranges(label)[0].start if label.success else "nan"
            reset = _reset(label)
            lines.append(f"{index},{start},{'nan' if reset is None else reset}")
    return "\n".join(lines) + "\n"
