"""Probabilities of a dataset by the workers of a cluster, each with the checkpoint on its disk."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.checkpoint import LoadedCheckpoint, load_checkpoint
from classifier.cluster.connection import Cluster
from classifier.cluster.work import SAME_DATASET, cut, opened, take_one_core
from classifier.probabilities import DistanceWatcher, predictions
from labeler.dataset import Dataset
from labeler.errors import ClusterError

_IMAGES = 4096
"""Frames of all cameras that a task predicts at most, unless an episode alone has more."""

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class PredictionWork:
    """All that workers need to predict episodes of a dataset.

    root, state: as in `EncodingWork`
    checkpoint: folder of a checkpoint; sha256: that of its weights
    device: what chooses the device of a worker
    """

    root: Path
    state: str
    checkpoint: Path
    sha256: str
    device: Callable[[], torch.device]


@dataclass(frozen=True)
class PredictedEpisode:
    """Probabilities of an episode, float64 (frames,), and how far its images are, (frames, kinds).

    The distances are empty where the checkpoint says nothing about its training's images.
    """

    episode: int
    probabilities: NDArray[np.float64]
    distances: NDArray[np.float64]


def weights_digest(checkpoint: Path) -> str:
    """SHA-256 of a checkpoint's weights."""
    with (checkpoint / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def predictions_on(
    cluster: Cluster,
    work: PredictionWork,
    dataset: Dataset,
    cameras: Sequence[str],
    episodes: Sequence[int],
    watcher: DistanceWatcher | None = None,
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """As `classifier.probabilities.predictions`, by the workers of a cluster.

    Raises:
        DamagedDatasetError: an image is missing or damaged.
        ClusterError: the cluster is gone.
    """
    parts = _parts(dataset, cameras, episodes)
    with closing(cluster.in_order(partial(predict_part, work), parts)) as found:
        for one in found:
            for predicted in () if one is None else one[1]:
                if watcher is not None:
                    watcher.episodes.append(predicted.distances)
                yield predicted.episode, predicted.probabilities


def _parts(
    dataset: Dataset, cameras: Sequence[str], episodes: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    """Episodes cut by the file of the first camera, then by the number of images."""
    videos = [key for key in cameras if dataset.camera(key).kind == "video"]

    def place(episode: int) -> str:
        layout = dataset.layout
        found = layout.video(episode, videos[0])[0] if videos else layout.data_file(episode)
        return str(found)

    def images(episode: int) -> int:
        return int(dataset.lengths[episode]) * len(cameras)

    yield from map(tuple, cut(episodes, place, images, _IMAGES))


def require_checkpoint(work: PredictionWork) -> None:
    """Refuse a worker that cannot do the work; this runs on it.

    Raises:
        LabelerError: it lacks the dataset or the checkpoint, or has another.
    """
    with closing(opened(work.root, work.state).reopen()):
        _loaded(work)
        work.device()


def predict_part(work: PredictionWork, episodes: Sequence[int]) -> list[PredictedEpisode]:
    """Predict episodes; this runs on a worker.

    Raises:
        LabelerError: as `require_checkpoint`, or an image is missing or damaged.
    """
    take_one_core()
    loaded = _loaded(work)
    model = loaded.model.to(work.device())
    watcher = None if loaded.likeness is None else DistanceWatcher(loaded.likeness)
    result = []
    with closing(opened(work.root, work.state).reopen()) as dataset:
        for episode, found in predictions(model, dataset, episodes, watcher):
            away = np.zeros(0) if watcher is None else watcher.episodes[-1]
            result.append(PredictedEpisode(episode, found, away))
    return result


def _loaded(work: PredictionWork) -> LoadedCheckpoint:
    with _ONE_AT_A_TIME:
        return _load(work.checkpoint, work.sha256)


@lru_cache(maxsize=2)
def _load(folder: Path, sha256: str) -> LoadedCheckpoint:
    if not folder.is_dir():
        raise ClusterError(
            f"The checkpoint {folder} is not there.",
            "Keep the checkpoint where every node sees it.",
        )
    if weights_digest(folder) != sha256:
        raise ClusterError(
            f"The checkpoint {folder} has other weights than on the command's machine.",
            SAME_DATASET,
        )
    return load_checkpoint(folder)
