"""Reading the label file that a command names."""

from pathlib import Path

from labeler.console.output import note
from labeler.dataset import Dataset
from labeler.labels import DatasetLabels
from labeler.labels.dialects import read_labels


def read_for(
    dataset: Dataset, file: Path, frames_from: int | None, episodes_from: int | None
) -> DatasetLabels:
    """Labels of a file for a dataset; what is worth knowing about the file is said."""
    imported = read_labels(
        file, dataset.lengths.tolist(), first_frame=frames_from, first_episode=episodes_from
    )
    for sentence in imported.notes:
        note(sentence)
    return imported.labels
