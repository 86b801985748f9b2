"""In which order the images around a place are made."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

NEAR = 32  # frames around the place that are made before anything else and kept longest
_AGAINST = 3  # a frame behind the direction of travel counts as that many times as far
_FIRST_CHUNK, _LARGEST_CHUNK = 2, 64
_BEFORE = 8  # frames before the place that come with it, whatever the direction


class Rank(IntEnum):
    """How urgent an image is; smaller is more so."""

    PLACE = 0
    NEAR = 1
    OPENING = 2  # the first frame of an episode that comes next
    REST = 3
    PLANNED = 4


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """The frame now shown: in which cameras, and whether the user moves on (1), back (-1)."""

    episode: int
    frame: int
    cameras: tuple[str, ...]
    direction: int = 0

    def distance(self, frame: int) -> int:
        """How far a frame of the same episode lies, longer against the direction of travel."""
        return abs(frame - self.frame) * (_AGAINST if self.against(frame) else 1)

    def against(self, frame: int) -> bool:
        """Whether a frame lies behind, seen in the direction of travel."""
        return (frame - self.frame) * self.direction < 0


@dataclass(frozen=True, slots=True)
class Job:
    """An image to decode.

    back: it lies before the place, or in another episode
    since: of the frames decoded on the way, those before this one may be left out
    """

    rank: Rank
    episode: int
    frame: int
    back: bool = False
    since: int = 0


def agenda(
    place: ShownPlace | None, planned: Sequence[int], frames: Callable[[int], int]
) -> Iterator[Job]:
    """What to make for one camera, most urgent first.

    `planned` are the episodes that come next; `frames` tells of an episode how many frames to
    look at, 0 if all of them are there. It is asked when the episode's turn comes. Frames lie in
    short runs forward, since decoders only go forward.
    """
    runs: list[range] = []
    if place is not None:
        since = 0 if place.direction < 0 else max(place.frame - _BEFORE, 0)
        yield Job(Rank.PLACE, place.episode, place.frame, since=since)
        runs = _runs(place, frames(place.episode))
        near = [run for run in runs if _distance(place, run) <= NEAR]
        yield from _jobs(Rank.NEAR, place, near)
        runs = runs[len(near) :]
    for episode in planned:
        yield Job(Rank.OPENING, episode, 0, back=True)
    if place is not None:
        yield from _jobs(Rank.REST, place, runs)
    for episode in planned:
        for frame in range(frames(episode)):
            yield Job(Rank.PLANNED, episode, frame, back=True)


def _jobs(rank: Rank, place: ShownPlace, runs: Sequence[range]) -> Iterator[Job]:
    for run in runs:
        for frame in run:
            yield Job(rank, place.episode, frame, back=frame < place.frame)


def _runs(place: ShownPlace, length: int) -> list[range]:
    """The other frames of an episode of that many, nearest run first."""
    runs: list[range] = []
    if not length:
        return runs
    start, size = place.frame + 1, _FIRST_CHUNK
    while start < length:
        runs.append(range(start, min(start + size, length)))
        start, size = start + size, min(size * 2, _LARGEST_CHUNK)
    stop, size = place.frame, _FIRST_CHUNK
    while stop > 0:
        runs.append(range(max(stop - size, 0), stop))
        stop, size = stop - size, min(size * 2, _LARGEST_CHUNK)
    return sorted(runs, key=lambda run: (_distance(place, run), place.against(run[0])))


def _distance(place: ShownPlace, run: range) -> int:
    return min(place.distance(run[0]), place.distance(run[-1]))
