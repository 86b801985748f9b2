"""Features of any frame of a dataset: from the cache, or encoded when missing.

The bank knows names, the cache and what is missing of it. Who encodes is an argument, so that a
cluster can do what the threads of `classifier.features.local_encoding` do.
"""

from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.config import CameraInput
from classifier.features.cache import FeatureCache
from classifier.features.dense import LIMIT, DenseFeatures
from labeler.cures import Advice
from labeler.errors import StorageError

_MOST_OPEN = 16_384  # mapped entries; each holds a file descriptor
_OTHERS = 256  # file descriptors left to everything else
_TRIES = 3

Rows = NDArray[np.int64]
Array = NDArray[np.generic]


@dataclass(frozen=True)
class EncodingJob:
    """One view of all frames of an episode of one camera, to be encoded and kept as `name`."""

    name: str
    camera: CameraInput
    episode: int
    view: int


Encode = Callable[[Sequence[EncodingJob]], Generator[tuple[str, Array]]]
"""Gives the name of a job with the features (n, …) of its next frames, as often as it takes.

The parts of a job come in the order of its frames, those of several jobs in any order. A part of
no frames is a sign of life. Jobs are given camera by camera and episode by episode. Closing the
generator ends the work.
"""


@dataclass(frozen=True)
class EncodingProgress:
    """Frames encoded so far, of those that were missing from the cache; each view counts."""

    done: int
    total: int


class FeatureBank:
    """Features of frames (episode, frame index, view) of some cameras.

    lengths: frames of each episode, int64 (episodes,)
    name_of: name in the cache of a camera's view of an episode
    """

    def __init__(
        self,
        lengths: Rows,
        cameras: Sequence[CameraInput],
        name_of: Callable[[CameraInput, int, int], str],
        cache: FeatureCache,
        encode: Encode,
    ) -> None:
        self._lengths = lengths
        self._cameras = tuple(cameras)
        self._name_of = name_of
        self._cache = cache
        self._encode = encode
        self._used: set[str] = set()
        self._dense: DenseFeatures | None = None
        self._most_open = _descriptors()
        self._open: OrderedDict[str, Array] = OrderedDict()

    def prepare(
        self,
        episodes: Sequence[int],
        views: int,
        report: Callable[[EncodingProgress], None] = lambda progress: None,
    ) -> int:
        """Encode what is missing of the episodes with `views` views; frames encoded come back.

        `report` is called whenever some frames are done, and now and then while none are; what it
        raises stops the work, and whole episodes that were encoded before are kept.

        Raises:
            DamagedDatasetError: an image is missing or damaged.
            StorageError: the cache cannot be written.
        """
        jobs = self._missing(episodes, views)
        total, done = sum(int(self._lengths[job.episode]) for job in jobs), 0
        # Closed at once if `report` raises: what it started must not outlive the dataset.
        with closing(self._encode_missing(jobs)) as counts:
            for count in counts:
                done += count
                report(EncodingProgress(done, total))
        self._cache.trim(self._used)
        self._dense = self._in_memory(episodes, views)
        return done

    def gather(self, episodes: Rows, frames: Rows, views: Rows | None = None) -> list[Tensor]:
        """Features of frames, float32 (n, …) on the CPU, a tensor per camera.

        `views` (n,) says which view of each; default is the frame as it is.
        """
        views = np.zeros_like(frames) if views is None else views
        if self._dense is not None and self._dense.holds(episodes, views):
            return list(self._dense.gather(episodes, frames, views))
        groups, place = np.unique(np.stack([episodes, views]), axis=1, return_inverse=True)
        order = np.argsort(place.reshape(-1), kind="stable")
        bounds = np.searchsorted(place.reshape(-1)[order], np.arange(groups.shape[1] + 1))
        result = []
        for camera in self._cameras:
            found: Array | None = None
            for number, (episode, view) in enumerate(groups.T.tolist()):
                rows = order[bounds[number] : bounds[number + 1]]
                part = np.asarray(self._array(camera, episode, view))[frames[rows]]
                if found is None:
                    found = np.empty((len(frames), *part.shape[1:]), part.dtype)
                elif part.dtype.itemsize > found.dtype.itemsize:  # beyond what 16 bits can say
                    found = found.astype(part.dtype)
                found[rows] = part
            assert found is not None
            result.append(torch.from_numpy(found).float())
        return result

    def _in_memory(self, episodes: Sequence[int], views: int) -> DenseFeatures | None:
        firsts = [self._array(camera, episodes[0], 0) for camera in self._cameras]
        per_frame = sum(array[0].nbytes for array in firsts)
        if int(self._lengths[list(episodes)].sum()) * (views + 1) * per_frame > LIMIT:
            return None
        dense = DenseFeatures(episodes, self._lengths, views)
        for camera in self._cameras:
            dense.add(
                (episode, view, self._array(camera, episode, view))
                for episode in episodes
                for view in range(views + 1)
            )
        self._open.clear()
        return dense

    def _missing(self, episodes: Sequence[int], views: int) -> list[EncodingJob]:
        jobs = [
            self._job(camera, episode, view)
            for camera in self._cameras
            for episode in episodes
            for view in range(views + 1)
        ]
        return [job for job in jobs if not self._cache.has(job.name)]

    def _job(self, camera: CameraInput, episode: int, view: int) -> EncodingJob:
        name = self._name_of(camera, episode, view)
        self._used.add(name)
        return EncodingJob(name, camera, episode, view)

    def _encode_missing(self, jobs: Sequence[EncodingJob]) -> Generator[int]:
        """Put each job into the cache as soon as it is whole; counts of frames come back."""
        missing = {job.name: int(self._lengths[job.episode]) for job in jobs}
        parts: dict[str, list[Array]] = {}
        with closing(self._encode(jobs)) as encoded:
            for name, features in encoded:
                if not len(features):
                    yield 0
                    continue
                parts.setdefault(name, []).append(features)
                missing[name] -= len(features)
                if not missing[name]:
                    self._cache.put(name, np.concatenate(parts.pop(name)))
                yield len(features)

    def _array(self, camera: CameraInput, episode: int, view: int) -> Array:
        job = self._job(camera, episode, view)
        if job.name in self._open:
            self._open.move_to_end(job.name)
            return self._open[job.name]
        array = self._cache.get(job.name)
        for _ in range(_TRIES):
            if array is not None:
                break
            # Damaged, or another run's limit removed it, perhaps as soon as it was written.
            for _ in self._encode_missing([job]):
                pass
            array = self._cache.get(job.name)
        if array is None:
            raise StorageError(
                f"Encoded frames of episode {episode} do not stay in the cache.",
                Advice(
                    "Raise train.cache_gib, or check the disk of LABELER_CACHE.",
                    setting="train.cache_gib",
                ),
            )
        self._open[job.name] = array
        if len(self._open) > self._most_open:
            self._open.popitem(last=False)
        return array


def _descriptors() -> int:
    """How many entries may be mapped at once; what the system grants is taken."""
    try:
        import resource  # there is none on Windows
    except ImportError:
        return _OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_OPEN + _OTHERS
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    granted = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    return max(granted - _OTHERS, 1)
