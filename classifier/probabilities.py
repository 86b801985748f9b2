"""Probabilities of success for every frame of a dataset, labelled or not."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.data import Batch, apart, decode_batches, in_order
from classifier.model import RewardClassifier, success_probability
from labeler.dataset import Dataset, open_dataset
from labeler.errors import UsageError

_AT_ONCE = 16  # images per pass: what the encoder writes stays in a core's cache


def predictions(
    model: RewardClassifier, dataset: Dataset, episodes: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Each episode with the probability of its frames, float64 (frames,), in the order given.

    Images are decoded ahead in a thread per camera while others are predicted. With more than two
    classes the probability is that of `success_probability`.

    Raises:
        UsageError: the dataset lacks a camera.
        DamagedDatasetError: an image is missing or damaged.
    """
    require_cameras(model, dataset)
    device = next(model.parameters()).device

    def work(batches: tuple[Batch, ...]) -> NDArray[np.float64]:
        with torch.inference_mode():
            logits = model([batch.images.to(device) for batch in batches])
        return success_probability(model, logits)

    with ExitStack() as stack:
        threads = stack.enter_context(apart(device))
        streams = []
        for camera in model.cameras:
            # Each thread reads through a dataset of its own.
            own = stack.enter_context(open_dataset(dataset.root))
            stream = decode_batches(own, camera, episodes, _AT_ONCE)
            streams.append(stack.enter_context(closing(stream)))
        parts: list[NDArray[np.float64]] = []
        together = in_order(zip(*streams, strict=True), work, threads)
        for batches, found in stack.enter_context(closing(together)):
            parts.append(found)
            episode, last = batches[0].episode, batches[0].first + len(batches[0].images)
            if last == int(dataset.lengths[episode]):
                yield episode, np.concatenate(parts)
                parts = []


def require_cameras(model: RewardClassifier, dataset: Dataset) -> None:
    """Refuse a dataset that a classifier cannot predict.

    Raises:
        UsageError: it lacks a camera, or a crop leaves its images.
    """
    for camera in model.cameras:
        recorded = dataset.camera(camera.key)
        if camera.crop is None:
            continue
        top, left, height, width = camera.crop
        if top + height > recorded.height or left + width > recorded.width:
            raise UsageError(
                f"The classifier cuts {list(camera.crop)} (top, left, height, width) out of "
                f"{camera.key}, whose images are {recorded.height}x{recorded.width} here.",
                "Use recordings of the size that it was trained on.",
            )
