"""The recordings that a command names: folders with label files, or one collection file."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.errors import DatasetError, UsageError

if TYPE_CHECKING:
    from labeler.collection import Collection, CollectionSpec, SourceSpec

OWN_LABELS = "-"
"""Stands for the labels that a recording brings along."""

Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="SPEC|ROOT...", help="A collection file, a merge file, or folders of recordings."
    ),
]
LabelFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="Label file of a ROOT, once for each in their order; - for its own labels.  "
        "Default: the window's, else its own.",
    ),
]


def open_sources(
    sources: Sequence[Path],
    labels: Sequence[str] | None,
    frames_from: int | None,
    episodes_from: int | None,
) -> "AbstractContextManager[Collection]":
    """Open the recordings that a command names.

    Where no labels are named, those of the window count, then those that a recording brings along.

    Raises:
        UsageError: the arguments do not go together.
        LabelerError: a file or a recording cannot be read.
    """
    from labeler.collection import open_collection

    spec = _spec([path.expanduser() for path in sources], labels or ())
    if not labels:
        spec = replace(spec, sources=tuple(map(_with_labels_of_window, spec.sources)))
    return open_collection(spec, first_frame=frames_from, first_episode=episodes_from)


def _with_labels_of_window(source: "SourceSpec") -> "SourceSpec":
    """The same recording, with the labels made in the window where nobody names any."""
    from labeler.console.window_labels import labels_by_default
    from labeler.dataset import open_dataset

    if source.labels is not None:
        return source
    with suppress(DatasetError), open_dataset(source.root) as dataset:  # said when it is opened
        return replace(source, labels=labels_by_default(dataset))
    return source


def _spec(sources: Sequence[Path], labels: Sequence[str]) -> "CollectionSpec":
    from labeler.collection import CollectionSpec, SourceSpec, read_spec
    from labeler.collection.document import give_names

    files = [path for path in sources if path.is_file()]
    if files and (len(sources) > 1 or labels):
        raise UsageError(
            f"{files[0]} is a file; it already names all sources and their labels.",
            "Give one collection file, or folders only.",
        )
    if files:
        return read_spec(files[0])
    if labels and len(labels) != len(sources):
        raise UsageError(
            f"Recordings: {len(sources)}, --labels: {len(labels)}.",
            "Give --labels once for each recording, in their order; - for its own labels.",
        )
    given = [None if name == OWN_LABELS else Path(name).expanduser() for name in labels]
    pairs = zip(sources, given or [None] * len(sources), strict=True)
    return CollectionSpec(give_names([SourceSpec(root, file) for root, file in pairs]))
