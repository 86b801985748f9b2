"""Merge: `{"output_repo_id": "name/dataset", "sources": ["grasp_positive", "grasp_negative"]}`.

The sources are label files of ranges in the same folder. The merged dataset numbers the episodes of
one source after those of the other, so every source has to name all of its episodes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from labeler.cures import CountFrom
from labeler.errors import AmbiguousLabelsError, LabelError, LabelFileError
from labeler.labels.dialects.detect import DetectedForm
from labeler.labels.dialects.dialect import Dialect, LabelFileContent, Statement
from labeler.labels.dialects.forms import cutoffs, ranges
from labeler.labels.wording import as_text, plural

_FIELDS = ("output_repo_id", "sources")
_FORM = 'Write {"output_repo_id": "name/dataset", "sources": ["file", ...]}.'


def read(
    content: Mapping[object, object],
    folder: Path,
    load: Callable[[Path], DetectedForm],
    episodes: int,
    first_episode: int | None = None,
) -> LabelFileContent:
    """What the sources in `folder` say about a merged dataset of so many episodes.

    Raises:
        AmbiguousLabelsError: a source does not name its episodes 0 to n-1 in that order.
        LabelFileError: a source is missing, broken, or no file of ranges.
        LabelError: the sources together have another number of episodes.
    """
    statements: list[Statement] = []
    notes = [f"The labels are for the merged dataset {as_text(content.get('output_repo_id'))}."]
    for name in source_names(content):
        own = _renumber(_statements(name, folder, load), name, len(statements), first_episode)
        notes.append(f"{name}: {plural(len(own), 'episode')}, from {len(statements)} on.")
        statements.extend(own)
    if len(statements) != episodes:
        raise LabelError(
            f"The sources name {plural(len(statements), 'episode')}, the dataset has {episodes}.",
            "Give the dataset merged from exactly these sources, or the label file of one source.",
        )
    return LabelFileContent(tuple(statements), mixed=True, notes=tuple(notes))


def source_names(content: Mapping[object, object]) -> list[str]:
    """Names of the label files that a merge puts together, in order.

    Raises:
        LabelFileError: a field is unknown, or the names are none, no file names or repeated.
    """
    unknown = [key for key in content if key not in _FIELDS]
    names = content.get("sources")
    if unknown:
        raise LabelFileError(f"{as_text(unknown[0])} is not a known field of a merge.", _FORM)
    if not isinstance(names, list | tuple) or not names:
        raise LabelFileError("The merge names no sources.", _FORM)
    result: list[str] = []
    for name in names:
        if not isinstance(name, str) or not _is_file_name(name):
            raise LabelFileError(f"The source {as_text(name)} is not a file name.", _FORM)
        if name in result:
            raise LabelFileError(f"The source {as_text(name)} appears twice.", "Remove one.")
        result.append(name)
    return result


def source_file(folder: Path, name: str) -> Path:
    """The label file that a merge in `folder` means by a name."""
    return folder / (name if name.endswith(".json") else f"{name}.json")


def _is_file_name(name: str) -> bool:
    """Whether a name stays in its folder, on any platform."""
    plain = name.isprintable() and "\\" not in name  # a lone surrogate is not printable
    return plain and Path(name).name == name and name not in ("", "..")


def _statements(
    name: str, folder: Path, load: Callable[[Path], DetectedForm]
) -> Sequence[Statement]:
    try:
        found = load(source_file(folder, name))
        if found.dialect is Dialect.RANGES:
            return ranges.read(found.mapping).statements
        if found.dialect is Dialect.CUTOFFS:
            return cutoffs.read(found.mapping).statements
    except LabelError as error:
        raise type(error)(f"Source {name}: {error.message}", *error.cures) from error
    raise LabelFileError(
        f"Source {name} has the format {found.dialect.value}.", "Name files of ranges or cutoffs."
    )


def _renumber(
    statements: Sequence[Statement], name: str, offset: int, first_episode: int | None
) -> list[Statement]:
    """The same statements, with the numbers that the merge gives the episodes."""
    base = first_episode or 0
    numbers = [statement.episode for statement in statements]
    if numbers != list(range(base, base + len(numbers))):
        raise _unclear(numbers, name, base)
    return [
        replace(
            statement,
            episode=base + offset + position,
            place=f"{statement.place} of {name}",
        )
        for position, statement in enumerate(statements)
    ]


def _unclear(numbers: list[int], name: str, base: int) -> LabelError:
    count = len(numbers)
    if base == 0 and numbers == list(range(1, count + 1)):
        return AmbiguousLabelsError(
            f"Source {name} names episodes 1 to {count}; it may count them from 1.",
            CountFrom("episodes", 1, "otherwise add its episode 0."),
        )
    odd = next((n for place, n in enumerate(numbers, base) if n != place), numbers[0])
    return AmbiguousLabelsError(
        f"Source {name} does not name its episodes from {base} on without a gap and in order "
        f"(see episode {odd}), so their numbers in the merged dataset are unclear.",
        "Give it one entry per episode, in order, with null for those that never succeed.",
    )
