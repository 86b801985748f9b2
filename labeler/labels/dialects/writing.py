"""Writes labels in the form that another tool reads, or refuses by name what it cannot say."""

from collections.abc import Callable
from typing import assert_never

from labeler.errors import InexpressibleError, UsageError
from labeler.labels import document
from labeler.labels.collection import DatasetLabels
from labeler.labels.dialects.dialect import Dialect
from labeler.labels.dialects.forms import cutoffs, ranges, table
from labeler.labels.episode import EpisodeLabel
from labeler.labels.wording import episodes_text

Refusal = Callable[[EpisodeLabel], str | None]
_REFUSALS: dict[Dialect, Refusal] = {
    Dialect.LABELER: lambda label: None,
    Dialect.CUTOFFS: cutoffs.refusal,
    Dialect.RANGES: ranges.refusal,
    Dialect.CSV: table.refusal,
}


def write_labels(
    labels: DatasetLabels, dialect: Dialect, *, dataset_path: str | None = None
) -> str:
    """Text of a label file.

    Unlabeled episodes are left out, except in the form `labeler`. Every other form loses notes,
    flags, origin, author, time and the dataset's identity: they are no labels. CSV says the same
    about every frame, but not whether an excluded frame would be a success. `dataset_path` goes
    into the form `ranges`.

    Raises:
        UsageError: the form can only be read.
        InexpressibleError: the form cannot say what the named episodes say.
    """
    if dialect not in _REFUSALS:
        possible = ", ".join(form.value for form in _REFUSALS)
        raise UsageError(f"Labels cannot be written as {dialect.value}.", f"Use one of {possible}.")
    _refuse(labels, dialect)
    assert dialect is not Dialect.MERGE and dialect is not Dialect.TEXT  # they have no refusal
    match dialect:
        case Dialect.CUTOFFS:
            return cutoffs.write(labels)
        case Dialect.RANGES:
            return ranges.write(labels, dataset_path)
        case Dialect.CSV:
            return table.write(labels)
        case Dialect.LABELER:
            return document.to_text(labels)
    assert_never(dialect)


def inexpressible(labels: DatasetLabels, dialect: Dialect) -> tuple[int, ...]:
    """Episodes whose labels a form that can be written cannot say."""
    refusal = _REFUSALS[dialect]
    return tuple(index for index, label in labels.touched.items() if refusal(label))


def _refuse(labels: DatasetLabels, dialect: Dialect) -> None:
    refusal = _REFUSALS[dialect]
    refused: dict[str, list[int]] = {}
    for index, label in labels.touched.items():
        if reason := refusal(label):
            refused.setdefault(reason, []).append(index)
    if refused:
        what = "; ".join(f"{reason} ({episodes_text(found)})" for reason, found in refused.items())
        raise InexpressibleError(
            f"The format {dialect.value} cannot express: {what}.",
            f"Use {' or '.join(_able(labels))}, or change these labels.",
        )


def _able(labels: DatasetLabels) -> list[str]:
    """The forms that can say everything."""
    return [
        form.value
        for form, refusal in _REFUSALS.items()
        if not any(map(refusal, labels.touched.values()))
    ]
