"""Encoding on this machine: images decoded ahead in one thread, encoded in others."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from itertools import groupby

import torch
from torch import Tensor

from classifier.config import CameraInput
from classifier.data import (
    Batch,
    Damage,
    OnDamage,
    Recipe,
    apart,
    decode_batches,
    draw_view,
    in_order,
    require_whole,
)
from classifier.features.bank import Array, EncodingJob, FeatureBank
from classifier.features.cache import FeatureCache
from classifier.features.names import FeatureNames
from classifier.model import RewardClassifier
from labeler.dataset import Dataset

_AT_ONCE = 16  # images per pass through the encoder: what it writes stays in a core's cache


def local_bank(
    dataset: Dataset,
    model: RewardClassifier,
    recipe: Recipe,
    cache: FeatureCache,
    images: bool = False,
    *,
    strict: bool = False,
) -> FeatureBank:
    """Features of a dataset under the encoder of a classifier, encoded on this machine.

    View 0 is the frame as it is, 1 and more are random changes by `recipe`. With `images`, the
    prepared images themselves are kept instead of features: for training the encoder, too. With
    `strict` the first damaged episode ends the work, else it is raised after all others are done.
    """
    names = names_for(dataset, model, recipe, images=images)
    device = next(model.parameters()).device
    work = work_of(None if images else model)

    def encode(jobs: Sequence[EncodingJob]) -> Generator[tuple[str, Array]]:
        damages: list[Damage] = []
        on_damage = None if strict else damages.append
        encoding = LocalEncoding(dataset, names.images.of, recipe, work, device, on_damage)
        yield from encoding(jobs)
        require_whole(damages)

    return FeatureBank(dataset.lengths, model.cameras, names.of, cache, encode)


def names_for(
    dataset: Dataset, model: RewardClassifier, recipe: Recipe, *, images: bool
) -> FeatureNames:
    """Names of what `local_bank` keeps; whoever encodes, they are the same."""
    encoder = None if images else model.source.features_key()
    return FeatureNames(dataset, encoder, None if images else model.pixels, recipe)


def work_of(model: RewardClassifier | None) -> Callable[[Tensor], Array]:
    """What turns prepared images into what is kept: features, or without a model the images."""
    return half_images if model is None else encoder_of(model)


class LocalEncoding:
    """Encodes jobs with the threads of this process.

    name_of: digest of a camera's images of an episode, as `ImageNames.of` gives it
    work: turns prepared images, float32 (n, 3, height, width) in [0, 1], into what is kept
    on_damage: is told of an episode that is damaged, and the others follow; without it that is
        raised
    """

    def __init__(
        self,
        dataset: Dataset,
        name_of: Callable[[str, int], str],
        recipe: Recipe,
        work: Callable[[Tensor], Array],
        device: torch.device,
        on_damage: OnDamage | None = None,
    ) -> None:
        self._dataset = dataset
        self._name_of = name_of
        self._recipe = recipe
        self._work = work
        self._device = device
        self._on_damage = on_damage

    def __call__(self, jobs: Sequence[EncodingJob]) -> Generator[tuple[str, Array]]:
        """Features of the next frames of each job; an episode is decoded once for all its views.

        Raises:
            DamagedDatasetError: an image is missing or damaged, and nobody is to be told.
        """
        for camera, of_camera in groupby(jobs, lambda job: job.camera):
            yield from self._of_camera(camera, of_camera)

    def _of_camera(
        self, camera: CameraInput, jobs: Iterable[EncodingJob]
    ) -> Generator[tuple[str, Array]]:
        wanted: dict[int, list[EncodingJob]] = {}
        for job in jobs:
            wanted.setdefault(job.episode, []).append(job)

        def work(batch: Batch) -> list[tuple[str, Array]]:
            views = wanted[batch.episode]
            return [(job.name, self._work(self._view(camera, batch, job.view))) for job in views]

        with ExitStack() as stack:
            threads = stack.enter_context(apart(self._device))
            decoded = decode_batches(self._dataset, camera, wanted, _AT_ONCE, self._on_damage)
            batches = stack.enter_context(closing(decoded))
            for _, found in stack.enter_context(closing(in_order(batches, work, threads))):
                yield from found

    def _view(self, camera: CameraInput, batch: Batch, view: int) -> Tensor:
        """One view of each image of a batch."""
        if view == 0:
            return batch.images
        episode = self._name_of(camera.key, batch.episode)
        names = [f"{episode} {batch.first + number}" for number in range(len(batch.images))]
        pairs = zip(batch.images, names, strict=True)
        return torch.stack([draw_view(image, self._recipe, name, view) for image, name in pairs])


def half_images(images: Tensor) -> Array:
    """Images themselves, float16, in the place of features."""
    half: Array = images.half().numpy()
    return half


def encoder_of(model: RewardClassifier) -> Callable[[Tensor], Array]:
    """What turns images (n, 3, height, width) into features (n, …), float16 where they fit."""
    device = next(model.parameters()).device

    def encode(images: Tensor) -> Array:
        with torch.inference_mode():
            fed = model.normalize(images.to(device))
            features = model.source.features(fed).float().cpu().contiguous()
        half = features.half()
        # Half the memory for a rounding of 5e-4, unless values exceed what 16 bits can say.
        kept: Array = (half if bool(torch.isfinite(half).all()) else features).numpy()
        return kept

    return encode
