"""Journal entries: labels and crops as the label file writes them, and what was done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeler.errors import LabelError
from labeler.labels import Crop, EpisodeLabel
from labeler.labels.collection import check_label
from labeler.labels.document import fields_of

Labels = Mapping[int, EpisodeLabel]
Crops = Mapping[str, Crop]


def entry_of(labels: Labels, what: str, crops: Crops | None = None) -> dict[str, Any]:
    """What the journal keeps of a step: the labels that hold from then on.

    `crops` are those of all cameras, where the step changed them.
    """
    told = {str(episode): fields_of(label) for episode, label in labels.items()}
    drawn = {} if crops is None else {"crops": {key: list(crop) for key, crop in crops.items()}}
    return {"what": what, "labels": told, **drawn}


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


def crops_from(told: Mapping[str, Iterable[int]]) -> dict[str, Crop]:
    """Crops as an entry, or a step that can be undone, writes them.

    Raises:
        AttributeError, TypeError, ValueError: these are none.
    """
    crops = {}
    for key, numbers in told.items():
        top, left, height, width = (int(number) for number in numbers)
        crops[str(key)] = (top, left, height, width)
    return crops


def _crops_of(entry: Mapping[str, Any]) -> dict[str, Crop] | None:
    """The crops that hold from an entry on; None where it did not change them.

    Raises:
        LabelError: there are others than four numbers per camera.
    """
    if "crops" not in entry:
        return None
    try:
        return crops_from(entry["crops"])
    except (AttributeError, TypeError, ValueError) as error:
        raise LabelError(
            "A line of the journal holds no crops.", "It is left out; all other lines count."
        ) from error


@dataclass(frozen=True)
class Replayed:
    """Entries of a journal that fit the dataset, their labels in order, and whether all did.

    `crops` are the last ones; None where no entry changed them.
    """

    entries: tuple[Mapping[str, Any], ...]
    steps: tuple[dict[int, EpisodeLabel], ...]
    crops: Crops | None
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
    crops: Crops | None = None
    complete = True
    for entry in entries:
        try:
            labels, drawn = labels_of(entry, lengths), _crops_of(entry)
        except LabelError:
            complete = False
            continue
        steps.append(labels)
        fitting.append(entry)
        crops = crops if drawn is None else drawn
    return Replayed(tuple(fitting), tuple(steps), crops, complete)
