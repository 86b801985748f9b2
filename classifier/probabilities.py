"""Probabilities of success for every frame of a dataset, labelled or not."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.data import Batch, apart, decode_batches, in_order
from classifier.likeness import TrainingLikeness
from classifier.model import RewardClassifier, frame_numbers, success_probability
from labeler.contracts.classifier_releases import NEEDS_COLOUR
from labeler.dataset import Dataset, open_dataset
from labeler.errors import UsageError

_AT_ONCE = 16  # images per pass: what the encoder writes stays in a core's cache


def predictions(
    model: RewardClassifier,
    dataset: Dataset,
    episodes: Sequence[int],
    watcher: "DistanceWatcher | None" = None,
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Each episode with the probability of its frames, float64 (frames,), in the order given.

    `watcher` sees how far the images are from those of the training.

    Images are decoded ahead in a thread per camera while others are predicted. With more than two
    classes the probability is that of `success_probability`.

    Raises:
        UsageError: the dataset lacks a camera.
        DamagedDatasetError: an image is missing or damaged.
    """
    require_cameras(model, dataset)
    device = next(model.parameters()).device

    with ExitStack() as stack:
        threads = stack.enter_context(apart(device))
        streams = []
        for camera in model.cameras:
            # Each thread reads through a dataset of its own.
            own = stack.enter_context(open_dataset(dataset.root))
            stream = decode_batches(own, camera, episodes, _AT_ONCE)
            streams.append(stack.enter_context(closing(stream)))
        parts: list[_Scored] = []
        work = partial(_scored, model, device, watcher)
        together = in_order(zip(*streams, strict=True), work, threads)
        for batches, found in stack.enter_context(closing(together)):
            parts.append(found)
            episode, last = batches[0].episode, batches[0].first + len(batches[0].images)
            if last == int(dataset.lengths[episode]):
                if watcher is not None:
                    watcher.episodes.append(np.concatenate([away for _, away in parts]))
                yield episode, np.concatenate([scored for scored, _ in parts])
                parts = []


_Scored = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Probabilities of some frames, and their distances."""


def _scored(
    model: RewardClassifier,
    device: torch.device,
    watcher: "DistanceWatcher | None",
    batches: tuple[Batch, ...],
) -> _Scored:
    with torch.inference_mode():
        images = [batch.images.to(device) for batch in batches]
        features = model.encode(images)
        logits = model.classify(features)
    found = success_probability(model, logits)
    return found, np.zeros(0) if watcher is None else watcher.distances(features, images)


class DistanceWatcher:
    """Collects how far each episode's images are from those of the training."""

    def __init__(self, likeness: TrainingLikeness) -> None:
        self.likeness = likeness
        self.episodes: list[NDArray[np.float64]] = []
        """Distances of the frames of each episode so far, float64 (frames, kinds)."""

    def distances(
        self, features: Sequence[Tensor], images: Sequence[Tensor]
    ) -> NDArray[np.float64]:
        """Of frames, float64 (batch, kinds), as `frame_numbers` takes them."""
        return self.likeness.distances(frame_numbers(features, images))

    @property
    def of_frames(self) -> NDArray[np.float64] | None:
        """How far the frames of the last episode are, as `TrainingLikeness.of_frames`."""
        return self.likeness.of_frames(self.episodes[-1])

    @property
    def sentence(self) -> str:
        """What is to be said of all episodes so far; empty if nothing."""
        return self.likeness.sentence(self.episodes)


def require_cameras(model: RewardClassifier, dataset: Dataset) -> None:
    """Refuse a dataset that a classifier cannot predict.

    Raises:
        UsageError: it lacks a camera or measures depth with it, or a crop leaves its images.
    """
    for camera in model.cameras:
        recorded = dataset.camera(camera.key)
        if recorded.is_depth:
            raise UsageError(
                f"{camera.key} measures depth in {dataset.root}, {NEEDS_COLOUR}.",
                "Use recordings in which it has colour images. If these have them, its mark "
                "is_depth_map in meta/info.json is wrong: correct it.",
            )
        if camera.crop is None:
            continue
        top, left, height, width = camera.crop
        if top + height > recorded.height or left + width > recorded.width:
            raise UsageError(
                f"The classifier cuts {list(camera.crop)} (top, left, height, width) out of "
                f"{camera.key}, whose images are {recorded.height}x{recorded.width} here.",
                "Use recordings of the size that it was trained on.",
            )
