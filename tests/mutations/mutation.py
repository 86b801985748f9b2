"""What a mutation of a recording is, and the list of all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

V2, V3 = "v2.1-video", "v3.0-061-video"
BOTH = (V2, V3)
EITHER = ("v2.1 and v3.0 in turns",)
"""For what both formats have alike: the next one takes the other recording."""
LEROBOT_TOLERANCE = 1e-4

Change = Callable[[Path], Path | None]


@dataclass(frozen=True)
class Mutation:
    """One thing that is different in a recording of tests/recordings.

    change: gets the root of a copy and may return another folder that takes its place
    base: name of the recording
    odd: a warning is due although LeRobot reads it right
    free: columns whose values are changed on purpose
    kept: (episode, frame) of every row that is left, of the recording; None means all
    tolerance_s: what LeRobot is told
    """

    name: str
    base: str
    change: Change
    odd: bool = False
    free: frozenset[str] = frozenset()
    kept: Callable[[int, int], bool] | None = None
    tolerance_s: float = LEROBOT_TOLERANCE

    @property
    def key(self) -> str:
        """Name that no other mutation has."""
        return f"{self.base}: {self.name}"


ALL: dict[str, Mutation] = {}
_TURNS = cycle([(V2,), (V3,)])


def _turn() -> Iterable[str]:
    return next(_TURNS)


def add(
    name: str,
    change: Change,
    bases: Iterable[str] = BOTH,
    *,
    odd: bool = False,
    free: Iterable[str] = (),
    kept: Callable[[int, int], bool] | None = None,
    tolerance_s: float = LEROBOT_TOLERANCE,
) -> None:
    """Enter a mutation into the list, once per recording."""
    for base in _turn() if bases is EITHER else bases:
        entry = Mutation(name, base, change, odd, frozenset(free), kept, tolerance_s)
        assert entry.key not in ALL, entry.key
        ALL[entry.key] = entry


def mutation(
    name: str, *bases: str, odd: bool = False, free: Iterable[str] = ()
) -> Callable[[Change], Change]:
    """The same as a decorator; no bases mean v2.1 and v3.0."""

    def enter(change: Change) -> Change:
        add(name, change, bases or BOTH, odd=odd, free=free)
        return change

    return enter
