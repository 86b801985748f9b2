"""Prepared images in the order of episodes, decoded ahead in a thread of its own."""

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from classifier.config import CameraInput
from classifier.data.images import prepare_image
from labeler.cures import Advice
from labeler.dataset import Dataset
from labeler.errors import DamagedDatasetError
from labeler.video import FrameReader

_AHEAD = 4  # batches decoded before they are asked for
_COARSE = 12  # rows and columns of images by which frames are compared


@dataclass(frozen=True)
class Batch:
    """Consecutive frames of one episode: float32 (frames, 3, height, width) in [0, 1]."""

    episode: int
    first: int
    images: Tensor


@dataclass(frozen=True)
class Damage:
    """An episode of one camera that cannot be decoded, and why."""

    camera: str
    episode: int
    error: DamagedDatasetError


OnDamage = Callable[[Damage], None]
_LISTED = 10  # damaged episodes that a sentence names


def decode_batches(
    dataset: Dataset,
    camera: CameraInput,
    episodes: Iterable[int],
    size: int,
    on_damage: OnDamage | None = None,
) -> Generator[Batch]:
    """All frames of episodes in batches of up to `size`; no batch spans two episodes.

    `dataset` is read by the thread while this runs, so nobody else may read through it. Where
    `on_damage` is given, it is called in that thread for an episode that is damaged, and the next
    one follows; frames before the damage may have been given.

    Raises:
        DamagedDatasetError: an image is missing or damaged, and nobody is to be told.
    """
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
    over = threading.Event()

    def work() -> None:
        try:
            with closing(_batches(dataset, camera, episodes, size, on_damage)) as batches:
                for batch in batches:
                    _put(waiting, batch, over)
                    if over.is_set():
                        return
            _put(waiting, None, over)
        except BaseException as error:  # noqa: BLE001 - raised again where the batches are used
            _put(waiting, error, over)

    thread = threading.Thread(target=work, name="decoding", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        over.set()
        thread.join()


def _put(
    waiting: "queue.Queue[Batch | BaseException | None]",
    item: Batch | BaseException | None,
    over: threading.Event,
) -> None:
    while not over.is_set():
        try:
            waiting.put(item, timeout=0.1)
        except queue.Full:
            continue
        return


def _batches(
    dataset: Dataset,
    camera: CameraInput,
    episodes: Iterable[int],
    size: int,
    on_damage: OnDamage | None,
) -> Generator[Batch]:
    with FrameReader(dataset, camera.key) as reader:
        for episode in episodes:
            try:
                yield from _episode(reader, camera, episode, size)
            except DamagedDatasetError as error:
                if on_damage is None:
                    raise
                on_damage(Damage(camera.key, episode, error))
                reader.close()  # it opens its files again when it is asked for the next episode


def _episode(reader: FrameReader, camera: CameraInput, episode: int, size: int) -> Generator[Batch]:
    images: list[Tensor] = []
    first = 0
    for pixels in reader.frames(episode):
        images.append(prepare_image(pixels, camera))
        if len(images) == size:
            yield Batch(episode, first, torch.stack(images))
            first, images = first + len(images), []
    if images:
        yield Batch(episode, first, torch.stack(images))


def require_whole(damages: Sequence[Damage]) -> None:
    """Refuse to go on without episodes that are damaged.

    Raises:
        DamagedDatasetError: there are some; it lists them.
    """
    if not damages:
        return
    first = damages[0].error
    if len(damages) == 1:
        raise first
    places = [f"{one.episode} of {one.camera}" for one in damages[:_LISTED]]
    more = f" and {len(damages) - _LISTED} more" if len(damages) > _LISTED else ""
    raise DamagedDatasetError(
        f"{len(damages)} episodes are damaged: {', '.join(places)}{more}. {first.message}",
        Advice(
            "Restore these videos, or name the episodes in dataset.exclude_episodes.",
            setting="dataset.exclude_episodes",
        ),
    )


def frame_images(
    dataset: Dataset, camera: CameraInput, wanted: Sequence[tuple[int, int]]
) -> Iterator[Tensor]:
    """Single frames (episode, frame index), prepared: float32 (3, height, width)."""
    with FrameReader(dataset, camera.key) as reader:
        for episode, frame in wanted:
            yield prepare_image(reader.frame(episode, frame), camera)


def coarse_images(
    dataset: Dataset, cameras: Sequence[CameraInput], wanted: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """Single frames (episode, frame index) of all cameras, made small: float32 (n, d) in [0, 1]."""
    parts = [
        torch.stack(list(frame_images(dataset, camera, wanted))) for camera in cameras if wanted
    ]
    small = [functional.adaptive_avg_pool2d(part, _COARSE).flatten(1) for part in parts]
    return torch.cat(small, dim=1).numpy() if small else np.zeros((len(wanted), 0), np.float32)
