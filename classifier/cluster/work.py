"""What is sent to a worker: what to encode and with what, as values of a few kilobytes.

No weights and no images are sent. A worker opens the dataset and the encoder where it is, once in
its life, and finds by their digests that they are the ones that are meant.
"""

import ctypes
import hashlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeVar

import torch

from classifier.config import CameraInput, RewardModel
from classifier.data import Damage, OnDamage, Recipe
from classifier.encoder import Encoder, load_encoder
from classifier.features import ImageNames
from classifier.model import PixelStatistics, RewardClassifier
from labeler.dataset import Dataset, local_root, open_dataset
from labeler.errors import ClusterError, DamagedDatasetError

SAME_DATASET = (
    "Keep one dataset where every node sees it, and restart the workers after it changed."
)


@dataclass(frozen=True)
class EncoderOrigin:
    """Where a worker finds the encoder, and the digest by which it knows that it is the one."""

    name: str
    kind: Literal["cnn", "transformer"]
    revision: str | None
    key: str

    @classmethod
    def of(cls, encoder: Encoder) -> "EncoderOrigin":
        """That of an encoder that was found here."""
        name = encoder.name
        if Path(name).expanduser().exists():  # workers have other current folders
            name = str(Path(name).expanduser().absolute())
        return cls(name, encoder.kind, encoder.revision, encoder.features_key())


@dataclass(frozen=True)
class EncodingWork:
    """All that workers need to encode frames of a dataset.

    root: its folder, which each node sees, or its address in an object store
    state: digest of the dataset's list of episodes
    origin: the encoder; None where prepared images themselves are kept
    device: what chooses the device of a worker
    """

    root: Path
    state: str
    cameras: tuple[CameraInput, ...]
    settings: RewardModel
    pixels: PixelStatistics | None
    origin: EncoderOrigin | None
    recipe: Recipe
    device: Callable[[], torch.device]


Piece = TypeVar("Piece")


def cut(
    pieces: Iterable[Piece],
    file: Callable[[Piece], object],
    images: Callable[[Piece], int],
    most: int,
) -> Iterator[list[Piece]]:
    """Work in parts: neighbours whose images lie in one file, of `most` images unless one has more.

    So each file is opened by few tasks, and results stay small.
    """
    for _, of_file in groupby(pieces, file):
        part: list[Piece] = []
        count = 0
        for piece in of_file:
            more = images(piece)
            if part and count + more > most:
                yield part
                part, count = [], 0
            part.append(piece)
            count += more
        yield part


def take_one_core() -> None:
    """Compute with one core, since each thread of a worker has one, and at full speed."""
    torch.set_num_threads(1)
    _keep_freed_memory()


@cache
def _keep_freed_memory() -> None:
    """Let glibc keep freed blocks for the next batch.

    Dask's nannies have it give back all of 64 KiB or more at once (MALLOC_TRIM_THRESHOLD_), so each
    batch of features faults its pages in again: a fold's training took 1.6 times as long. Other
    memory of a worker is bounded by what a task holds.
    """
    if sys.platform != "linux":
        return
    with suppress(AttributeError):  # musl has no such thing, and no need for it
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, 128 << 20)
        mallopt(_MMAP_THRESHOLD, 32 << 20)


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h

_ONE_AT_A_TIME = threading.Lock()  # of the threads of a worker, which share what is opened


def opened(root: Path, state: str) -> Dataset:
    """The dataset of a state, opened the first time only; `reopen` it to read through it.

    Raises:
        ClusterError: it is not here, or not the same one.
    """
    with _ONE_AT_A_TIME:
        return _opened(root, state).dataset


def require_encoder(work: EncodingWork) -> None:
    """Refuse a worker that cannot do some work; this runs on it.

    Raises:
        LabelerError: it lacks the dataset or the encoder, or has another.
    """
    opened(work.root, work.state)
    model_of(work)
    work.device()


def require_images(
    work: EncodingWork, camera: str, images: Mapping[int, str], on_damage: OnDamage
) -> None:
    """Refuse images that are not those whose digests are given, by episode.

    Raises:
        ClusterError: they are others.
    """
    with _ONE_AT_A_TIME:
        names = _opened(work.root, work.state)
        for episode, wanted in images.items():
            try:
                found = names.of(camera, episode)
                if found != wanted:  # unless the file changed since this process read it
                    found = ImageNames(names.dataset).of(camera, episode)
            except DamagedDatasetError as error:
                on_damage(Damage(camera, episode, error))
                continue
            if found != wanted:
                raise ClusterError(
                    f"Images of episode {episode} in {work.root} differ from those on the "
                    "command's machine.",
                    SAME_DATASET,
                )


@lru_cache(maxsize=2)
def _opened(root: Path, state: str) -> ImageNames:
    place = local_root(root)
    if not place.is_dir():
        raise ClusterError(
            f"The folder {root} is not there.", "Keep the dataset where every node sees it."
        )
    dataset = open_dataset(place)
    if state_of(dataset) != state:
        raise ClusterError(
            f"The dataset {root} differs from the one on the command's machine.",
            SAME_DATASET,
        )
    return ImageNames(dataset)


def state_of(dataset: Dataset) -> str:
    """Digest of what decides where frames are: the lengths and the place of every episode."""
    digest = hashlib.sha256(dataset.lengths.tobytes())
    digest.update(dataset.info.model_dump_json().encode())
    return digest.hexdigest()


def model_of(work: EncodingWork) -> RewardClassifier | None:
    """The encoder of some work inside an untrained classifier, loaded the first time only.

    Raises:
        ClusterError: the encoder is not here, or has other weights.
    """
    if work.origin is None:
        return None
    with _ONE_AT_A_TIME:
        model = _encoder(work.origin)
    return RewardClassifier(model, work.cameras, work.settings, work.pixels)


@lru_cache(maxsize=2)
def _encoder(origin: EncoderOrigin) -> Encoder:
    found = load_encoder(origin.name, origin.kind, revision=origin.revision)
    if found.features_key() != origin.key:
        raise ClusterError(
            f"The encoder {origin.name} has other weights than on the command's machine.",
            "Copy the encoder to the same place on every node.",
        )
    return found
