"""One episode, ready to be written: its rows, its encoded images and its statistics."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset.statistics import (
    Statistics,
    column_statistics,
    image_histogram,
    image_statistics,
    sample_frames,
    thin,
)
from labeler.storage.recording.encoding import Pixels, encode_image, encode_video
from labeler.storage.recording.features import arrow_type, data_schema
from labeler.storage.recording.specification import (
    FRAME_COLUMNS,
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
)


@dataclass(frozen=True, slots=True)
class ReadyEpisode:
    """Episode `index`, whose first row has the number `first_row` in the dataset.

    `videos` holds an MP4 per video camera; `statistics` is ordered as `features` is.
    """

    index: int
    first_row: int
    length: int
    task: str
    rows: pa.Table
    videos: dict[str, bytes]
    statistics: dict[str, Statistics]


@dataclass(frozen=True, slots=True)
class _EncodedCamera:
    """What one camera gives: an MP4, or one PNG per frame."""

    content: bytes | list[bytes]
    statistics: Statistics


class EpisodeMaker:
    """Turns recorded episodes into written form; numbers them in the order they come."""

    def __init__(self, spec: RecordingSpec, executor: Executor) -> None:
        self._spec = spec
        self._executor = executor
        self._schema = data_schema(spec)
        self._next_row = 0
        self._next_episode = 0

    def ready(self, frames: EpisodeFrames, task_index: int) -> ReadyEpisode:
        """Encode the images of the next episode and lay out its rows.

        Raises:
            ValueError: columns or images do not fit the specification or each other.
        """
        cameras = self._spec.cameras
        futures = [self._executor.submit(self._encode_camera, camera, frames) for camera in cameras]
        values = self._values(frames, task_index)
        encoded = {
            camera.key: future.result() for camera, future in zip(cameras, futures, strict=True)
        }
        episode = ReadyEpisode(
            index=self._next_episode,
            first_row=self._next_row,
            length=frames.length,
            task=frames.task,
            rows=self._rows(values, encoded),
            videos={c.key: _video(encoded[c.key]) for c in self._spec.videos},
            statistics=self._statistics(values, encoded),
        )
        self._next_row += frames.length
        self._next_episode += 1
        return episode

    def _encode_camera(self, camera: CameraSpec, frames: EpisodeFrames) -> _EncodedCamera:
        length = frames.length
        sampled = sample_frames(length)
        histogram = np.zeros((3, 256), dtype=np.int64)

        def sample(count: int, image: Pixels) -> None:
            nonlocal histogram
            times = np.count_nonzero(sampled == count)
            if times:
                histogram += times * image_histogram(thin(image))

        images = _check(frames.images[camera.key], camera, length, sample)
        if camera.kind == "video":
            content: bytes | list[bytes] = encode_video(images, camera, self._spec.fps)
        else:
            content = [encode_image(image) for image in images]
        return _EncodedCamera(
            content,
            image_statistics(histogram, len(sampled), quantiles=self._spec.format.quantiles),
        )

    def _values(self, frames: EpisodeFrames, task_index: int) -> dict[str, NDArray[Any]]:
        length = frames.length
        values = {c.name: _fit(c, frames.columns[c.name], length) for c in self._spec.columns}
        count = np.arange(length)
        # LeRobot takes the statistics of `timestamp` before it becomes a float32.
        return values | {
            "timestamp": count / self._spec.fps,
            "frame_index": count,
            "episode_index": np.full(length, self._next_episode),
            "index": count + self._next_row,
            "task_index": np.full(length, task_index),
        }

    def _rows(
        self, values: dict[str, NDArray[Any]], encoded: dict[str, _EncodedCamera]
    ) -> pa.Table:
        arrays: list[pa.Array] = []
        for camera in self._spec.cameras:
            if camera.kind == "image":
                kind = self._schema.field(camera.key).type
                arrays.append(_images(encoded[camera.key], kind, self._spec.image_path))
        for column in (*self._spec.columns, *FRAME_COLUMNS):
            arrays.append(_array(column, values[column.name]))
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _statistics(
        self, values: dict[str, NDArray[Any]], encoded: dict[str, _EncodedCamera]
    ) -> dict[str, Statistics]:
        result = {camera.key: encoded[camera.key].statistics for camera in self._spec.cameras}
        for column in (*self._spec.columns, *FRAME_COLUMNS):
            if column.dtype != "string":
                result[column.name] = column_statistics(
                    values[column.name], quantiles=self._spec.format.quantiles
                )
        return result


def _video(encoded: _EncodedCamera) -> bytes:
    assert isinstance(encoded.content, bytes)
    return encoded.content


def _check(
    images: Iterable[Pixels],
    camera: CameraSpec,
    length: int,
    seen: Callable[[int, Pixels], None],
) -> Iterator[Pixels]:
    count = 0
    for count, image in enumerate(images, start=1):
        if image.shape != (camera.height, camera.width, 3) or image.dtype != np.uint8:
            raise ValueError(f"An image of {camera.key} is {image.dtype} {image.shape}.")
        seen(count - 1, image)
        yield image
    if count != length:
        raise ValueError(f"{camera.key} has {count} images for {length} frames.")


def _fit(column: ColumnSpec, values: NDArray[Any], length: int) -> NDArray[Any]:
    shape = (length,) if column.shape == (1,) else (length, *column.shape)
    dtype = np.str_ if column.dtype == "string" else np.dtype(column.dtype)
    return np.asarray(values).astype(dtype).reshape(shape)


def _array(column: ColumnSpec, values: NDArray[Any]) -> pa.Array:
    kind = arrow_type(column)
    if column.dtype == "string":
        return pa.array(values.tolist(), kind)
    if values.ndim == 1:
        return pa.array(values).cast(kind, safe=False)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), type=kind)


def _images(encoded: _EncodedCamera, kind: pa.DataType, path: str) -> pa.Array:
    assert isinstance(encoded.content, list)
    return pa.array(
        [
            {"bytes": content, "path": path.format(frame=frame)}
            for frame, content in enumerate(encoded.content)
        ],
        kind,
    )
