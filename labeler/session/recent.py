"""The datasets that were labelled last, and the place where each was left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from labeler.labels import State
from labeler.session.any_session import AnySession
from labeler.storage.program.settings_file import (
    DamagedSettingsError,
    read_settings,
    set_aside,
    write_settings,
)

MOST = 20


@dataclass(frozen=True, slots=True)
class Recent:
    """A dataset that was open.

    Attributes:
        root: folder of the dataset; or a collection file.
        labels: the label file; None if it lies at the default place.
        decided: episodes with success or never.
        episodes: all episodes.
        opened: when it was last open, UTC.
        place: the episode that was shown last.
        frame: the frame index that was shown last.
        others: further folders that were open with the first one.
        recordings: how many recordings a collection has; 0 for a single one.
    """

    root: Path
    labels: Path | None
    decided: int
    episodes: int
    opened: datetime
    place: int = 0
    frame: int = 0
    others: tuple[Path, ...] = ()
    recordings: int = 0

    @property
    def places(self) -> tuple[Path, ...]:
        """What opens it again."""
        return (self.root, *self.others)


def recent_file() -> Path:
    """Where the list lies."""
    return user_state_path("labeler", appauthor=False) / "recent.json"


def recent() -> list[Recent]:
    """Datasets that were open, newest first; entries that cannot be read are left out."""
    try:
        content = read_settings(recent_file())
    except DamagedSettingsError:
        return []
    found = [_entry(value) for value in content] if isinstance(content, list) else []
    return sorted((entry for entry in found if entry), key=lambda e: e.opened, reverse=True)[:MOST]


def remember(session: AnySession, episode: int, frame: int) -> None:
    """Put the session's dataset at the head of the list, with the place that is shown.

    Raises:
        StorageError: the list could not be written; the old one is still there.
    """
    counts = session.counts()
    root, *others = session.places
    entry = Recent(
        root=root,
        labels=None if session.by_default else session.file,
        decided=counts[State.SUCCESS] + counts[State.NEVER],
        episodes=len(session.dataset),
        opened=datetime.now(UTC),
        place=episode,
        frame=frame,
        others=tuple(others),
        recordings=0 if session.collection is None else len(session.collection.members),
    )
    _write([entry, *(other for other in recent() if other.places != entry.places)])


def forget(places: Sequence[Path]) -> None:
    """Take a dataset off the list.

    Raises:
        StorageError: the list could not be written; the old one is still there.
    """
    entries = recent()
    left = [entry for entry in entries if entry.places != tuple(places)]
    if len(left) < len(entries):
        _write(left)


def _write(entries: list[Recent]) -> None:
    file = recent_file()
    try:
        read_settings(file)
    except DamagedSettingsError:
        set_aside(file)
    write_settings(file, [_content(entry) for entry in entries[:MOST]])


def _content(entry: Recent) -> dict[str, Any]:
    return {
        "root": str(entry.root),
        "labels": None if entry.labels is None else str(entry.labels),
        "decided": entry.decided,
        "episodes": entry.episodes,
        "opened": entry.opened.isoformat(),
        "place": entry.place,
        "frame": entry.frame,
        "others": [str(folder) for folder in entry.others],
        "recordings": entry.recordings,
    }


def _entry(value: object) -> Recent | None:
    """An entry of the file; None if it is not one."""
    if not isinstance(value, dict):
        return None
    try:
        labels = value.get("labels")
        opened = datetime.fromisoformat(str(value["opened"])).astimezone(UTC)
        numbers = [int(value.get(name, 0)) for name in ("decided", "episodes", "place", "frame")]
        decided, episodes, place, frame = numbers
        others = tuple(Path(str(folder)) for folder in value.get("others", ()))
        recordings = int(value.get("recordings", 0))
        folder = Path(str(value["root"]))
        file = None if labels is None else Path(str(labels))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return Recent(folder, file, decided, episodes, opened, place, frame, others, recordings)
