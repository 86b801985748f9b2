"""Copies of small recordings, as a command would write them."""

from pathlib import Path

from labeler.dataset import open_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import PreparedCopy, prepare
from labeler.storage.record.copy_record import Options


def success_from(cutoff: int, lengths: list[int]) -> DatasetLabels:
    """Success from the same frame on in every episode."""
    labels = {e: with_cutoff(EpisodeLabel(n), cutoff) for e, n in enumerate(lengths)}
    return DatasetLabels(lengths, labels)


def prepared_copy(root: Path, labels: DatasetLabels | None = None, **options) -> PreparedCopy:
    """Everything for a copy beside a recording; the recording stays open."""
    source = open_dataset(root)
    labels = labels or success_from(1, source.lengths.tolist())
    return prepare(source, labels, root.with_name(f"{root.name}_labeled"), Options(**options))


def written_copy(root: Path, labels: DatasetLabels | None = None, **options) -> Path:
    """A copy beside a recording."""
    prepared = prepared_copy(root, labels, **options)
    with prepared.plan.source:
        return write_copy(prepared)
