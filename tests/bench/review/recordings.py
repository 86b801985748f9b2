"""Generated recordings whose true labels are known: the demo's robot, many times over.

`easy` episodes are lifts, every sixth a miss, and look alike. In `hard` ones half go wrong: the
gripper closes beside the cube, the cube slips, or it is lost and lifted again; light and colours
differ widely.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labeler.demo.arm import JOINT_NAMES, joint_positions
from labeler.demo.motion import (
    Motion,
    Placing,
    closing_on_air,
    lifting,
    losing_and_regaining,
    slipping,
)
from labeler.demo.scene import Look, gripper_images
from labeler.labels import EpisodeLabel
from labeler.labels.rewards import from_rewards
from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    write_recording,
)

CAMERA = "observation.images.gripper"
VARIANTS = ("easy", "hard")
LENGTH = 100
FPS = 10
_SIDE = 128

Labels = dict[int, EpisodeLabel]


def write_variant(variant: str, root: Path, episodes: int) -> Labels:
    """Write a recording and return its true labels."""
    made = [_episode(variant, index) for index in range(episodes)]
    spec = RecordingSpec(
        version="v3.0",
        cameras=(CameraSpec(CAMERA, _SIDE, _SIDE, codec="h264", preset="veryfast"),),
        columns=(ColumnSpec("observation.state", shape=(6,), names=JOINT_NAMES),),
        fps=FPS,
    )
    write_recording(root, spec, (_frames(motion, look) for motion, look in made))
    return {
        index: from_rewards(motion.lifted, EpisodeLabel(LENGTH))
        for index, (motion, _) in enumerate(made)
    }


def _frames(motion: Motion, look: Look) -> EpisodeFrames:
    random = np.random.default_rng([look.seed, 3])
    state = joint_positions(motion.tip, motion.opening, motion.yaw)
    noisy = (state + random.normal(0, 0.25, state.shape)).astype(np.float32)
    pictures = map(_small, gripper_images(motion, look))
    return EpisodeFrames("lift the cube", {"observation.state": noisy}, {CAMERA: pictures})


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle of a picture (480, 640, 3), at 128 x 128."""
    middle = Image.fromarray(np.ascontiguousarray(picture[:, 80:560]))
    return np.asarray(middle.resize((_SIDE, _SIDE), Image.Resampling.BOX))


def _episode(variant: str, index: int) -> tuple[Motion, Look]:
    random = np.random.default_rng([VARIANTS.index(variant), 51, index])
    cube = (random.uniform(0.165, 0.205), random.uniform(-0.045, 0.045))
    aside = random.choice([-1, 1]) * random.uniform(0.03, 0.06)
    start = (random.uniform(0.15, 0.19), cube[1] + aside)
    place = Placing(cube, random.uniform(-0.18, 0.18), start, seed=index)
    return _motion(variant, index, place, random), _look(variant, index, random)


def _motion(variant: str, index: int, place: Placing, random: np.random.Generator) -> Motion:
    moment = int(random.integers(30, 60))
    if variant == "easy":
        return (closing_on_air if index % 6 == 5 else lifting)(place, moment, LENGTH)
    match index % 8:
        case 1 | 5:
            return slipping(place, moment, LENGTH)
        case 3:
            return closing_on_air(place, moment, LENGTH)
        case 6:
            first = int(random.integers(28, 40))
            lost, again = first + int(random.integers(15, 26)), 100 - int(random.integers(15, 24))
            return losing_and_regaining(place, [(first, lost), (again, LENGTH)], LENGTH)
        case _:
            return lifting(place, moment, LENGTH)


def _look(variant: str, index: int, random: np.random.Generator) -> Look:
    wide = 1.0 if variant == "easy" else 2.5
    light = (1 + wide * random.uniform(-0.1, 0.1)) * (1 + wide * random.uniform(-0.03, 0.03, 3))
    tint = wide * random.uniform(-18, 18, 3)
    red = np.clip((np.array([196, 44, 40]) + tint) * light.mean(), 20, 230)
    sun = (random.uniform(-0.6, -0.3), random.uniform(0.4, 0.8) * random.choice([-1, 1]))
    return Look(tuple(red.tolist()), tuple(light.tolist()), sun, seed=index)
