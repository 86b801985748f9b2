"""Journal entries: labels as the label file writes them, and what was done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeler.errors import LabelError
from labeler.labels import EpisodeLabel
from labeler.labels.collection import check_label
from labeler.labels.document import fields_of

Labels = Mapping[int, EpisodeLabel]


def entry_of(labels: Labels, what: str) -> dict[str, Any]:
    """What the journal keeps of a step: the labels that hold from then on."""
    told = {str(episode): fields_of(label) for episode, label in labels.items()}
    return {"what": what, "labels": told}


def labels_of(entry: Mapping[str, Any], lengths: NDArray[np.int64]) -> dict[int, EpisodeLabel]:
    """The labels of a journal entry, for a dataset with `lengths[i]` frames in episode i.

    Raises:
        LabelError: it is no entry, or its labels do not fit the dataset.
    """
    from labeler.labels.document_reader import label_from  # pydantic only where it is needed

    told = entry.get("labels")
    if not isinstance(told, dict) or not all(key.isdecimal() for key in told):
        raise LabelError(
            "A line of the journal holds no labels.", "It is left out; all other lines count."
        )
    labels = {int(key): label_from(key, fields) for key, fields in told.items()}
    for episode, label in labels.items():
        check_label(lengths, episode, label)  # type: ignore[arg-type]
    return labels


@dataclass(frozen=True)
class Replayed:
    """Entries of a journal that fit the dataset, their labels in order, and whether all did."""

    entries: tuple[Mapping[str, Any], ...]
    steps: tuple[dict[int, EpisodeLabel], ...]
    complete: bool

    @property
    def last(self) -> dict[int, EpisodeLabel]:
        """The labels that hold in the end."""
        return {episode: label for step in self.steps for episode, label in step.items()}

    def new(self, labels: Labels) -> int:
        """How many entries touch an episode about which `labels` says something else."""
        fresh = {
            episode
            for episode, label in self.last.items()
            if labels.get(episode, EpisodeLabel(label.length)) != label
        }
        return sum(1 for step in self.steps if fresh & set(step))


def replay(entries: Iterable[Mapping[str, Any]], lengths: NDArray[np.int64]) -> Replayed:
    """What the entries of a journal come to in a dataset with `lengths[i]` frames in episode i."""
    fitting, steps = [], []
    complete = True
    for entry in entries:
        try:
            steps.append(labels_of(entry, lengths))
            fitting.append(entry)
        except LabelError:
            complete = False
    return Replayed(tuple(fitting), tuple(steps), complete)
