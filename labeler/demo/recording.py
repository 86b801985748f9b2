"""The demo recording: thirteen episodes of an arm that picks up a cube, with their true labels."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeler.demo.arm import JOINT_NAMES, joint_positions
from labeler.demo.motion import (
    Motion,
    Place,
    closing_on_air,
    lifting,
    losing_and_regaining,
    slipping,
)
from labeler.demo.scene import (
    FRONT_SIZE,
    GRIPPER_SIZE,
    Look,
    front_pictures,
    gripper_pictures,
)
from labeler.labels import EpisodeLabel
from labeler.labels.rewards import from_rewards
from labeler.storage.recording import (
    CameraSpec,
    Codec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    Version,
    can_encode,
    write_recording,
)

GRIPPER = "observation.images.gripper"
FRONT = "observation.images.front"
TASK = "pick up the red cube and lift it"
LENGTH = 100
FPS = 10

CUTOFFS = (53, 36, 43, 40, 40, 44, 44, 39, 43, 34)
"""First success frame of episodes 0 to 9, the published reference case."""

Action = Callable[[Place, int], Motion]


@dataclass(frozen=True, slots=True)
class Story:
    """One episode: what happens, where, and how it looks."""

    action: Action
    place: Place
    look: Look

    def motion(self) -> Motion:
        """Gripper and cube in every frame."""
        return self.action(self.place, LENGTH)


def _lifting_at(cutoff: int) -> Action:
    return lambda place, length: lifting(place, cutoff, length)


def stories() -> list[Story]:
    """All episodes: ten that succeed, two that never do, one that succeeds, loses and regains."""
    actions: list[Action] = [_lifting_at(cutoff) for cutoff in CUTOFFS]
    actions.append(lambda place, length: closing_on_air(place, 36, length))
    actions.append(lambda place, length: slipping(place, 41, length))
    actions.append(lambda place, length: losing_and_regaining(place, [(38, 62), (78, 100)], length))
    return [_story(index, action) for index, action in enumerate(actions)]


def _story(index: int, action: Action) -> Story:
    random = np.random.default_rng([2024, index])
    cube = (random.uniform(0.165, 0.205), random.uniform(-0.045, 0.045))
    start = (
        random.uniform(0.15, 0.19),
        cube[1] + random.choice([-1, 1]) * random.uniform(0.03, 0.06),
    )
    tint = random.uniform(-18, 18, 3)
    light = random.uniform(0.86, 1.1) * random.uniform(0.96, 1.04, 3)
    red = np.clip((np.array([196, 44, 40]) + tint) * light.mean(), 20, 230)
    look = Look(
        cube=tuple(red.tolist()),
        light=tuple(light.tolist()),
        sun=(random.uniform(-0.6, -0.3), random.uniform(0.4, 0.8) * random.choice([-1, 1])),
        seed=index,
    )
    return Story(action, Place(cube, random.uniform(-0.18, 0.18), start, seed=index), look)


def true_labels() -> dict[int, EpisodeLabel]:
    """What is to be seen: success in the frames in which the cube is held and lifted."""
    return {
        index: from_rewards(story.motion().lifted, EpisodeLabel(LENGTH))
        for index, story in enumerate(stories())
    }


def write_demo(
    root: Path,
    version: Version = "v3.0",
    on_progress: Callable[[int], None] = lambda index: None,
    codec: Codec | None = None,
) -> None:
    """Write the demo recording to `root`; `on_progress` is told the index of each episode done.

    Without `codec` it is H.264, which takes half the time of AV1, LeRobot's default; AV1 where
    this PyAV cannot write H.264.

    Raises:
        RefusedError: `root` exists and is not an empty folder.
        StorageError: the disk or the encoder fails; nothing is left at `root`.
    """
    if codec is None:
        codec = "h264" if can_encode("h264") else "av1"
    preset = "veryfast" if codec == "h264" else None
    cameras = ((GRIPPER, GRIPPER_SIZE), (FRONT, FRONT_SIZE))
    spec = RecordingSpec(
        version=version,
        cameras=tuple(CameraSpec(key, *size, codec=codec, preset=preset) for key, size in cameras),
        columns=(
            ColumnSpec("observation.state", shape=(6,), names=JOINT_NAMES),
            ColumnSpec("action", shape=(6,), names=JOINT_NAMES),
        ),
        fps=FPS,
    )
    write_recording(root, spec, map(_frames, stories()), on_progress)


def _frames(story: Story) -> EpisodeFrames:
    motion = story.motion()
    random = np.random.default_rng([story.look.seed, 3])
    wanted = joint_positions(motion.tip, motion.opening, motion.yaw)
    ahead = np.concatenate([wanted[1:], wanted[-1:]])  # the leader arm is a frame ahead
    return EpisodeFrames(
        TASK,
        {
            "observation.state": wanted + random.normal(0, 0.25, wanted.shape),
            "action": ahead + random.normal(0, 0.1, wanted.shape),
        },
        {GRIPPER: gripper_pictures(motion, story.look), FRONT: front_pictures(motion, story.look)},
    )
