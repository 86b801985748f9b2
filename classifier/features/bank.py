"""Features of any frame of a dataset: from the cache, or decoded and encoded when missing."""

import math
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.config import CameraInput
from classifier.data import Batch, Recipe, apart, decoded, in_order, viewed
from classifier.features.cache import FeatureCache
from classifier.features.dense import LIMIT, DenseFeatures
from classifier.features.names import PictureNames, feature_name
from classifier.model import RewardClassifier
from labeler.cures import Advice
from labeler.dataset import Dataset
from labeler.errors import StorageError

_PICTURES = "pictures"  # in the place of an encoder's digest: what is kept are prepared pictures
_AT_ONCE = 16  # pictures per pass through the encoder: what it writes stays in a core's cache
_MOST_OPEN = 16_384  # mapped entries; each holds a file descriptor
_OTHERS = 256  # file descriptors left to everything else

_TRIES = 3

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Progress:
    """Frames encoded so far, of those that were missing from the cache."""

    done: int
    total: int


class FeatureBank:
    """Features of frames (episode, frame index, view) for every camera of a classifier.

    View 0 is the frame as it is, 1 to `views` are random changes by `recipe`. With `pictures`, the
    prepared pictures themselves are kept instead of features: for training the encoder, too.
    """

    def __init__(
        self,
        dataset: Dataset,
        model: RewardClassifier,
        recipe: Recipe,
        cache: FeatureCache,
        pictures: bool = False,
    ) -> None:
        self._dataset = dataset
        self._model = model
        self._recipe = recipe
        self._cache = cache
        self._pictures = pictures
        self._names = PictureNames(dataset)
        self._known: dict[tuple[str, int, int], str] = {}
        self._dense: DenseFeatures | None = None
        self._most_open = _descriptors()
        self._open: OrderedDict[str, NDArray[np.generic]] = OrderedDict()

    def prepare(
        self,
        episodes: Sequence[int],
        views: int,
        report: Callable[[Progress], None] = lambda progress: None,
    ) -> int:
        """Encode what is missing of the episodes with `views` views; frames encoded come back.

        `report` is called after each batch; what it raises stops the work, and whole episodes that
        were encoded before are kept.

        Raises:
            DamagedDatasetError: a picture is missing or damaged.
            StorageError: the cache cannot be written.
        """
        missing = [
            (camera, self._missing(camera, episodes, views)) for camera in self._model.cameras
        ]
        lengths = self._dataset.lengths
        total = sum(
            int(lengths[episode]) * len(absent)
            for _, of_camera in missing
            for episode, absent in of_camera.items()
        )
        done = 0
        for camera, of_camera in missing:
            # Closed at once if `report` raises: its thread must not outlive the dataset.
            with closing(self._encode(camera, of_camera)) as counts:
                for count in counts:
                    done += count
                    report(Progress(done, total))
        self._cache.trim(self._known.values())
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
        for camera in self._model.cameras:
            found: NDArray[np.generic] | None = None
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
        lengths = self._dataset.lengths
        shapes = self._model.feature_shapes
        per_frame = sum(
            2 * (math.prod(camera.shape) if self._pictures else math.prod(shapes[camera.key]))
            for camera in self._model.cameras
        )
        if int(lengths[list(episodes)].sum()) * (views + 1) * per_frame > LIMIT:
            return None
        dense = DenseFeatures(episodes, lengths, views)
        for camera in self._model.cameras:
            dense.add(
                (episode, view, self._array(camera, episode, view))
                for episode in episodes
                for view in range(views + 1)
            )
        self._open.clear()
        return dense

    def _missing(
        self, camera: CameraInput, episodes: Sequence[int], views: int
    ) -> dict[int, list[int]]:
        """Views that are not in the cache, by episode."""
        result = {}
        for episode in episodes:
            names = [self._name(camera, episode, view) for view in range(views + 1)]
            absent = [view for view, name in enumerate(names) if not self._cache.has(name)]
            if absent:
                result[episode] = absent
        return result

    def _name(self, camera: CameraInput, episode: int, view: int) -> str:
        key = (camera.key, episode, view)
        if key not in self._known:
            encoder = _PICTURES if self._pictures else self._model.source.sha256
            pixels = None if self._pictures else self._model.pixels
            pictures = self._names.of(camera.key, episode)
            self._known[key] = feature_name(pictures, camera, encoder, pixels, self._recipe, view)
        return self._known[key]

    def _encode(self, camera: CameraInput, missing: dict[int, list[int]]) -> Generator[int]:
        """Encode views of episodes and put them into the cache; counts of frames come back."""

        def work(batch: Batch) -> dict[int, NDArray[np.generic]]:
            views = missing[batch.episode]
            return {view: self._encoded(self._changed(camera, batch, view)) for view in views}

        parts: dict[int, list[NDArray[np.generic]]] = {}
        with ExitStack() as stack:
            threads = stack.enter_context(apart(next(self._model.parameters()).device))
            batches = stack.enter_context(
                closing(decoded(self._dataset, camera, missing, _AT_ONCE))
            )
            for batch, found in stack.enter_context(closing(in_order(batches, work, threads))):
                for view, array in found.items():
                    parts.setdefault(view, []).append(array)
                yield len(batch.pictures) * len(found)
                if batch.first + len(batch.pictures) == int(self._dataset.lengths[batch.episode]):
                    for view, arrays in parts.items():
                        name = self._name(camera, batch.episode, view)
                        self._cache.put(name, np.concatenate(arrays))
                    parts = {}

    def _changed(self, camera: CameraInput, batch: Batch, view: int) -> Tensor:
        """One view of each picture of a batch."""
        if view == 0:
            return batch.pictures
        pictures = self._names.of(camera.key, batch.episode)
        names = [f"{pictures} {batch.first + number}" for number in range(len(batch.pictures))]
        pairs = zip(batch.pictures, names, strict=True)
        return torch.stack([viewed(picture, self._recipe, name, view) for picture, name in pairs])

    def _encoded(self, pictures: Tensor) -> NDArray[np.generic]:
        if self._pictures:
            return pictures.half().numpy()
        model = self._model
        device = next(model.parameters()).device
        with torch.inference_mode():
            fed = model.normalized(pictures.to(device))
            features = model.source.features(fed).float().cpu().contiguous()
        half = features.half()
        # Half the memory for a rounding of 5e-4, unless values exceed what 16 bits can say.
        return (half if bool(torch.isfinite(half).all()) else features).numpy()

    def _array(self, camera: CameraInput, episode: int, view: int) -> NDArray[np.generic]:
        name = self._name(camera, episode, view)
        if name in self._open:
            self._open.move_to_end(name)
            return self._open[name]
        array = self._cache.get(name)
        for _ in range(_TRIES):
            if array is not None:
                break
            # Damaged, or another run's limit removed it, perhaps as soon as it was written.
            for _ in self._encode(camera, {episode: [view]}):
                pass
            array = self._cache.get(name)
        if array is None:
            raise StorageError(
                f"Encoded frames of episode {episode} do not stay in the cache.",
                Advice(
                    "Raise train.cache_gib, or check the disk of LABELER_CACHE.",
                    setting="train.cache_gib",
                ),
            )
        self._open[name] = array
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
