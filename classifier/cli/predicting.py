"""What `evaluate` and `predict` have in common: a checkpoint, a dataset, a progress bar."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from classifier.checkpoint import LoadedCheckpoint, load_checkpoint
from classifier.cluster import (
    PredictionWork,
    open_cluster,
    predictions_on,
    require_checkpoint,
    require_nodes,
    state_of,
    weights_digest,
)
from classifier.data import gate_columns
from classifier.encoder.backbone import RANDOM_NOTE
from classifier.probabilities import DistanceWatcher, predictions, require_cameras
from classifier.train.device import choose_device
from labeler.console.interrupts import repeat_interrupt
from labeler.console.output import note
from labeler.console.progress import ShownProgress
from labeler.contracts.checkpoint import Contract, final_checkpoint, weights_folder
from labeler.dataset import Dataset
from labeler.errors import UsageError


def load_on_device(folder: Path, device: str | None) -> LoadedCheckpoint:
    """A checkpoint on its device, that of a run's folder; what is worth knowing is said.

    That its encoder is random was said when it was trained.

    Raises:
        UsageError: there is none, or the device is not available.
    """
    repeat_interrupt()
    checkpoint = load_checkpoint(final_checkpoint(folder.expanduser()))
    checkpoint.model.to(choose_device(device))
    for sentence in checkpoint.notes:
        if sentence != RANDOM_NOTE:
            note(sentence)
    return checkpoint


def rule_notes(
    contract: Contract | None, dataset: Dataset, episodes: Sequence[int] | None = None
) -> list[str]:
    """What is to be said where a checkpoint's rule means something else in a recording.

    `episodes` are those that are decided, all by default.
    """
    if contract is None or contract.rule is None or not contract.rule.hold:
        return []
    rule, fps = contract.rule, dataset.fps
    hold, notes = rule.hold_frames(fps), []
    if contract.rule_fps not in (None, fps):
        notes.append(
            f"This recording has {fps:g} frames per second; the rule was chosen at "
            f"{contract.rule_fps:g}, where its {rule.hold:g} s were "
            f"{rule.hold_frames(contract.rule_fps)} frames. Here they are {hold}."
        )
    lengths = dataset.lengths if episodes is None else dataset.lengths[list(episodes)]
    if short := int((lengths < hold).sum()):
        notes.append(
            f"{short} of {len(lengths)} episodes have fewer frames than the {hold} for which the "
            "probability has to stay high, so no success is decided in them."
        )
    return notes


def require_states(contract: Contract | None, dataset: Dataset) -> None:
    """Refuse, before any frame is decoded, a recording that lacks what a rule's gates compare.

    Raises:
        UsageError: it lacks a column or an entry of one.
    """
    if contract is None or contract.rule is None or not contract.rule.gates:
        return
    first = np.zeros(1, np.int64)
    try:
        gate_columns(dataset, contract.rule.gates, first, first)
    except UsageError as error:
        raise UsageError(
            error.message,
            f"The checkpoint decides while {' and '.join(g.text for g in contract.rule.gates)}: "
            "give a recording with that, or a checkpoint without the gate.",
        ) from error


class Predict(Protocol):
    """Probabilities of episodes of a dataset, in the order given."""

    def __call__(
        self, episodes: Sequence[int], watcher: DistanceWatcher | None
    ) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """As `classifier.probabilities.predictions`."""


@contextmanager
def open_place(
    place: str, folder: Path, checkpoint: LoadedCheckpoint, dataset: Dataset, device: str | None
) -> Iterator[Predict]:
    """Who predicts, as `open_cluster` takes it; `folder` is that of the checkpoint or its run.

    Raises:
        UsageError: `place` names no place, or the dataset lacks a camera or what a gate compares.
        ClusterError: the cluster does not answer, or a node lacks something.
    """
    model = checkpoint.model
    require_states(checkpoint.contract, dataset)
    with open_cluster(place) as cluster:
        if cluster is None:
            yield partial(predictions, model, dataset)
            return
        require_cameras(model, dataset)
        weights = weights_folder(final_checkpoint(folder.expanduser().absolute()))
        work = PredictionWork(
            dataset.address,
            state_of(dataset),
            weights,
            weights_digest(weights),
            partial(choose_device, device),
        )
        nodes = require_nodes(cluster, partial(require_checkpoint, work), say=note)
        note(nodes.sentence(place, "predicted"))
        keys = [camera.key for camera in model.cameras]
        yield partial(predictions_on, cluster, work, dataset, keys)


@dataclass(frozen=True, eq=False)
class Predicted:
    """What a classifier says of an episode's frames.

    probabilities: float64 (frames,)
    distances: how far each is from the training, as `TrainingLikeness.of_frames`, float64
        (frames,); None where the checkpoint does not say
    """

    episode: int
    probabilities: NDArray[np.float64]
    distances: NDArray[np.float64] | None


def predict_with_bar(
    predict: Predict, checkpoint: LoadedCheckpoint, dataset: Dataset, episodes: Sequence[int]
) -> Iterator[Predicted]:
    """Predictions by episode, with a bar in frames on a terminal.

    At the end it is said if the images differ from those of the training.
    """
    likeness = checkpoint.likeness
    watcher = None if likeness is None else DistanceWatcher(likeness)
    text = TextColumn("{task.description}")
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ShownProgress(*columns) as bar:
        task = bar.add_task("Predicting", total=int(dataset.lengths[list(episodes)].sum()))
        for episode, probabilities in predict(episodes, watcher):
            bar.advance(task, len(probabilities))
            away = None if watcher is None else watcher.of_frames
            yield Predicted(episode, probabilities, away)
    if watcher is not None and watcher.sentence:
        note(watcher.sentence)
