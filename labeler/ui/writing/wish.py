"""Where a copy shall be written, and how."""

from dataclasses import dataclass
from pathlib import Path

from labeler.storage.record.copy_record import Options

_USUAL = Options()


@dataclass(frozen=True, slots=True)
class Wish:
    """A copy that the operator wants; `accept_changed`: although the recording has changed."""

    place: Path
    options: Options = _USUAL
    accept_changed: bool = False


def place_of(text: str, source: Path) -> Path:
    """A folder that was typed; a bare name lies beside the recording."""
    return source.parent / Path(text.strip()).expanduser()
