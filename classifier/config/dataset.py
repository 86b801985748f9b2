"""Which recording is trained on and what happens to its images: LeRobot's `dataset` section.

Field names and defaults: DatasetConfig and ImageTransformsConfig of LeRobot 0.3.3 to its main
branch of 23 August 2026;
`crop_params_dict` is that of HIL-SERL's image step.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from classifier.config.record import Positive, Record

Pixel = Annotated[int, Field(ge=0)]
Crop = tuple[Pixel, Pixel, Positive, Positive]
"""Top, left, height, width, in pixels of the recorded image."""


class ImageTransform(Record):
    """One random change of images in training; `kwargs` hold the limits it is drawn between."""

    weight: float = Field(default=1.0, ge=0)
    """How likely it is drawn, relative to the others."""
    type: str = "Identity"
    kwargs: dict[str, Any] = Field(default_factory=dict)


def _usual_transforms() -> dict[str, ImageTransform]:
    limits = {
        "brightness": (0.8, 1.2),
        "contrast": (0.8, 1.2),
        "saturation": (0.5, 1.5),
        "hue": (-0.05, 0.05),
    }
    color = {
        name: ImageTransform(type="ColorJitter", kwargs={name: list(between)})
        for name, between in limits.items()
    }
    sharpness = ImageTransform(type="SharpnessJitter", kwargs={"sharpness": [0.5, 1.5]})
    return {**color, "sharpness": sharpness}


class ImageTransforms(Record):
    """Random changes of colour and sharpness, as LeRobot draws them."""

    enable: bool = False
    max_num_transforms: Positive = 3
    random_order: bool = False
    tfs: dict[str, ImageTransform] = Field(default_factory=_usual_transforms)


class DatasetSource(Record):
    """The recording, and how its images are prepared."""

    repo_id: str | None = None
    root: Path | None = None
    """Folder of the dataset. Nothing is downloaded in its place."""
    episodes: list[Pixel] | None = None
    """Episodes to use; `None` for all."""
    exclude_episodes: list[Pixel] | None = None
    """Episodes to leave out of these."""
    image_transforms: ImageTransforms = Field(default_factory=ImageTransforms)
    crop_params_dict: dict[str, Crop] | None = None
    """What is seen of a camera's images: (top, left, height, width) per camera key.
    `None` leaves it to the label file; `{}` is whole images."""
    use_imagenet_stats: bool = True
    """Normalise with ImageNet's statistics, where pixels are normalised at all."""
    # Accepted because LeRobot writes them; see classifier.config.effect.
    video_backend: str | None = None
    revision: str | None = None
    repo_type: str = "dataset"
    return_uint8: bool = False
    depth_output_unit: str | None = None
    streaming: bool = False
    eval_split: float = Field(default=0.0, ge=0, lt=1)
