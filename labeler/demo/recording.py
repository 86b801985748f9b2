"""The demo recording: thirteen episodes of an arm that picks up a cube, with their true labels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeler.dataset import Version
from labeler.demo.arm import JOINT_NAMES, joint_positions
from labeler.demo.motion import (
    Motion,
    Placing,
    closing_on_air,
    lifting,
    losing_and_regaining,
    slipping,
)
from labeler.demo.scene import (
    FRONT_SIZE,
    GRIPPER_SIZE,
    Look,
    Pixels,
    front_images,
    gripper_images,
)
from labeler.labels import EpisodeLabel
from labeler.labels.rewards import from_rewards
from labeler.storage.recording import (
    CameraSpec,
    Codec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
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

Action = Callable[[Placing, int], Motion]


@dataclass(frozen=True, slots=True)
class DemoStory:
    """One episode of `length` frames: what happens, where, and how it looks."""

    action: Action
    place: Placing
    look: Look
    length: int = LENGTH

    def motion(self) -> Motion:
        """Gripper and cube in every frame."""
        return self.action(self.place, self.length)


def lifting_at(cutoff: int) -> Action:
    """The cube is lifted at frame `cutoff`."""
    return lambda place, length: lifting(place, cutoff, length)


def stories() -> list[DemoStory]:
    """All episodes: ten that succeed, two that never do, one that succeeds, loses and regains."""
    actions: list[Action] = [lifting_at(cutoff) for cutoff in CUTOFFS]
    actions.append(lambda place, length: closing_on_air(place, 36, length))
    actions.append(lambda place, length: slipping(place, 41, length))
    actions.append(lambda place, length: losing_and_regaining(place, [(38, 62), (78, 100)], length))
    return [story_of(index, action) for index, action in enumerate(actions)]


def story_of(
    index: int, action: Action, *, length: int = LENGTH, brightness: float = 1.0, turn: float = 0.0
) -> DemoStory:
    """The story of one action; `index` decides where the cube lies and how the light falls.

    `brightness` multiplies the light, `turn` is that of `Look`.
    """
    random = np.random.default_rng([2024, index])
    cube = (random.uniform(0.165, 0.205), random.uniform(-0.045, 0.045))
    start = (
        random.uniform(0.15, 0.19),
        cube[1] + random.choice([-1, 1]) * random.uniform(0.03, 0.06),
    )
    tint = random.uniform(-18, 18, 3)
    light = random.uniform(0.86, 1.1) * random.uniform(0.96, 1.04, 3) * brightness
    red = np.clip((np.array([196, 44, 40]) + tint) * light.mean(), 20, 230)
    look = Look(
        cube=tuple(red.tolist()),
        light=tuple(light.tolist()),
        sun=(random.uniform(-0.6, -0.3), random.uniform(0.4, 0.8) * random.choice([-1, 1])),
        seed=index,
        turn=turn,
    )
    place = Placing(cube, random.uniform(-0.18, 0.18), start, seed=index)
    return DemoStory(action, place, look, length)


def true_labels() -> dict[int, EpisodeLabel]:
    """What is to be seen: success in the frames in which the cube is held and lifted."""
    return {
        index: from_rewards(story.motion().lifted, EpisodeLabel(LENGTH))
        for index, story in enumerate(stories())
    }


def write_demo(
    root: Path,
    version: Version = Version.V30,
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
    write_stories(root, stories(), version, on_progress=on_progress, codec=codec)


def write_stories(
    root: Path,
    wanted: Sequence[DemoStory],
    version: Version,
    *,
    gripper: tuple[int, int] = GRIPPER_SIZE,
    on_progress: Callable[[int], None] = lambda index: None,
    codec: Codec | None = None,
) -> None:
    """Write a recording of these stories; `gripper` is the size of that camera's images.

    Raises:
        RefusedError: `root` exists and is not an empty folder.
        StorageError: the disk or the encoder fails; nothing is left at `root`.
    """
    if codec is None:
        codec = "h264" if can_encode("h264") else "av1"
    preset = "veryfast" if codec == "h264" else None
    cameras = ((GRIPPER, gripper), (FRONT, FRONT_SIZE))
    spec = RecordingSpec(
        version=version,
        cameras=tuple(CameraSpec(key, *size, codec=codec, preset=preset) for key, size in cameras),
        columns=(
            ColumnSpec("observation.state", shape=(6,), names=JOINT_NAMES),
            ColumnSpec("action", shape=(6,), names=JOINT_NAMES),
        ),
        fps=FPS,
    )
    write_recording(root, spec, (_frames(story, gripper) for story in wanted), on_progress)


def _frames(story: DemoStory, gripper: tuple[int, int]) -> EpisodeFrames:
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
        {
            GRIPPER: _resize(gripper_images(motion, story.look), gripper),
            FRONT: front_images(motion, story.look),
        },
    )


def _resize(images: Iterator[Pixels], size: tuple[int, int]) -> Iterator[Pixels]:
    """The images (h, w, 3) with another height and width, as a careless recorder shrinks them."""
    for image in images:
        if image.shape[:2] == size:
            yield image
        else:
            rows, columns = (
                np.arange(wanted) * given // wanted
                for wanted, given in zip(size, image.shape[:2], strict=True)
            )
            yield np.ascontiguousarray(image[rows][:, columns])
