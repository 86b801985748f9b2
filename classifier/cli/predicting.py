"""What `evaluate` and `predict` have in common: a checkpoint, a dataset, a progress bar."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from classifier.checkpoint import LoadedCheckpoint, load_checkpoint
from classifier.encoder.backbone import RANDOM_NOTE
from classifier.probabilities import predictions
from classifier.train.device import choose_device
from labeler.console.output import note
from labeler.console.progress import ShownProgress
from labeler.contracts.checkpoint import final_checkpoint
from labeler.dataset import Dataset


def load_on_device(folder: Path, device: str | None) -> LoadedCheckpoint:
    """A checkpoint on its device, that of a run's folder; what is worth knowing is said.

    That its encoder is random was said when it was trained.

    Raises:
        UsageError: there is none, or the device is not available.
    """
    checkpoint = load_checkpoint(final_checkpoint(folder.expanduser()))
    checkpoint.model.to(choose_device(device))
    for sentence in checkpoint.notes:
        if sentence != RANDOM_NOTE:
            note(sentence)
    return checkpoint


def predict_with_bar(
    checkpoint: LoadedCheckpoint, dataset: Dataset, episodes: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Probabilities by episode, with a bar in frames on a terminal."""
    text = TextColumn("{task.description}")
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ShownProgress(*columns) as bar:
        task = bar.add_task("Predicting", total=int(dataset.lengths[list(episodes)].sum()))
        for episode, probabilities in predictions(checkpoint.model, dataset, episodes):
            bar.advance(task, len(probabilities))
            yield episode, probabilities
