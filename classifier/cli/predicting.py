"""What `evaluate` and `predict` have in common: a checkpoint, a dataset, a progress bar."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from classifier.checkpoint import LoadedCheckpoint, load_checkpoint
from classifier.probabilities import predictions
from classifier.train.device import choose_device
from labeler.console.output import messages, note
from labeler.dataset import Dataset


def load_on_device(folder: Path, device: str | None) -> LoadedCheckpoint:
    """A checkpoint on its device; what is worth knowing about it is said.

    Raises:
        UsageError: there is none, or the device is not available.
    """
    checkpoint = load_checkpoint(folder.expanduser())
    checkpoint.model.to(choose_device(device))
    for sentence in checkpoint.notes:
        note(sentence)
    return checkpoint


def predict_with_bar(
    checkpoint: LoadedCheckpoint, dataset: Dataset, episodes: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Probabilities by episode, with a bar in frames on a terminal."""
    columns = (TextColumn("Judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    quiet = not messages.is_terminal
    with Progress(*columns, console=messages, transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=int(dataset.lengths[list(episodes)].sum()))
        for episode, probabilities in predictions(checkpoint.model, dataset, episodes):
            bar.advance(task, len(probabilities))
            yield episode, probabilities
