"""The two cameras of the demo: what they see of a motion, drawn with numpy alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from labeler.demo.arm import Arm, joints
from labeler.demo.drawing import (
    Canvas,
    Colour,
    Packed,
    Sprite,
    area,
    fill_capsule,
    fill_polygon,
    hull,
    pack_colours,
    paste,
    shade_polygon,
    sprite,
)
from labeler.demo.motion import CUBE, Motion
from labeler.demo.table import COARSE, ORIGIN, PER_METRE, coarse_texture, palette, texture

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

GRIPPER_SIZE = (480, 640)
FRONT_SIZE = (240, 320)

_EYE = 0.1  # height of the gripper camera above the finger tips
_DOWN = np.array([[0, -1, 0], [-1, 0, 0], [0, 0, -1.0]])  # axes of the gripper camera
_HAND: Colour = (78, 80, 88)
_ARM: Colour = (214, 158, 52)
_MOTOR: Colour = (46, 47, 52)
_FINGER: tuple[tuple[Colour, tuple[tuple[float, float], ...]], ...] = (
    ((38, 39, 44), ((110, 250), (430, 90), (430, 420), (110, 330))),
    ((52, 54, 60), ((0, 196), (40, 172), (130, 200), (140, 350), (40, 326), (0, 300))),
    ((104, 106, 112), ((0, 198), (12, 190), (12, 306), (0, 298))),
    ((84, 86, 94), ((60, 205), (116, 218), (116, 232), (60, 222))),
)
"""Shapes of the right finger in the gripper's image; x is counted from its closing edge."""


@dataclass(frozen=True, slots=True)
class Look:
    """How an episode looks: colour of the cube, light, and the seed of its noise.

    `light` (3,) multiplies the colours of the table; `sun` (2,) says how far along x and y a
    shadow falls per metre of height. `turn` is the angle in radians by which the camera in front
    of the robot stands further to its left.
    """

    cube: Colour
    light: tuple[float, float, float]
    sun: tuple[float, float]
    seed: int
    turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Pinhole:
    """A camera at `eye` (3,); the rows of `axes` point right, down and forward in the image."""

    eye: Floats
    axes: Floats
    focal: float
    size: tuple[int, int]

    def project(self, points: Floats) -> Floats:
        """Pixels (n, 2) of points (n, 3) in table coordinates."""
        seen = (points - self.eye) @ self.axes.T
        height, width = self.size
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        pixels: Floats = seen[:, :2] / seen[:, 2:] * self.focal + middle
        return pixels

    def scale(self, point: Floats) -> float:
        """Pixels per metre at a point (3,)."""
        return self.focal / float((point - self.eye) @ self.axes[2])


def gripper_images(motion: Motion, look: Look) -> Iterator[Pixels]:
    """What the gripper camera sees: uint8 (480, 640, 3) per frame."""
    random = np.random.default_rng([look.seed, 1])
    colours = palette(look.light)
    noise = _noise(random, GRIPPER_SIZE)
    for frame, tip in enumerate(motion.tip):
        camera = Pinhole(tip + np.array([0, 0, _EYE]), _DOWN, 520, GRIPPER_SIZE)
        canvas = Canvas(_table_from_above(camera, colours))
        cube = _corners(motion.cube[frame], motion.yaw[frame])
        _draw_shadow(canvas, camera, cube, look.sun)
        _draw_box(canvas, camera, cube, look.cube)
        reach = motion.opening[frame] / 2 * camera.focal / (_EYE - CUBE)
        left, right = _fingers()
        paste(canvas, left, round(319.5 - reach) - left.packed.shape[1])
        paste(canvas, right, round(319.5 + reach) + 1)
        yield _noisy(canvas, noise, random)


def front_images(motion: Motion, look: Look) -> Iterator[Pixels]:
    """What the camera in front of the robot sees: uint8 (240, 320, 3) per frame."""
    random = np.random.default_rng([look.seed, 2])
    camera = _front_camera(look.turn)
    empty = _front_background(camera, look)
    noise = _noise(random, FRONT_SIZE)
    for frame, tip in enumerate(motion.tip):
        canvas = Canvas(empty.copy())
        cube = _corners(motion.cube[frame], motion.yaw[frame])
        _draw_shadow(canvas, camera, cube, look.sun)
        arm = joints(tip)
        _draw_arm(canvas, camera, arm)
        _draw_finger(canvas, camera, arm, motion.opening[frame], -1)
        _draw_box(canvas, camera, cube, look.cube)
        _draw_finger(canvas, camera, arm, motion.opening[frame], 1)
        yield _noisy(canvas, noise, random)


def _front_camera(turn: float) -> Pinhole:
    eye, target = np.array([0.5, 0.3, 0.27]), np.array([0.12, -0.01, 0.075])
    if turn:
        x, y = (eye - target)[:2]
        around = np.array(
            [x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]
        )
        eye[:2] = target[:2] + around
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(forward, right), forward])
    return Pinhole(eye, axes, 330, FRONT_SIZE)


def _table_from_above(camera: Pinhole, colours: Packed) -> Packed:
    """The table as a camera that looks straight down sees it, (height, width)."""
    table = texture()
    height, width = camera.size
    step = camera.eye[2] / camera.focal * PER_METRE
    centre = (camera.eye[:2] - ORIGIN) * PER_METRE
    rows = centre[0] - (np.arange(height) - (height - 1) / 2) * step
    columns = centre[1] - (np.arange(width) - (width - 1) / 2) * step
    rows = np.clip(rows, 0, table.shape[0] - 1).astype(np.intp)
    columns = np.clip(columns, 0, table.shape[1] - 1).astype(np.intp)
    least = int(columns[-1])
    seen = table[rows, least : int(columns[0]) + 1].take(columns - least, axis=1)
    packed: Packed = colours.take(seen, mode="wrap")  # no bounds to check: 256 values, 256 colours
    return packed


def _front_background(camera: Pinhole, look: Look) -> Packed:
    """Table, wall and the robot's base, which never move: (height, width)."""
    height, width = camera.size
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    rays = (pixels - np.array([(width - 1) / 2, (height - 1) / 2])) / camera.focal
    directions = rays @ camera.axes[:2] + camera.axes[2]
    down = np.minimum(directions[..., 2], -1e-6)
    place = camera.eye[:2] + directions[..., :2] * (-camera.eye[2] / down)[..., None]
    table = coarse_texture()
    texel = ((place - ORIGIN) * (PER_METRE // COARSE)).astype(np.int64)
    on_table = ((texel >= 0) & (texel < table.shape)).all(axis=-1) & (directions[..., 2] < 0)
    texel = np.clip(texel, 0, np.array(table.shape) - 1)
    seen = palette(look.light).take(table[texel[..., 0], texel[..., 1]])
    fade = (1.1 - 0.35 * np.arange(height) / height)[:, None]
    wall = pack_colours(np.array([126, 136, 142]) * np.array(look.light) * fade)
    canvas = Canvas(np.where(on_table, seen, wall[:, None]))
    _draw_box(canvas, camera, _box(np.array([0, 0, 0.0]), np.array([0.1, 0.08, 0.055])), _MOTOR)
    return canvas.packed


def _box(foot: Floats, size: Floats, yaw: float = 0.0) -> Floats:
    """Corners (8, 3) of a box that stands on `foot`: lower face, then upper face, in order."""
    square = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) / 2 * size[:2]
    turn = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
    lower = np.column_stack([square @ turn, np.zeros(4)]) + foot
    return np.concatenate([lower, lower + np.array([0, 0, size[2]])])


def _corners(foot: Floats, yaw: float) -> Floats:
    """Corners (8, 3) of the cube."""
    return _box(foot, np.full(3, CUBE), yaw)


def _draw_box(canvas: Canvas, camera: Pinhole, corners: Floats, colour: Colour) -> None:
    """The faces of a box (8, 3) that the camera sees, lit from above and from one side."""
    pixels = camera.project(corners)
    for side in range(4):
        after = (side + 1) % 4
        face = pixels[[side, after, after + 4, side + 4]]
        if area(face) < 0:
            along = corners[after] - corners[side]
            light = 0.62 + 0.14 * float(along[0] - along[1]) / float(np.linalg.norm(along))
            fill_polygon(canvas, face, _lit(colour, light))
    top = pixels[4:]
    if area(top) < 0:
        fill_polygon(canvas, top, colour)
        fill_polygon(canvas, top * 0.8 + top.mean(axis=0) * 0.2, _lit(colour, 1.12))


def _lit(colour: Colour, light: float) -> Colour:
    red, green, blue = (min(part * light, 245) for part in colour)
    return red, green, blue


def _draw_shadow(
    canvas: Canvas, camera: Pinhole, corners: Floats, sun: tuple[float, float]
) -> None:
    """The shadow of a box on the table: paler, softer and further away the higher it is."""
    fallen = corners.copy()
    fallen[:, :2] += fallen[:, 2:] * np.array(sun)
    fallen[:, 2] = 0
    height = float(corners[0, 2])
    soft = (0.004 + 0.16 * height) * camera.scale(fallen[0])
    outline = hull(camera.project(fallen))
    shade_polygon(canvas, outline, 0.55 / (1 + 9 * height), max(soft, 1.5))


@cache
def _fingers() -> tuple[Sprite, Sprite]:
    """The left and the right finger as the gripper camera sees them, closing edge innermost."""
    black, white = (
        Canvas(np.full((GRIPPER_SIZE[0], 420), value, np.uint32)) for value in (0, 0xFFFFFFFF)
    )
    for canvas in (black, white):
        for colour, points in _FINGER:
            fill_polygon(canvas, np.array(points, dtype=np.float64), colour)
    mirrored = (Canvas(np.ascontiguousarray(canvas.packed[:, ::-1])) for canvas in (black, white))
    return sprite(*mirrored), sprite(black, white)


def _draw_arm(canvas: Canvas, camera: Pinhole, arm: Arm) -> None:
    foot = arm.shoulder * np.array([0, 0, 0.4])
    bones = (
        (foot, arm.shoulder, 0.026),
        (arm.shoulder, arm.elbow, 0.018),
        (arm.elbow, arm.wrist, 0.016),
        (arm.wrist, arm.palm, 0.017),
    )
    for start, end, radius in bones:
        _draw_bone(canvas, camera, (start, end), (radius, radius), _ARM)
    for joint in (arm.shoulder, arm.elbow, arm.wrist):
        _draw_bone(canvas, camera, (joint, joint), (0.016, 0.016), _MOTOR)


def _draw_finger(canvas: Canvas, camera: Pinhole, arm: Arm, opening: float, side: int) -> None:
    """One finger, from the palm down to the tip; side -1 is the one behind the cube."""
    across = np.array([0.0, side, 0.0])
    root = arm.palm + across * (opening / 2 + 0.014)
    tip = arm.tip + across * (opening / 2 + 0.006) + np.array([0, 0, 0.006])
    _draw_bone(canvas, camera, (arm.palm, root), (0.011, 0.009), _HAND)
    _draw_bone(canvas, camera, (root, tip), (0.009, 0.006), _HAND)


def _draw_bone(
    canvas: Canvas,
    camera: Pinhole,
    ends: tuple[Floats, Floats],
    radii: tuple[float, float],
    colour: Colour,
) -> None:
    start, end = camera.project(np.stack(ends))
    scales = camera.scale(ends[0]), camera.scale(ends[1])
    fill_capsule(canvas, start, end, (radii[0] * scales[0], radii[1] * scales[1]), colour)


def _noise(random: np.random.Generator, size: tuple[int, int]) -> Packed:
    """Grain of a sensor, the same in the three channels, 0 to 2, for two images."""
    grain = random.integers(0, 3, 2 * size[0] * size[1], dtype=np.uint32)
    return grain * np.uint32(0x010101)


def _noisy(canvas: Canvas, noise: Packed, random: np.random.Generator) -> Pixels:
    """The image with grain; colours are below 246 before, so that no channel overflows."""
    packed = canvas.packed
    start = int(random.integers(0, packed.size))
    packed += noise[start : start + packed.size].reshape(packed.shape)
    return canvas.rgb
