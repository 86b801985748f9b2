"""What a way of breaking a recording is, and the list of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

VERSIONS = ("v2.0", "v2.1", "v3.0")
V2 = ("v2.0", "v2.1")
V3 = ("v3.0",)


class Found(Enum):
    """What has to become of a broken recording."""

    REFUSED = "every command refuses to open it"
    ERROR = "inspect reports it and ends with 3; apply refuses"
    REPORTED = "inspect reports it; apply makes a copy that check accepts"
    FINE = "nothing is odd about it; apply makes a copy that check accepts"


@dataclass(frozen=True)
class Breakage:
    """One way to break a good recording.

    `damage` gets the root of a good recording and may return another folder that takes its place
    on the command line. `says` has to be among the words of `labeler inspect`; where `quick` is
    false it takes the rows or the videos to notice.
    """

    name: str
    damage: Callable[[Path], Path | None]
    found: Found
    says: str
    versions: tuple[str, ...] = VERSIONS
    quick: bool = False


ALL: dict[str, Breakage] = {}


def breakage(
    found: Found,
    says: str,
    *,
    versions: tuple[str, ...] = VERSIONS,
    quick: bool = False,
    name: str = "",
) -> Callable[[Callable[[Path], Path | None]], Callable[[Path], Path | None]]:
    """Enter a function under its name into the list."""

    def enter(damage):
        key = (name or damage.__name__).replace("_", " ")
        assert key not in ALL, key
        sees = quick or found is Found.REFUSED
        ALL[key] = Breakage(key, damage, found, says, versions, sees)
        return damage

    return enter
