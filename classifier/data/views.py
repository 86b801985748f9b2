"""Random changes of prepared images, the same ones for the same frame in every run.

A view is shifted as HIL-SERL's random crop of images padded by 4 does, then changed in colour and
sharpness as LeRobot's `image_transforms` do. It depends on seed, frame and number of the view and
on nothing else, so that encoded views can be kept and shared between runs.
"""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from classifier.config import ImageTransform, ImageTransforms, TrainConfig, limits_of


@dataclass(frozen=True)
class Recipe:
    """How views are drawn; without transforms and with shift 0 they equal the image."""

    shift: int
    transforms: ImageTransforms | None
    seed: int

    def text(self) -> str:
        """What distinguishes this recipe from others."""
        chosen = self.transforms.model_dump(mode="json") if self.transforms else None
        return json.dumps([self.shift, chosen, self.seed], sort_keys=True)


SLIGHT_CHANGES = Recipe(
    shift=4,
    transforms=ImageTransforms(
        enable=True,
        max_num_transforms=2,
        tfs={
            name: ImageTransform(type="ColorJitter", kwargs={name: (0.8, 1.2)})
            for name in ("brightness", "contrast")
        },
    ),
    seed=0,
)
"""Of the views that a convex problem learns from: moved by up to 4 pixels, under other light."""


def recipe_of(config: TrainConfig) -> Recipe:
    """The recipe that the settings describe."""
    chosen = config.dataset.image_transforms
    return Recipe(config.train.shift, chosen if chosen.enable else None, config.seed)


def draw_view(image: Tensor, recipe: Recipe, frame: str, number: int) -> Tensor:
    """View `number` (1, 2, …) of an image (3, height, width) in [0, 1]; 0 is the image itself.

    `frame` names the frame; the same name gives the same views.
    """
    if number == 0:
        return image
    seed = hashlib.sha256(f"{recipe.seed} {frame} {number}".encode()).digest()
    random = np.random.default_rng(int.from_bytes(seed[:8], "little"))
    image = _shift(image, recipe.shift, random)
    if recipe.transforms is not None:
        image = _transform(image, recipe.transforms, random)
    return image


def _shift(image: Tensor, most: int, random: np.random.Generator) -> Tensor:
    """The image moved by up to `most` pixels, its edge repeated where it leaves a gap."""
    if most == 0:
        return image
    height, width = image.shape[-2:]
    top, left = random.integers(0, 2 * most, size=2, endpoint=True)
    padded = functional.pad(image[None], (most, most, most, most), mode="replicate")[0]
    return padded[:, top : top + height, left : left + width]


def _transform(image: Tensor, transforms: ImageTransforms, random: np.random.Generator) -> Tensor:
    """Some of the transforms, drawn by weight without repetition (LeRobot: RandomSubsetApply)."""
    known = [each for each in transforms.tfs.values() if each.weight > 0]
    if not known:
        return image
    count = min(len(known), transforms.max_num_transforms)
    weights = np.array([each.weight for each in known], dtype=np.float64)
    drawn = random.choice(len(known), size=count, replace=False, p=weights / weights.sum())
    for index in drawn if transforms.random_order else np.sort(drawn):
        for parameter, given in known[index].kwargs.items():
            low, high = limits_of(parameter, given) or (1.0, 1.0)
            image = _change(image, parameter, float(random.uniform(low, high)))
    return torch.clamp(image, 0.0, 1.0)


def _change(image: Tensor, parameter: str, strength: float) -> Tensor:
    """Brightness, contrast, saturation, hue or sharpness changed as torchvision does it."""
    # Half of all that training imports, which takes seconds, and most runs never need it.
    from torchvision.transforms.v2 import functional as change

    adjusted: Tensor = getattr(change, f"adjust_{parameter}")(image, strength)
    return adjusted
