"""Fixtures that every test may use."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from labeler.console import output
from labeler.demo import recording as demo
from labeler.demo.recording import DemoStory
from labeler.storage.recording import (
    DONE,
    REWARD,
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    Version,
    write_recording,
)

try:
    import PySide6.QtTest
    import PySide6.QtWidgets  # noqa: F401
except ImportError:  # a system library is missing: pytest-qt would end the whole run
    NO_QT = "a system library that Qt needs is missing; .ci/run names the packages"
else:
    NO_QT = ""
    pytest_plugins = ["pytestqt.plugin"]


QUICK = frozenset((Path(__file__).parent / "quick.txt").read_text().split())
"""Files of `pytest -m quick`: a part of every large room that starts few processes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the quick set."""
    root = Path(__file__).resolve().parents[1]
    for item in items:
        if item.path.relative_to(root).as_posix() in QUICK:
            item.add_marker(pytest.mark.quick)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave alone what is not in the quick set if only that is wanted: reading it takes longer."""
    if config.option.markexpr != "quick" or collection_path.is_dir():
        return None
    place = collection_path.relative_to(Path(__file__).resolve().parents[1])
    return True if place.as_posix() not in QUICK else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Without pytest-qt its settings in pyproject.toml would be unknown ones."""
    if NO_QT:
        parser.addini("qt_log_level_fail", "unused")
        parser.addini("qt_log_ignore", "unused", type="linelist")


# A shell starts background jobs with it ignored; tests of Ctrl-C need it in what they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Some containers set it; then each of the hundreds of processes that tests start would compile all
# that it imports, torch included, anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# On a busy machine a command would say that it is still at work, in the middle of what is compared.
os.environ.setdefault("LABELER_HEARTBEAT", "0")

# readline, which pytest loads, sets it for the workers of xdist; a console that is made while it is
# set stays that wide, also in a test that sets another width. Whoever sets none has 80.
os.environ.pop("COLUMNS", None)
for name in ("results", "messages"):
    getattr(output, name)
os.environ["COLUMNS"] = "80"

settings.register_profile("labeler", deadline=None)  # a busy machine is no failure
settings.load_profile("labeler")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test and no process that one starts encodes frames into the cache of whoever tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABELER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


JOINTS = tuple(
    f"{joint}.pos"
    for joint in (
        "shoulder_pan",
        "shoulder_lift",
        "elbow_flex",
        "wrist_flex",
        "wrist_roll",
        "gripper",
    )
)
VECTOR = {"shape": (6,), "names": JOINTS}


def barred_picture(
    episode: int, frame: int, height: int = 64, width: int = 64, camera: int = 0
) -> NDArray[np.uint8]:
    """A picture that tells its episode and its frame: 16 bars of bits, light for 1, dark for 0.

    The bars of the upper half hold the frame index, those of the lower half the episode index.
    """
    bits = np.array([frame, episode])[:, None] >> np.arange(16) & 1
    gray = np.where(bits, 200, 50).astype(np.uint8)
    rows = np.arange(height) * 2 // height
    columns = np.arange(width) * 16 // width
    return np.repeat(gray[rows][:, columns, None], 3, axis=2) + np.uint8(8 * camera)


def episode_and_frame(pixels: NDArray[np.uint8]) -> tuple[int, int]:
    """Episode and frame index of a `barred_picture`, from pixels (h, w, 3) of any codec."""
    height, width = pixels.shape[:2]
    columns = (np.arange(16) * 2 + 1) * width // 32
    rows = (height // 4, height * 3 // 4)
    frame, episode = (int((pixels[row, columns, 0] > 128) @ (1 << np.arange(16))) for row in rows)
    return episode, frame


@pytest.fixture
def read_picture() -> Callable[[NDArray[np.uint8]], tuple[int, int]]:
    """Function that says which (episode, frame) a picture of `make_recording` shows."""
    return episode_and_frame


class MakeRecording(Protocol):
    """Writes a small recording and returns its root."""

    def __call__(
        self,
        version: Version = "v3.0",
        lengths: Sequence[int] = (12, 9, 15),
        *,
        name: str = "recording",
        size: tuple[int, int] = (64, 64),
        cameras: Sequence[str] = ("observation.images.gripper",),
        kind: str = "video",
        codec: str = "h264",
        gop: int = 2,
        b_frames: int | None = None,
        reward: Callable[[int], NDArray[np.float32]] | str | None = None,
        tasks: Sequence[str] = ("pick up the red cube and lift it",),
        fps: int = 10,
        chunks_size: int = 1000,
        episodes_per_data_file: int | None = None,
        episodes_per_video_file: Sequence[int | None] = (None,),
        episodes_per_metadata_file: int | None = None,
        robot_type: str | None = "so101_follower",
        seed: int = 0,
    ) -> Path: ...


@pytest.fixture
def short_demo(monkeypatch: pytest.MonkeyPatch) -> list[DemoStory]:
    """The demo has its first two episodes only, as far as this process makes it."""
    stories = demo.stories()[:2]
    monkeypatch.setattr(demo, "stories", lambda: stories)
    return stories


@pytest.fixture
def make_recording(tmp_path: Path) -> MakeRecording:
    """Factory of small recordings below `tmp_path`; see `recording_maker`."""
    return recording_maker(tmp_path)


def recording_maker(folder: Path) -> MakeRecording:
    """Factory of small recordings below `folder`.

    Pictures tell their episode and frame (fixture `read_picture`). `reward` adds
    `next.reward` and `next.done`: "last" puts a 1 on the last frame only, a function gives the
    rewards of an episode. `episodes_per_video_file` goes round the cameras, `tasks` round the
    episodes. `kind` is "video" or "image" for all cameras. Recordings of the same `seed` have the
    same episodes; pictures of another show the episode index plus `seed`.
    """

    def make(
        version="v3.0",
        lengths=(12, 9, 15),
        *,
        name="recording",
        size=(64, 64),
        cameras=("observation.images.gripper",),
        kind="video",
        codec="h264",
        gop=2,
        b_frames=None,
        reward=None,
        tasks=("pick up the red cube and lift it",),
        fps=10,
        chunks_size=1000,
        episodes_per_data_file=None,
        episodes_per_video_file=(None,),
        episodes_per_metadata_file=None,
        robot_type="so101_follower",
        seed=0,
    ):
        height, width = size
        columns = [ColumnSpec("observation.state", **VECTOR), ColumnSpec("action", **VECTOR)]
        spec = RecordingSpec(
            version=version,
            cameras=tuple(
                CameraSpec(
                    key,
                    height,
                    width,
                    kind=kind,
                    codec=codec,
                    gop=gop,
                    b_frames=b_frames,
                    episodes_per_file=episodes_per_video_file[i % len(episodes_per_video_file)],
                )
                for i, key in enumerate(cameras)
            ),
            columns=(*columns, *((REWARD, DONE) if reward is not None else ())),
            fps=fps,
            chunks_size=chunks_size,
            episodes_per_data_file=episodes_per_data_file,
            episodes_per_metadata_file=episodes_per_metadata_file,
            robot_type=robot_type,
        )
        root = folder / name
        write_recording(root, spec, _episodes(spec, lengths, tasks, reward, seed))
        return root

    return make


def _episodes(spec, lengths, tasks, reward, seed) -> Iterator[EpisodeFrames]:
    for episode, length in enumerate(lengths):
        random = np.random.default_rng(episode + seed)
        state = np.cumsum(random.normal(size=(length, 6)), axis=0)
        columns = {"observation.state": state, "action": state + random.normal(size=(length, 6))}
        if reward is not None:
            last = np.arange(length) == length - 1
            given = last if reward == "last" else reward(episode)
            columns |= {"next.reward": np.asarray(given, np.float32), "next.done": last}
        pictures = {
            camera.key: [
                barred_picture(episode + seed, frame, camera.height, camera.width, number)
                for frame in range(length)
            ]
            for number, camera in enumerate(spec.cameras)
        }
        yield EpisodeFrames(tasks[episode % len(tasks)], columns, pictures)
