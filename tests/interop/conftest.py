"""Fixtures of the interop tests: releases, their processes, recordings and a loopback Hub."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.interop.hub import LoopbackHub
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import RELEASES, Release

pytest.register_assert_rewrite("tests.interop.expectation")

LENGTHS = (8, 5, 1, 6)
KINDS = {
    "video": {"camera": "video"},
    "video-reward": {"camera": "video", "reward": True},
    "image": {"camera": "image"},
    "image-reward": {"camera": "image", "reward": True},
}


@dataclass(frozen=True)
class Recording:
    """A dataset written by a release's own writer, and what its own reader says of it."""

    root: Path
    kind: str
    lengths: tuple[int, ...]
    reading: dict[str, Any]


def _one_worker(release: Release) -> Any:
    group = pytest.mark.xdist_group(release.name)
    return pytest.param(release, id=release.name, marks=group)


@pytest.fixture(scope="session", params=[_one_worker(release) for release in RELEASES])
def release(request: pytest.FixtureRequest) -> Release:
    """Each LeRobot release; skipped where its environment is missing, unless that is an error."""
    found: Release = request.param
    if found.missing():
        required = os.environ.get("LABELER_INTEROP_REQUIRED", "").split()
        (pytest.fail if found.name in required else pytest.skip)(found.missing())
    return found


@pytest.fixture(scope="session")
def lerobot(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LerobotProcess]:
    """The release, offline; one process for the whole run."""
    with LerobotProcess(release, tmp_path_factory.mktemp(f"lerobot-{release.name}")) as process:
        yield process


@pytest.fixture(scope="session")
def hub() -> Iterator[LoopbackHub]:
    """A Hub without any repository yet."""
    with LoopbackHub() as running:
        yield running


@pytest.fixture(scope="session")
def lerobot_online(
    release: Release, hub: LoopbackHub, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LerobotProcess]:
    """The release, not offline: its Hub is the loopback one."""
    scratch = tmp_path_factory.mktemp(f"online-{release.name}")
    with LerobotProcess(release, scratch, hub.endpoint) as process:
        yield process


@pytest.fixture(scope="session")
def make_recording_of(
    release: Release, lerobot: LerobotProcess, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Recording]:
    """Record a dataset of a kind once per release."""
    made: dict[str, Recording] = {}

    def make(kind: str) -> Recording:
        if kind not in made:
            root = tmp_path_factory.mktemp(f"{kind}-{release.name}") / "pick_lift"
            lerobot.ask("write", root=root, lengths=LENGTHS, **KINDS[kind])
            made[kind] = Recording(root, kind, LENGTHS, lerobot.ask("read", root=root))
        return made[kind]

    return make


@pytest.fixture(params=list(KINDS))
def recording(
    request: pytest.FixtureRequest, make_recording_of: Callable[[str], Recording]
) -> Recording:
    """Each kind of recording of each release."""
    return make_recording_of(request.param)


@pytest.fixture(params=["video", "image-reward"])
def either_camera(
    request: pytest.FixtureRequest, make_recording_of: Callable[[str], Recording]
) -> Recording:
    """A recording with videos and one with pictures in parquet."""
    return make_recording_of(request.param)
