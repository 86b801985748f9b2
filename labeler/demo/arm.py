"""The arm of the demo, an SO-101 drawn in outline: where its joints are for a tip position."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeler.demo.motion import OPEN

Floats = NDArray[np.float64]

JOINT_NAMES = (
    "shoulder_pan.pos",
    "shoulder_lift.pos",
    "elbow_flex.pos",
    "wrist_flex.pos",
    "wrist_roll.pos",
    "gripper.pos",
)

_SHOULDER = np.array([0.03, 0.117])  # distance from the axis of the base, height (m)
_UPPER, _LOWER = 0.116, 0.135  # lengths of the two links (m)
_HAND, _PALM = 0.13, 0.075  # wrist and palm above the finger tips (m)


@dataclass(frozen=True, slots=True)
class Arm:
    """Points (3,) of the arm in table coordinates, in metres."""

    shoulder: Floats
    elbow: Floats
    wrist: Floats
    palm: Floats
    tip: Floats


def joints(tip: Floats) -> Arm:
    """The arm with its finger tips at `tip` (3,), the hand pointing straight down."""
    pan, lift, _ = _angles(tip[None])[0]
    outward = np.array([np.cos(pan), np.sin(pan), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    shoulder = outward * _SHOULDER[0] + up * _SHOULDER[1]
    elbow = shoulder + _UPPER * (outward * np.cos(lift) + up * np.sin(lift))
    return Arm(shoulder, elbow, tip + up * _HAND, tip + up * _PALM, tip)


def joint_positions(tip: Floats, opening: Floats, yaw: Floats) -> NDArray[np.float32]:
    """Joint angles in degrees and gripper opening in percent: (n, 6), as `JOINT_NAMES`.

    `tip` is (n, 3), `opening` and `yaw` are (n,).
    """
    pan, lift, elbow = _angles(tip).T
    degrees = np.degrees(np.stack([pan, lift, elbow, -lift - elbow - np.pi / 2, yaw - pan], axis=1))
    gripper = opening / OPEN * 60
    return np.column_stack([degrees, gripper]).astype(np.float32)


def _angles(tip: Floats) -> Floats:
    """Pan, angle of the upper arm above the horizon, and bend of the elbow (n, 3), in radians."""
    pan = np.arctan2(tip[:, 1], tip[:, 0])
    out = np.hypot(tip[:, 0], tip[:, 1]) - _SHOULDER[0]
    up = tip[:, 2] + _HAND - _SHOULDER[1]
    reach = np.minimum(np.hypot(out, up), _UPPER + _LOWER - 1e-6)
    inner = (_UPPER**2 + reach**2 - _LOWER**2) / (2 * _UPPER * reach)
    bend = (_UPPER**2 + _LOWER**2 - reach**2) / (2 * _UPPER * _LOWER)
    lift = np.arctan2(up, out) + np.arccos(np.clip(inner, -1, 1))
    return np.stack([pan, lift, np.arccos(np.clip(bend, -1, 1)) - np.pi], axis=1)
