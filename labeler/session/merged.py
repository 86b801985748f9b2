"""The dataset that a collection was merged into, and how it stands to the labels."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from labeler.collection import Source
from labeler.dataset.documents import read_text
from labeler.errors import CheckFailedError, LabelerError
from labeler.labels import EpisodeLabel
from labeler.labels.document import from_text
from labeler.storage.record.copy_record import LABELS
from labeler.storage.record.merge_record import MERGE_RECORD, MergeRecord, is_merge, read_any_record
from labeler.storage.record.selection import Unlabeled


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged dataset: when it was written, and how many decisions it does not hold."""

    place: Path
    written_at: str
    behind: int


def find_merged(folder: Path, sources: Iterable[Source]) -> Merged | None:
    """The newest dataset in a folder that was merged of these recordings, or some; else None."""
    wanted = {source.name: source for source in sources}
    roots = {str(source.dataset.root) for source in wanted.values()}
    found: list[tuple[str, Path, MergeRecord]] = []
    for place in folder.iterdir() if folder.is_dir() else ():
        record = _record(place)
        if record is not None and {source.path for source in record.sources} <= roots:
            found.append((record.written_at, place, record))
    if not found:
        return None
    written_at, place, record = max(found, key=lambda one: (one[0], _file_time(one[1])))
    return Merged(place, written_at, _behind(place, record, wanted))


def _file_time(place: Path) -> int:
    """When its record was written, in ns: the record itself counts in seconds."""
    with suppress(OSError):
        return (place / MERGE_RECORD).stat().st_mtime_ns
    return 0


def _record(place: Path) -> MergeRecord | None:
    if not is_merge(place):
        return None
    try:
        record = read_any_record(place)
    except CheckFailedError:
        return None
    return record if isinstance(record, MergeRecord) else None


def _behind(place: Path, record: MergeRecord, sources: dict[str, Source]) -> int:
    """Decided episodes of its recordings whose label is another there, or that are not there."""
    taken = {source.name for source in record.sources}
    sources = {name: source for name, source in sources.items() if name in taken}
    lengths = [stop - start for _, _, start, stop, _ in record.episodes]
    try:
        written = from_text(read_text(place / LABELS), lengths=lengths)
    except LabelerError:
        return sum(label.decided for source in sources.values() for _, label in _of(source))
    there = {(name, own): i for i, (name, own, _, _, _) in enumerate(record.episodes)}
    count = 0
    for name, source in sources.items():
        for own, label in _of(source):
            number = there.get((name, own))
            if number is None:
                count += label.decided
            elif label.length == written[number].length:  # of a cut one it cannot be told
                count += _differs(label, written[number], record)
    return count


def _of(source: Source) -> Iterable[tuple[int, EpisodeLabel]]:
    return source.chosen_labels()


def _differs(label: EpisodeLabel, written: EpisodeLabel, record: MergeRecord) -> bool:
    """Whether something was decided since; what was written as failure unasked is no decision."""
    if not label.decided and record.options.unlabeled is Unlabeled.ZERO:
        return False
    return _decision_of(label) != _decision_of(written)


def _decision_of(label: EpisodeLabel) -> tuple[object, ...]:
    return (label.decided, label.success, label.excluded)
