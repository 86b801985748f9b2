"""Recordings with labels that are known, on which classifiers can be compared.

`colour-and-shape` is what a gripper's camera sees while a cube is lifted; success is what the demo
of the program calls so. In `position` a cube and a disc are moved about a table before a camera
that stands still, and only the place of the cube decides: everything looks the same otherwise.
`pick-and-lift` is the demo's whole gripper picture, shrunk: half of the episodes go wrong, for the
gripper closes beside the cube, the cube slips, or it is lost and lifted again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labeler.demo.drawing import Canvas, fill_polygon
from labeler.demo.motion import (
    Motion,
    Placing,
    closing_on_air,
    lifting,
    losing_and_regaining,
    slipping,
)
from labeler.demo.recording import story_of
from labeler.demo.scene import Look, gripper_images
from labeler.storage.recording import (
    REWARD,
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    can_encode,
    write_recording,
)

CAMERA = "observation.images.gripper"
LENGTH = 100
SIDE = 128

_TASK = "bring the cube where it belongs"
_PATH_KNOTS = 7  # places between which an object is moved in an episode
_ZONE = (64.0, 28.0)  # centre of the target in pixels: x to the right, y down
_REACH = 21.0  # half the side of the target
_MARGIN = 1.5  # so close to the target's edge no path stays: nobody could label such a frame

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Episode:
    """Pictures one after another, and whether each shows success: bool (LENGTH,)."""

    images: Iterator[Picture]
    success: NDArray[np.bool_]


def write_dataset(
    name: str, root: Path, episodes: int, length: int = LENGTH, first: int = 0
) -> None:
    """Write episodes from `first` on with labels as v3.0, video as LeRobot writes it."""
    make = KINDS[name]
    camera = CameraSpec(CAMERA, SIDE, SIDE, codec="av1" if can_encode("av1") else "h264")
    write_episodes(root, (make(first + index, length) for index in range(episodes)), camera)


def write_episodes(root: Path, episodes: Iterable[Episode], camera: CameraSpec) -> None:
    """Write episodes with labels as v3.0, their images as `camera` says."""
    spec = RecordingSpec(
        version="v3.0",
        cameras=(camera,),
        columns=(
            ColumnSpec("observation.state", shape=(6,)),
            ColumnSpec("action", shape=(6,)),
            REWARD,
        ),
    )
    write_recording(root, spec, map(_frames, episodes))


def _frames(episode: Episode) -> EpisodeFrames:
    length = len(episode.success)
    still = np.zeros((length, 6), dtype=np.float32)
    reward = episode.success.astype(np.float32)
    columns = {"observation.state": still, "action": still, REWARD.name: reward}
    return EpisodeFrames(_TASK, columns, {CAMERA: episode.images})


def colour_and_shape(index: int, length: int) -> Episode:
    """A cube is gripped and lifted; every sixth time the gripper closes beside it."""
    random = np.random.default_rng([41, index])
    cube = (random.uniform(0.165, 0.205), random.uniform(-0.045, 0.045))
    aside = random.choice([-1, 1]) * random.uniform(0.03, 0.06)
    start = (random.uniform(0.15, 0.19), cube[1] + aside)
    place = Placing(cube, random.uniform(-0.18, 0.18), start, seed=index)
    light = random.uniform(0.86, 1.1) * random.uniform(0.96, 1.04, 3)
    red = np.clip((np.array([196, 44, 40]) + random.uniform(-18, 18, 3)) * light.mean(), 20, 230)
    sun = (random.uniform(-0.6, -0.3), random.uniform(0.4, 0.8) * random.choice([-1, 1]))
    look = Look(tuple(red.tolist()), tuple(light.tolist()), sun, seed=index)
    moment = int(random.integers(length // 3, length // 2))
    act = closing_on_air if index % 6 == 5 else lifting
    motion = act(place, moment, length)
    return Episode(map(_small, gripper_images(motion, look)), motion.lifted)


def _small(picture: Picture) -> Picture:
    """The middle of a picture (480, 640, 3), at 128 x 128."""
    middle = Image.fromarray(np.ascontiguousarray(picture[:, 80:560]))
    return np.asarray(middle.resize((SIDE, SIDE), Image.Resampling.BOX))


def pick_and_lift(index: int, length: int) -> Episode:
    """The demo's story, with the mishaps that recordings have."""
    random = np.random.default_rng([43, index])
    moment = int(random.integers(length // 3, length // 2))
    again = length - int(random.integers(length // 7, length // 4))
    held = [(length // 3, moment + length // 7), (again, length)]

    def act(place: Placing, frames: int) -> Motion:
        match index % 6:
            case 1:
                return slipping(place, moment, frames)
            case 3:
                return losing_and_regaining(place, held, frames)
            case 5:
                return closing_on_air(place, moment, frames)
            case _:
                return lifting(place, moment, frames)

    story = story_of(index, act, length=length, brightness=random.uniform(0.8, 1.2))
    motion = story.motion()
    return Episode(map(_shrunk, gripper_images(motion, story.look)), motion.lifted)


def _shrunk(picture: Picture) -> Picture:
    """A whole picture (480, 640, 3), at 128 x 128."""
    return np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX))


def position(index: int, length: int) -> Episode:
    """A cube and a disc are moved about; success is while the cube is wholly on the target."""
    random = np.random.default_rng([42, index])
    cube, disc = _path(random, length), _path(random, length)
    success = (np.abs(cube - np.array(_ZONE)) < _REACH).all(axis=1)
    return Episode(_table(random, cube, disc), success)


def _path(random: np.random.Generator, length: int) -> Floats:
    """Centre (length, 2) of an object that is carried between places and rests at each."""
    knots = random.uniform(14, SIDE - 14, (_PATH_KNOTS, 2))
    on_target = random.permutation(_PATH_KNOTS)[: _PATH_KNOTS // 2]
    knots[on_target] = np.array(_ZONE) + random.uniform(-0.8, 0.8, (len(on_target), 2)) * _REACH
    times = np.linspace(0, _PATH_KNOTS - 1, length)
    leg = np.minimum(times.astype(int), _PATH_KNOTS - 2)
    part = np.clip((times - leg) * 2 - 0.5, 0, 1)[:, None]  # rests for half of the time
    path = knots[leg] * (1 - part) + knots[leg + 1] * part
    offset = path - np.array(_ZONE)
    edge = np.abs(np.abs(offset) - _REACH) < _MARGIN
    away = np.where(np.abs(offset) < _REACH, -_MARGIN, _MARGIN) * np.sign(offset)
    return np.where(edge, path + away, path)


def _table(random: np.random.Generator, cube: Floats, disc: Floats) -> Iterator[Picture]:
    light = random.uniform(0.8, 1.15) * random.uniform(0.96, 1.04, 3)
    grain = random.normal(0, 6, (SIDE, SIDE, 1))
    empty = np.clip((np.array([150, 122, 92]) + grain) * light, 0, 255)
    tint = random.uniform(-15, 15, 3)
    red, blue = (tuple((np.array(c) + tint) * light) for c in ((190, 50, 45), (50, 80, 170)))
    turn, spin = random.uniform(0, np.pi), random.uniform(-0.02, 0.02)
    for frame in range(len(cube)):
        canvas = Canvas(np.zeros((SIDE, SIDE), dtype=np.uint32))
        canvas.rgb[:] = np.clip(empty + random.normal(0, 3, empty.shape), 0, 255)
        _mark_target(canvas)
        fill_polygon(canvas, disc[frame] + _round(24, 10.0, 0), blue)
        fill_polygon(canvas, cube[frame] + _round(4, 13.0, turn + spin * frame), red)
        yield canvas.rgb.copy()


def _mark_target(canvas: Canvas) -> None:
    left, top = (int(value - _REACH) for value in _ZONE)
    right, bottom = (int(value + _REACH) for value in _ZONE)
    for rows, columns in (
        (slice(top, bottom), slice(left, left + 2)),
        (slice(top, bottom), slice(right - 2, right)),
        (slice(top, top + 2), slice(left, right)),
        (slice(bottom - 2, bottom), slice(left, right)),
    ):
        canvas.rgb[rows, columns] = (210, 210, 200)


def _round(corners: int, radius: float, turn: float) -> Floats:
    angles = turn + np.arange(corners) * 2 * np.pi / corners
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


KINDS: dict[str, Callable[[int, int], Episode]] = {
    "colour-and-shape": colour_and_shape,
    "position": position,
    "pick-and-lift": pick_and_lift,
}
