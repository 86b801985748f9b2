"""Recordings and a running program, made once per test process."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    write_recording,
)

from .scene import Program, Scene

LENGTHS = (2, 3, 2)
CAMERA = "observation.images.gripper"


def write_small(root, version, other=0):
    """Recordings with another number have other episodes.

    Three short episodes in files and chunks such that leaving out one removes folders.
    """
    spec = RecordingSpec(
        version=version,
        cameras=(CameraSpec(CAMERA, 32, 32, codec="h264"),),
        columns=(ColumnSpec("action", shape=(2,), names=("x", "y")),),
        fps=10,
        chunks_size=2,
        episodes_per_data_file=2,
    )
    episodes = (
        EpisodeFrames(
            "lift",
            {"action": other + np.arange(2 * n, dtype=np.float64).reshape(n, 2)},
            {CAMERA: [np.full((32, 32, 3), 40 * i, np.uint8) for i in range(n)]},
        )
        for n in LENGTHS
    )
    write_recording(root, spec, episodes)


@pytest.fixture(scope="session")
def scene_of(tmp_path_factory) -> Iterator[Callable[[str], Scene]]:
    """Give the scene for a version, with a program of its own."""
    scenes: dict[str, Scene] = {}
    programs: list[Program] = []

    def give(version: str) -> Scene:
        if version not in scenes:
            folder = tmp_path_factory.mktemp(version)
            write_small(folder / "recording", version)
            write_small(folder / "other", version, other=100)
            programs.append(Program(folder / "program"))
            scenes[version] = Scene(folder, version, programs[-1])
        return scenes[version]

    yield give
    for program in programs:
        program.close()
