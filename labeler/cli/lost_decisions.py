"""Decisions that a copy holds and would hold no longer: they are kept beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from labeler.console.output import note
from labeler.console.outputs import labels_beside
from labeler.errors import LabelError
from labeler.labels import EpisodeLabel
from labeler.labels.dialects import read_own
from labeler.storage.copying.preparation import PreparedCopy
from labeler.storage.labels.label_files import keep_label_file
from labeler.storage.program.written_files import remove_written
from labeler.storage.record.copy_record import LABELS, CopyRecord
from labeler.storage.record.transaction import is_unfinished

_Frames = tuple[int, int, int]  # episode of the recording, and which of its frames


@contextmanager
def keeping_lost_decisions(prepared: PreparedCopy) -> Iterator[None]:
    """Keep the label file of a copy beside it if the block takes decisions away, and say so.

    It is kept before the block writes, so that no crash comes between. If the copy stays as it was,
    nothing is left of that.

    Raises:
        StorageError: it cannot be kept.
    """
    place, kept = prepared.destination, _keep(prepared)
    try:
        yield
    except BaseException:
        untouched = kept is not None and not is_unfinished(place)
        if kept and untouched and (place / LABELS).read_bytes() == kept.read_bytes():
            remove_written(kept)
        raise
    if kept is not None:
        note(f"Decisions that are not among the new labels of {place} are kept in {kept}.")


def _keep(prepared: PreparedCopy) -> Path | None:
    inside = prepared.destination / LABELS
    if prepared.previous is None or not inside.is_file():
        return None
    selection = prepared.plan.selection
    frames = [(kept.episode, kept.start, kept.stop) for kept in selection.kept]
    now = dict(zip(frames, selection.labels, strict=True))
    try:
        lost = any(_is_lost(label, now.get(at)) for at, label in _held(inside, prepared.previous))
    except (LabelError, ValueError):  # it cannot be told, so all of it counts
        lost = True
    if not lost:
        return None
    return keep_label_file(inside, datetime.now(UTC), beside=labels_beside(prepared.destination))


def _held(file: Path, record: CopyRecord) -> Iterator[tuple[_Frames, EpisodeLabel]]:
    yield from zip(record.kept, read_own(file), strict=True)


def _is_lost(label: EpisodeLabel, now: EpisodeLabel | None) -> bool:
    """Whether a decision is gone, unless whoever made it has made another one since."""
    if not label.decided or now is None:
        return label.decided
    if (label.state, label.success, label.excluded) == (now.state, now.success, now.excluded):
        return False
    by_the_same = bool(label.author) and label.author == now.author
    later = label.time is not None and now.time is not None and now.time >= label.time
    return not (by_the_same and later)
