"""The rule costs next to nothing beside LeRobot's own processing, measured in the same run."""

from pathlib import Path

import pytest

from tests.bench.robot_rule import share_added, times_of
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import Release

pytestmark = pytest.mark.interop


def test_a_frame_takes_hardly_longer_with_the_rule(
    release: Release, lerobot: LerobotProcess, tmp_path: Path
) -> None:
    middle, low, high = share_added(*times_of(release, lerobot, tmp_path, rounds=60))
    print(f"{release.name}: {middle:+.2%} ({low:+.2%} to {high:+.2%})")
    assert middle <= 0.02


def test_what_is_added_is_told_apart_from_the_network() -> None:
    plain = [[0.010 + noise, 0.008 + noise] for noise in (0.0, 0.004, 0.001)] * 10
    ruled = [[0.0105 + noise, 0.008 + noise] for noise in (0.003, 0.0, 0.002)] * 10
    middle, low, high = share_added(plain, ruled)
    assert middle == pytest.approx(low) == pytest.approx(high) == pytest.approx(0.0005 / 0.011)
