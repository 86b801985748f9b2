"""Read a checkpoint of any generation, ours or LeRobot's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import safetensors
from safetensors.numpy import load_file as load_arrays
from safetensors.torch import load_file
from torch import Tensor

from classifier.checkpoint.encoder_inside import encoder_inside
from classifier.checkpoint.lerobot_files import pixel_statistics
from classifier.config import CameraInput, RewardModel, read_json, settings_of
from classifier.likeness import TrainingLikeness
from classifier.model import PixelStatistics, RewardClassifier, frame_widths, module_name
from labeler.contracts.checkpoint import (
    LIKENESS_FILE,
    Contract,
    read_contract,
    require_checkpoint,
    weights_folder,
)
from labeler.errors import UsageError

Pixels = Literal["robot", "training"]

_NOTE = (
    "This checkpoint was trained on normalised pixels, but its LeRobot feeds raw ones on the "
    "robot; probabilities here are those of the {}."
)


_CLASSES = (
    "This classifier has {} classes: LeRobot's step on the robot rewards frames whose likeliest "
    "class is 1, whatever the threshold. Probabilities here are of class 1 against the likeliest "
    "other one, so a threshold of 0.5 is that rule."
)


@dataclass(frozen=True)
class LoadedCheckpoint:
    """A classifier ready to predict images, and what is known about it."""

    model: RewardClassifier
    contract: Contract | None
    """None for a checkpoint that LeRobot wrote."""
    notes: tuple[str, ...] = ()
    """What should be said about it once."""
    likeness: TrainingLikeness | None = None
    """How far images are from those of the training; None where that was not kept."""


def load_checkpoint(
    folder: Path, pixels: Pixels = "robot", *, download: bool = False
) -> LoadedCheckpoint:
    """The classifier in a folder `pretrained_model` (or in that folder's parent).

    From 0.4 on LeRobot normalises pixels in training and not on the robot; `pixels` says which of
    the two is wanted of a checkpoint where that matters. `download` allows fetching the encoder's
    configuration, which only encoders other than ResNet10 need.

    Raises:
        UsageError: there is no checkpoint, or its files do not fit together.
    """
    folder = weights_folder(folder)
    settings = _settings(folder)
    _require_whole(folder)
    tensors = _tensors(folder / "model.safetensors")
    contract = read_contract(folder)
    cameras = _cameras(folder, settings, contract)
    _require_sizes(folder, settings, cameras, tensors)
    encoder = encoder_inside(folder, settings, tensors, contract, download=download)
    inside = _inside(tensors, cameras, folder / "model.safetensors")
    processed = None if inside else _preprocessor_statistics(folder, settings, cameras)
    fed = inside or (processed if pixels == "training" else None)
    model = RewardClassifier(encoder, cameras, settings, fed)
    _fill(model, tensors, folder)
    classes = settings.num_classes
    notes = (
        _NOTE.format(pixels) if processed else "",
        _CLASSES.format(classes) if classes > 2 else "",
        encoder.note,
    )
    likeness = _likeness(folder / LIKENESS_FILE, model)
    return LoadedCheckpoint(model.eval(), contract, tuple(filter(None, notes)), likeness)


def _likeness(path: Path, model: RewardClassifier) -> TrainingLikeness | None:
    if not path.is_file():
        return None
    try:
        return TrainingLikeness.of_arrays(load_arrays(path), frame_widths(model))
    except (OSError, ValueError, safetensors.SafetensorError) as error:
        raise UsageError(
            f"{path} is damaged, or of another checkpoint.", "Restore it, or remove that file."
        ) from error


def _settings(folder: Path) -> RewardModel:
    path = require_checkpoint(folder)
    # A release newer than those known here may have added fields; they change no number.
    known = {key: value for key, value in read_json(path).items() if key in _FIELDS}
    return settings_of({"reward_model": known}, str(path)).config.reward_model


_SHARDS = "pytorch_model_fsdp_0"
"""Folder of sharded weights: accelerate's name, used by LeRobot's main branch of August 2026."""


def _require_whole(folder: Path) -> None:
    """Refuse a checkpoint whose weights are in shards alone.

    Raises:
        UsageError: it has no model.safetensors beside them.
    """
    if (folder / _SHARDS).is_dir() and not (folder / "model.safetensors").is_file():
        raise UsageError(
            f"{folder} is a sharded checkpoint: its weights are in {_SHARDS}, without a "
            "model.safetensors.",
            "Merge them with LeRobot's lerobot-convert-dcp, then use it again.",
        )


_LARGEST_SIDE = 1 << 14
_FIELDS = frozenset(RewardModel.model_fields)


def _tensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
        raise UsageError(f"{path} is missing or damaged.", "Restore the checkpoint.") from error


def _cameras(
    folder: Path, settings: RewardModel, contract: Contract | None
) -> tuple[CameraInput, ...]:
    if contract is not None:
        return tuple(
            CameraInput(c.key, c.height, c.width, c.crop, c.recorded) for c in contract.cameras
        )
    features = settings.input_features or {}
    cameras = []
    for key, feature in features.items():
        if key.startswith("observation.image"):
            if len(feature.shape) != 3 or min(feature.shape) < 1:
                raise UsageError(
                    f"{folder} gives {key} the shape {list(feature.shape)}.",
                    "Fix its config.json.",
                )
            height, width = feature.shape[1:]
            size = settings.image_size
            cameras.append(CameraInput(key, size or height, size or width))
    if not cameras:
        raise UsageError(f"{folder} names no camera.", "Fix input_features in its config.json.")
    return tuple(cameras)


def _require_sizes(
    folder: Path,
    settings: RewardModel,
    cameras: tuple[CameraInput, ...],
    tensors: Mapping[str, Tensor],
) -> None:
    """Refuse sizes of which no tensor is, before memory for them is asked for."""
    known = {size for tensor in tensors.values() for size in tensor.shape}
    names = ["hidden_dim"]
    if settings.model_type == "cnn":
        names += ["latent_dim", "image_embedding_pooling_dim"]
    for name in names:
        if (size := getattr(settings, name)) not in known:
            raise UsageError(
                f"{folder}: config.json says {name} {size}, which no tensor has.",
                "Restore the checkpoint; its files do not belong together.",
            )
    for camera in cameras:
        if max(camera.height, camera.width) > _LARGEST_SIDE:
            raise UsageError(
                f"{folder}: {camera.key} has images of {camera.height}×{camera.width}.",
                "Restore the checkpoint; no camera records such images.",
            )


def _inside(
    tensors: Mapping[str, Tensor], cameras: tuple[CameraInput, ...], path: Path
) -> PixelStatistics | None:
    """Statistics that LeRobot 0.3 keeps in the model; those of the cameras have to agree."""
    name = f"normalize_inputs.buffer_{module_name(cameras[0].key)}"
    if f"{name}.mean" not in tensors or f"{name}.std" not in tensors:
        return None
    found = _statistics(tensors, name, path)
    for camera in cameras[1:]:
        other = f"normalize_inputs.buffer_{module_name(camera.key)}"
        if _statistics(tensors, other, path) != found:
            raise UsageError(
                "The cameras of this checkpoint are normalised in different ways.",
                "Train it again with dataset.use_imagenet_stats.",
            )
    return found


def _preprocessor_statistics(
    folder: Path, settings: RewardModel, cameras: tuple[CameraInput, ...]
) -> PixelStatistics | None:
    """Statistics that LeRobot 0.4 and later normalise with in training."""
    path = folder / "classifier_preprocessor.json"
    if not settings.normalizes or not path.is_file():
        return None
    for name in _state_files(path):
        tensors = _tensors(folder / name)
        key = cameras[0].key
        if f"{key}.mean" in tensors:
            return _statistics(tensors, key, path)
    return None


def _state_files(path: Path) -> list[str]:
    """Names of the tensor files of a processor's steps, all of them beside it.

    Raises:
        UsageError: it is damaged, or names a file of another folder.
    """
    steps = read_json(path).get("steps", [])
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise UsageError(f"{path} is damaged: it holds no steps.", "Restore the checkpoint.")
    names = [name for step in steps if (name := step.get("state_file")) is not None]
    for name in names:
        if not isinstance(name, str) or Path(name).name != name or name == ".." or "\\" in name:
            raise UsageError(
                f"{path}: the state_file {name!r} is not a file in this folder.",
                "Restore the checkpoint; do not use one that you were sent.",
            )
    return names


def _statistics(tensors: Mapping[str, Tensor], name: str, path: Path) -> PixelStatistics:
    mean, std = tensors.get(f"{name}.mean"), tensors.get(f"{name}.std")
    if mean is None or std is None or mean.numel() < 3 or std.numel() < 3:
        raise UsageError(f"{path}: statistics of {name} are missing.", "Restore the checkpoint.")
    return pixel_statistics(mean, std)


def _fill(model: RewardClassifier, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Put the weights above the encoder into the model; every one has to be there."""
    wanted = {
        name: tensor
        for name, tensor in model.state_dict().items()
        if not name.startswith("encoder.")
    }
    for name, tensor in wanted.items():
        if name not in tensors or tensors[name].shape != tensor.shape:
            found = tuple(tensors[name].shape) if name in tensors else "missing"
            raise UsageError(
                f"{folder}: {name} is {found}, but config.json asks for {tuple(tensor.shape)}.",
                "Restore the checkpoint; its files do not belong together.",
            )
    model.load_state_dict({name: tensors[name].float() for name in wanted}, strict=False)
