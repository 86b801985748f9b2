"""What a copy on disk says about the episodes of its recording, to compare it with labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from labeler.dataset import Dataset
from labeler.dataset.documents import read_text
from labeler.errors import LabelerError, LabelError
from labeler.labels import Crop, DatasetLabels, EpisodeLabel
from labeler.labels.document import from_text
from labeler.storage.record.camera_keys import rename_entries
from labeler.storage.record.copy_record import LABELS, CopyRecord, Options, is_copy, read_record
from labeler.storage.record.selection import Kept, Unlabeled, part_to_write
from labeler.storage.record.transaction import pending

_SAID = ("state", "success", "excluded")


@dataclass(frozen=True)
class Copied:
    """A copy of a recording with labels.

    Attributes:
        place: folder of the copy.
        options: how it was made.
        parts: per episode of the recording, the frames and the label that are in the copy.
        crops: those in the copy, by its camera keys.
        interrupted: whether a change of it was interrupted, so that it holds neither yet.
    """

    place: Path
    options: Options
    parts: dict[int, tuple[Kept, EpisodeLabel]]
    crops: Mapping[str, Crop]
    interrupted: bool = False

    def behind(self, episodes: Iterable[int], labels: DatasetLabels) -> set[int]:
        """Those of `episodes` of which the copy says something else than `labels`."""
        return {episode for episode in episodes if not self.holds(episode, labels[episode])}

    def holds_crops(self, crops: Mapping[str, Crop]) -> bool:
        """Whether the copy has the crops that were drawn for the recording."""
        return rename_entries(crops, self.options.camera_keys) == dict(self.crops)

    def holds(self, episode: int, label: EpisodeLabel) -> bool:
        """Whether the copy says of an episode what a label says."""
        there = self.parts.get(episode)
        if not label.decided and self.options.unlabeled is Unlabeled.REFUSE:
            return False
        try:
            wanted = part_to_write(episode, label, self.options.unlabeled, trim=self.options.trim)
        except LabelError:  # nothing would be left of it
            return False
        if there is None or wanted is None:
            return there is wanted
        same = all(getattr(there[1], name) == getattr(wanted[1], name) for name in _SAID)
        return there[0] == wanted[0] and same


def find_copy(place: Path, source: Dataset) -> Copied | None:
    """The copy of `source` at a place; None where there is none, or one of another recording."""
    try:
        if not is_copy(place):
            return None
        record = read_record(place)
        if Path(record.source.path) != source.root:
            return None
        return read_copy(place, record)
    except (LabelerError, OSError):
        return None


def read_copy(place: Path, record: CopyRecord) -> Copied:
    """What the copy at `place` with this record says.

    Raises:
        LabelError: its labels cannot be understood.
        DatasetError: they cannot be read.
    """
    kept = record.selection()
    labels = from_text(read_text(place / LABELS), lengths=[len(part) for part in kept])
    parts = {part.episode: (part, labels[index]) for index, part in enumerate(kept)}
    return Copied(place, record.options, parts, labels.crops, pending(place))
