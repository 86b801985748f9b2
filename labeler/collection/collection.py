"""Recordings opened together, each with its labels and the episodes that are taken of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from labeler.collection.document import CollectionSpec, SourceSpec
from labeler.dataset import Dataset, open_dataset
from labeler.dataset.labels_of import labels_in_dataset, labels_of_file
from labeler.errors import LabelerError
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode_list import episode_numbers


@dataclass(frozen=True)
class Source:
    """One recording of a collection.

    `labels` are those of all its episodes and come from `origin` (a file, or what the recording
    brings along); `chosen` are the episodes that are taken, ascending.
    """

    name: str
    dataset: Dataset
    labels: DatasetLabels
    origin: str
    chosen: tuple[int, ...]
    tags: tuple[str, ...] = ()

    def chosen_labels(self) -> Iterator[tuple[int, EpisodeLabel]]:
        """Every chosen episode with its label."""
        return ((episode, self.labels[episode]) for episode in self.chosen)


@dataclass(frozen=True)
class Collection:
    """Recordings in the order in which a merged dataset has them; `notes` are worth telling."""

    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Source]:
        return iter(self.sources)

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sources."""
        return tuple(source.name for source in self.sources)


@contextmanager
def open_collection(
    spec: CollectionSpec, *, first_frame: int | None = None, first_episode: int | None = None
) -> Iterator[Collection]:
    """Open every recording with its labels; all are closed at the end of the block.

    `first_frame` and `first_episode` are the values of `--frames-from` and `--episodes-from`.

    Raises:
        LabelerError: a recording or its labels cannot be read; the message names the source.
    """
    with ExitStack() as stack:
        notes = list(spec.notes)
        sources = []
        for one in spec.sources:
            with _about(one):
                dataset = stack.enter_context(open_dataset(one.root))
                sources.append(_source(one, dataset, first_frame, first_episode, notes))
        yield Collection(tuple(sources), tuple(notes))


def _source(
    spec: SourceSpec,
    dataset: Dataset,
    first_frame: int | None,
    first_episode: int | None,
    notes: list[str],
) -> Source:
    if spec.labels is None:
        labels, origin = labels_in_dataset(dataset)
    else:
        imported = labels_of_file(
            dataset, spec.labels, first_frame=first_frame, first_episode=first_episode
        )
        labels, origin = imported.labels, str(spec.labels.absolute())
        notes += [f"{spec.name}: {note}" for note in imported.notes]
    every = tuple(range(len(dataset)))
    chosen = every if spec.episodes is None else episode_numbers(spec.episodes, len(dataset))
    return Source(spec.name, dataset, labels, origin, chosen, spec.tags)


@contextmanager
def _about(spec: SourceSpec) -> Iterator[None]:
    """Name the source in an error that does not name its folder or label file."""
    try:
        yield
    except LabelerError as error:
        said = (str(spec.root), str(spec.root.absolute()), str(spec.labels or Path("\0")))
        if any(place in error.message for place in said):
            raise
        raise type(error)(f"Source {spec.name}: {error.message}", *error.cures) from error
