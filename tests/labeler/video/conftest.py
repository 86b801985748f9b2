"""Encoded once per test run: each film as a dataset of four episodes in one file."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from labeler.dataset import Dataset, open_dataset
from labeler.video import FrameSupply, frame_supply, thumbnails

from .films import FILMS, FPS, TICKS, plain_decode
from .listening import PATIENCE, CountedSupply, threads
from .recordings import video_path, write_recording

LENGTHS = (40, 7, 1, 52)


@dataclass(frozen=True)
class Shot:
    """A recording whose frame i of the file shows number i, and what PyAV decodes from it."""

    dataset: Dataset
    path: Path
    truth: list[np.ndarray]

    def number(self, episode: int, frame: int) -> int:
        return sum(LENGTHS[:episode]) + frame


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Shot]:
    """Give the recording made with a film, encoded at the first call."""
    made: dict[str, Shot] = {}
    os.environ["SVT_LOG"] = "1"  # errors only

    def give(name: str) -> Shot:
        if name not in made:
            root = tmp_path_factory.mktemp(name)
            path = FILMS[name].write(video_path(root), range(sum(LENGTHS)))
            decoded = plain_decode(path)
            shift = decoded[0][0]
            assert [ticks - shift for ticks, _ in decoded] == [i * TICKS for i in range(100)]
            dataset = write_recording(root, LENGTHS, FPS)
            made[name] = Shot(dataset, path, [pixels for _, pixels in decoded])
        return made[name]

    return give


@pytest.fixture(params=sorted(FILMS))
def shot(request: pytest.FixtureRequest, shoot: Callable[[str], Shot]) -> Shot:
    """Each film in turn."""
    return shoot(request.param)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that decode give way to others, so that on a busy machine they end late."""
    for module in (frame_supply, thumbnails):
        monkeypatch.setattr(module, "_END", float(PATIENCE))


@pytest.fixture
def supply() -> Iterator[Callable[..., FrameSupply]]:
    """Open a dataset (or its root) for looking at; supplies are closed after the test."""
    opened: list[FrameSupply] = []

    def give(dataset: Dataset | Path, on_ready=lambda key: None, memory=None) -> FrameSupply:
        if isinstance(dataset, Path):
            dataset = open_dataset(dataset)
        opened.append(CountedSupply(dataset, on_ready, memory))
        return opened[-1]

    yield give
    for one in opened:
        one.close()
    assert threads() == []
