"""Which cameras a classifier is fed, and how each image is cut and resized."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from classifier.config.dataset import Crop
from classifier.config.train_config import TrainConfig
from labeler.contracts.checkpoint import RecordedImages
from labeler.contracts.classifier_releases import NEEDS_COLOUR
from labeler.cures import Advice, GiveDataset, NameCameras, SetSetting
from labeler.errors import UsageError

USUAL_SIZE = 128
"""Pixels of height and width that HIL-SERL feeds its ResNet10."""

_PREFIX = "observation.image"  # LeRobot takes cameras from keys that begin so


@dataclass(frozen=True)
class CameraInput:
    """One camera of a classifier: crop, then resize (bilinear) to `height` x `width`."""

    key: str
    height: int
    width: int
    crop: Crop | None = None
    recorded: RecordedImages | None = field(default=None, compare=False)
    """What the images were like that it is trained on."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width of what the classifier sees."""
        return (3, self.height, self.width)


def camera_inputs(
    config: TrainConfig, recorded: Mapping[str, tuple[int, int]], depth: Collection[str] = ()
) -> tuple[CameraInput, ...]:
    """Cameras in the order of feeding, from the settings and the dataset's cameras.

    `recorded` gives height and width per camera key of the dataset, `depth` the keys of those that
    measure depth: they are left out where no camera is named.

    Raises:
        UsageError: a camera is unknown or measures depth, it is not clear which is meant, their
            number differs from `num_cameras`, or a crop leaves the image.
    """
    keys = _choose_cameras(config, recorded, depth)
    wanted = config.reward_model.num_cameras
    if wanted is not None and wanted != len(keys):
        raise UsageError(
            f"num_cameras is {wanted}, but there {_are(keys)}.",
            SetSetting(
                f"{len(keys)}, or name the cameras in train.cameras",
                setting="reward_model.num_cameras",
            ),
        )
    crops = config.dataset.crop_params_dict or {}
    for key in crops:
        _require_camera(key, recorded, "dataset.crop_params_dict")
    return tuple(_input(config, key, recorded[key], crops.get(key)) for key in keys)


def _choose_cameras(
    config: TrainConfig, recorded: Mapping[str, tuple[int, int]], depth: Collection[str]
) -> list[str]:
    declared = config.reward_model.input_features
    if config.train.cameras:
        keys, source = list(config.train.cameras), "train.cameras"
    elif declared:
        visual = [key for key, feature in declared.items() if feature.type == "VISUAL"]
        keys, source = visual, "reward_model.input_features"
    else:
        colour = [key for key in recorded if key not in depth]
        keys, source = colour or list(recorded), "The dataset"
    for key in keys:
        _require_camera(key, recorded, source)
        _require_colour(key, depth)
    if len(set(keys)) != len(keys):
        raise UsageError(
            f"{source} names a camera twice.",
            Advice("Name each camera once.", setting="train.cameras"),
        )
    if not keys:
        raise UsageError(
            f"{source} has no camera.",
            Advice("A reward classifier needs images.", setting="train.cameras"),
        )
    everything = not (config.train.cameras or declared)
    if everything and len(keys) > 1 and config.reward_model.num_cameras != len(keys):
        raise UsageError(
            f"No camera was named; there {_are(keys)}.",
            NameCameras(setting="train.cameras"),
        )
    return keys


def _are(keys: Sequence[str]) -> str:
    listed = ", ".join(keys)
    return f"is {listed}" if len(keys) == 1 else f"are {len(keys)}: {listed}"


def _require_camera(key: str, recorded: Mapping[str, tuple[int, int]], source: str) -> None:
    if key not in recorded:
        near = difflib.get_close_matches(key, recorded, n=1, cutoff=0.5)
        known = ", ".join(recorded) or "none"
        cure = f"Did you mean {near[0]!r}?" if near else "Name one of these."
        setting = source if "." in source else "train.cameras"
        what = f"{source} names a camera {key!r} that the dataset lacks (it has: {known})."
        raise UsageError(what, Advice(cure, setting=setting))
    if not key.startswith(_PREFIX):
        raise UsageError(
            f"The camera {key!r} cannot be fed to LeRobot's classifier.",
            Advice(
                f"Its key has to begin with {_PREFIX!r}: write a labelled copy in which the camera "
                "has another one, or name another camera.",
                setting="train.cameras",
            ),
        )


def _require_colour(key: str, depth: Collection[str]) -> None:
    if key in depth:
        raise UsageError(
            f"The camera {key} measures depth, {NEEDS_COLOUR}.",
            Advice(
                "Name a camera of colour images. If this one has them, its mark is_depth_map in "
                "meta/info.json is wrong: correct it.",
                setting="train.cameras",
            ),
        )


def _input(
    config: TrainConfig, key: str, recorded: tuple[int, int], crop: Crop | None
) -> CameraInput:
    height, width = recorded
    if crop is not None:
        top, left, height, width = crop
        if top + height > recorded[0] or left + width > recorded[1]:
            raise UsageError(
                f"The crop {list(crop)} (top, left, height, width) of {key} leaves the image.",
                Advice(
                    f"Keep top + height <= {recorded[0]} and left + width <= {recorded[1]}.",
                    setting="dataset.crop_params_dict",
                ),
            )
    feature = (config.reward_model.input_features or {}).get(key)
    if config.reward_model.image_size is not None:
        height = width = config.reward_model.image_size
    elif feature is not None:
        height, width = _size_of_shape(key, feature.shape)
    else:
        height = width = USUAL_SIZE
    return CameraInput(key, height, width, crop)


def _size_of_shape(key: str, shape: Sequence[int]) -> tuple[int, int]:
    """Height and width of a feature's shape, which LeRobot has as (3, height, width)."""
    if len(shape) != 3 or shape[0] != 3:
        raise UsageError(
            f"The shape of {key} in input_features is {list(shape)}.",
            Advice(
                f"Write [3, height, width], for example [3, {USUAL_SIZE}, {USUAL_SIZE}].",
                setting="reward_model.input_features",
            ),
        )
    return shape[1], shape[2]


def dataset_root(config: TrainConfig) -> Path:
    """The folder of the dataset.

    Raises:
        UsageError: none is given, or there is no such folder.
    """
    root, repo_id = config.dataset.root, config.dataset.repo_id
    name = f"dataset.root of {repo_id}" if repo_id else "dataset.root"
    risk = (
        "With a repo_id alone LeRobot asks the Hub and downloads over local episodes; "
        "nothing is ever downloaded here."
    )
    if root is None:
        raise UsageError(
            f"{name} is missing. {risk}",
            GiveDataset(setting="dataset.root"),
        )
    expanded = root.expanduser()
    if not expanded.is_dir():
        raise UsageError(
            f"{name} is {root}, and there is no such folder. {risk}",
            SetSetting("the folder that holds meta/info.json", setting="dataset.root"),
        )
    return expanded
