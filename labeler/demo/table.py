"""The table of the demo: wood, and a square of white tape around the work area."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from labeler.demo.drawing import Packed, pack_colours

PER_METRE = 2400
ORIGIN = np.array([-0.1, -0.45])  # table coordinates of the texture's first pixel
COARSE = 4  # texture pixels that a distant camera sees as one

_SIZE = (0.7, 0.9)  # metres along x and y
_TAPE = 230  # texture values from here on are the tape


@cache
def texture() -> NDArray[np.uint8]:
    """Wood seen from above: brightness 0 to 219, the grain along y; tape from 230 on."""
    random = np.random.default_rng(7)
    height, width = (round(edge * PER_METRE) for edge in _SIZE)
    x = np.arange(height, dtype=np.float32)[:, None] / PER_METRE
    y = np.arange(width, dtype=np.float32) / PER_METRE
    bend = 0.006 * np.sin(5 * y + 1) + 0.003 * np.sin(17 * y)
    rings = _grain(random, 4000)[((x + bend) * 3000).astype(np.int32) % 4000]
    plank = random.normal(0, 14, 16)[((x + 0.02) / 0.09).astype(np.int32) % 16]
    seam = np.where(((x + 0.02) % 0.09) < 0.0012, np.float32(-45), 0)
    wood = np.clip(120 + 34 * rings + plank + seam, 0, 219).astype(np.uint8)
    inner = np.maximum(np.abs(x - 0.1 - 0.19), np.abs(y - 0.45) - 0.03)
    wood[(inner > 0.075) & (inner < 0.083)] = _TAPE
    return wood


@cache
def coarse_texture() -> NDArray[np.uint8]:
    """The table for a distant camera: means of squares, so that fine grain does not flicker."""
    fine = texture()
    height, width = (edge // COARSE for edge in fine.shape)
    squares = fine[: height * COARSE, : width * COARSE].reshape(height, COARSE, width, COARSE)
    coarse: NDArray[np.uint8] = squares.mean(axis=(1, 3)).astype(np.uint8)
    return coarse


def _grain(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Smooth periodic noise (count,) of several scales, about -1 to 1."""
    result = np.zeros(count)
    for period, strength in ((400, 0.5), (100, 0.3), (25, 0.25)):
        knots = random.normal(size=count // period)
        result += strength * np.interp(
            np.arange(count) / period, np.arange(count // period + 1), np.append(knots, knots[0])
        )
    return result.astype(np.float32)


def palette(light: tuple[float, float, float]) -> Packed:
    """Colour (256,) of every texture value."""
    value = np.arange(256)[:, None]
    wood = np.array([104, 74, 48]) + value * np.array([0.55, 0.47, 0.36])
    colours = np.where(value >= _TAPE, np.array([214, 212, 204]), wood) * np.array(light)
    return pack_colours(np.clip(colours, 12, 236))
