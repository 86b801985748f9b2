"""How the operator wants recordings to become one dataset."""

from dataclasses import dataclass, field
from pathlib import Path

from labeler.collection import Source
from labeler.session.joined import JoinedSession
from labeler.storage.merging import Wishes


@dataclass(frozen=True, slots=True)
class MergeWish:
    """A merged dataset that is wanted.

    left_out: names of recordings that are not taken
    without_absent: recordings that are not open may be missing
    """

    place: Path
    wishes: Wishes = field(default_factory=Wishes)
    left_out: frozenset[str] = frozenset()
    without_absent: bool = False

    def taken(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """The recordings that are taken."""
        return tuple(source for source in sources if source.name not in self.left_out)


def usual_place(session: JoinedSession) -> Path:
    """A folder beside what was opened that is not there yet."""
    first = session.opened_from[0]
    place = first.with_name(f"{first.stem}_merged")
    number = 2
    while place.exists():
        place = first.with_name(f"{first.stem}_merged_{number}")
        number += 1
    return place
