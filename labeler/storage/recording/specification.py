"""What a new recording is to look like, and what an episode brings along."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from labeler.dataset.formats import DatasetFormat, Version, format_of

Codec = Literal["av1", "h264"]
Names = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """A camera: `video` becomes MP4 files, `image` PNG bytes in the parquet files.

    The encoder's defaults are LeRobot's (AV1 or H.264, yuv420p, every 2nd frame a keyframe,
    crf 30). `b_frames` of None leaves the number of B-frames to the encoder.
    `episodes_per_file` limits an MP4 of v3.0 besides its size.
    """

    key: str
    height: int
    width: int
    kind: Literal["video", "image"] = "video"
    codec: Codec = "av1"
    gop: int = 2
    crf: int = 30
    b_frames: int | None = None
    preset: str | None = None
    episodes_per_file: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column of `shape` (n,) values per frame; shape (1,) is stored as a plain scalar."""

    name: str
    dtype: Literal["float32", "float64", "int64", "bool", "string"] = "float32"
    shape: tuple[int, ...] = (1,)
    names: Names = None


REWARD = ColumnSpec("next.reward")
DONE = ColumnSpec("next.done", "bool")

FRAME_COLUMNS = (
    ColumnSpec("timestamp"),
    ColumnSpec("frame_index", "int64"),
    ColumnSpec("episode_index", "int64"),
    ColumnSpec("index", "int64"),
    ColumnSpec("task_index", "int64"),
)
"""Columns that every LeRobot dataset has, after those of the recording."""


@dataclass(frozen=True, slots=True)
class RecordingSpec:
    """Layout of a recording.

    `columns` lists what the episodes bring, without the columns that every dataset has. The
    limits on files concern v3.0: sizes in megabytes (2^20 bytes), `chunks_size` files per folder
    (episodes per folder in v2.x), and numbers of episodes where a size is no practical limit.

    Raises:
        ValueError: there is no column, a name is taken twice or holds a slash, or a shape is not
            one-dimensional.
    """

    version: Version
    cameras: tuple[CameraSpec, ...]
    columns: tuple[ColumnSpec, ...]
    fps: int = 10
    robot_type: str | None = "so101_follower"
    chunks_size: int = 1000
    data_file_mb: float = 100
    video_file_mb: float = 200
    episodes_per_data_file: int | None = None
    episodes_per_metadata_file: int | None = None

    def __post_init__(self) -> None:
        names = [camera.key for camera in self.cameras]
        names += [column.name for column in (*self.columns, *FRAME_COLUMNS)]
        if not self.columns:
            raise ValueError("A recording has at least one column.")
        if len(set(names)) < len(names) or any("/" in name for name in names):
            raise ValueError(f"Names of cameras and columns clash or hold a slash: {names}.")
        if any(len(column.shape) != 1 for column in self.columns):
            raise ValueError("Only columns with one-dimensional values can be written.")

    @property
    def videos(self) -> tuple[CameraSpec, ...]:
        """Cameras that are written as MP4."""
        return tuple(camera for camera in self.cameras if camera.kind == "video")

    @property
    def image_path(self) -> str:
        """Template of the name that a PNG in a parquet file carries."""
        return self.format.image_name

    @property
    def format(self) -> DatasetFormat:
        """What is peculiar to the format that is written."""
        return format_of(Version(self.version))


@dataclass(frozen=True, slots=True)
class EpisodeFrames:
    """One episode as it was recorded.

    `columns` maps every column of the specification to an array (length, n), or (length,) for
    scalars. `images` maps every camera key to an iterable of `length` images, uint8
    (height, width, 3) RGB; each is read once, cameras at the same time from several threads.
    """

    task: str
    columns: Mapping[str, NDArray[Any]]
    images: Mapping[str, Iterable[NDArray[np.uint8]]] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(next(iter(self.columns.values())))
