"""Five recordings as one operator makes them over weeks, with their true labels.

By day, at night, failures on purpose, with the camera moved, and once with a gripper camera that
was set to 84×84 by mistake.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from labeler.dataset import Version, open_dataset
from labeler.dataset.labels_of import identity_of
from labeler.demo.motion import closing_on_air, slipping
from labeler.demo.recording import Action, DemoStory, lifting_at, story_of, write_stories
from labeler.demo.robot import robot_config
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.dialects import Dialect, write_labels
from labeler.labels.rewards import from_rewards
from labeler.storage.labels.label_files import write_label_file
from labeler.storage.program.config_files import write_config_file

LENGTH = 40
"""Frames of every episode."""
SPEC = "collection.json"
"""The collection file of all sessions."""
WITHOUT_SMALL = "collection-without-84.json"
"""The same without the session whose images are too small."""
ROBOT = "env.json"
"""The HIL-SERL configuration of the robot."""

_SIZE = (240, 320)


def _air(frame: int) -> Action:
    return lambda place, length: closing_on_air(place, frame, length)


def _slip(frame: int) -> Action:
    return lambda place, length: slipping(place, frame, length)


@dataclass(frozen=True)
class DemoSession:
    """One recording: what happens in its episodes, and how everything looks."""

    name: str
    actions: tuple[Action, ...]
    tags: tuple[str, ...]
    version: Version = Version.V30
    brightness: float = 1.0
    turn: float = 0.0
    gripper: tuple[int, int] = _SIZE

    def stories(self) -> list[DemoStory]:
        """Its episodes; those of two sessions are never the same."""
        first = 100 * (1 + [session.name for session in SESSIONS].index(self.name))
        return [
            story_of(
                first + number,
                action,
                length=LENGTH,
                brightness=self.brightness,
                turn=self.turn,
            )
            for number, action in enumerate(self.actions)
        ]

    def labels(self) -> DatasetLabels:
        """What is to be seen: success in the frames in which the cube is held and lifted."""
        stories = self.stories()
        labels = {
            episode: from_rewards(story.motion().lifted, EpisodeLabel(story.length))
            for episode, story in enumerate(stories)
        }
        return DatasetLabels([story.length for story in stories], labels)


def _lifts(*cutoffs: int) -> tuple[Action, ...]:
    return tuple(map(lifting_at, cutoffs))


SESSIONS = (
    DemoSession("day", _lifts(22, 19, 23), ("day",), version=Version.V21),
    DemoSession("night", _lifts(21, 23, 20), ("night", "lamp"), brightness=0.45),
    DemoSession("negatives", (_air(16), _slip(22), _air(19)), ("day",)),
    DemoSession("angled", _lifts(20, 22), ("day", "moved"), turn=0.5),
    DemoSession("small", _lifts(22, 20), ("day",), gripper=(84, 84)),
)


WriteFile = Callable[[Path, str, Path], None]
"""Writes text to a file; the last argument is the folder of a recording at hand."""


def write_sessions(
    folder: Path,
    on_session: Callable[[str], None] = lambda name: None,
    write: WriteFile = write_label_file,
) -> None:
    """Write every session with its label file, the collection files and the robot's configuration.

    A session, and a configuration, that is there already stays as it is. Label files and
    collection files go through `write`.

    Raises:
        RefusedError: something else is in the place of a session.
        StorageError: the disk or the encoder fails.
    """
    for session in SESSIONS:
        root = folder / session.name
        if not (root / "meta/info.json").is_file():
            write_stories(root, session.stories(), session.version, gripper=session.gripper)
        with open_dataset(root) as dataset:
            labels = session.labels().with_identity(identity_of(dataset))
        text = write_labels(labels, Dialect.LABELER)
        write(folder / f"{session.name}.labels.json", text, root)
        on_session(session.name)
    fitting = [session for session in SESSIONS if session.gripper == _SIZE]
    for name, sessions in ((SPEC, SESSIONS), (WITHOUT_SMALL, fitting)):
        write(folder / name, _collection(sessions), folder / sessions[0].name)
    if not (folder / ROBOT).exists():
        write_config_file(folder / ROBOT, robot_config())


def _collection(sessions: Sequence[DemoSession]) -> str:
    """A collection file; its paths are relative to itself."""
    sources = [
        {"root": one.name, "labels": f"{one.name}.labels.json", "tags": list(one.tags)}
        for one in sessions
    ]
    document = {"format": "labeler-collection", "version": 1, "sources": sources}
    return json.dumps(document, indent=1) + "\n"
