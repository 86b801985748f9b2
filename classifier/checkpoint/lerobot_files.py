"""The files of each release: config.json and the processors that 0.4 brought.

Key names were taken from files that LeRobot 0.3.3, 0.4.4 and 0.6.1 wrote.
"""

import json
from typing import Any

import torch
from torch import Tensor

from classifier.config import RewardModel
from classifier.model import PixelStatistics, RewardClassifier, module_name
from labeler.contracts.classifier_releases import Release

_REWARD = {"next.reward": {"type": "REWARD", "shape": [1]}}


def feature_values(model: RewardClassifier) -> dict[str, Any]:
    """`input_features` of config.json."""
    return {camera.key: {"type": "VISUAL", "shape": list(camera.shape)} for camera in model.cameras}


def output_values(settings: RewardModel) -> dict[str, Any]:
    """`output_features` of config.json."""
    if settings.output_features is None:
        return dict(_REWARD)
    return {key: value.model_dump(mode="json") for key, value in settings.output_features.items()}


def config_values(model: RewardClassifier, release: Release, model_name: str) -> dict[str, Any]:
    """config.json: the fields that every release has, and `image_size` for the fork alone.

    Unknown fields are fatal to LeRobot, so nothing else may be in it.
    """
    settings = model.settings
    values: dict[str, Any] = {
        "type": "reward_classifier",
        "name": "reward_classifier",
        "input_features": feature_values(model),
        "output_features": output_values(settings),
        "normalization_mapping": {"VISUAL": mode(model)},
        "device": settings.device or "cpu",
        "push_to_hub": False,
        "repo_id": settings.repo_id,
        "private": settings.private,
        "tags": settings.tags,
        "license": settings.license,
        "num_classes": settings.num_classes,
        "hidden_dim": settings.hidden_dim,
        "latent_dim": settings.latent_dim,
        "image_embedding_pooling_dim": settings.image_embedding_pooling_dim,
        "dropout_rate": settings.dropout_rate,
        "model_name": model_name,
        "model_type": model.source.kind,
        "num_cameras": len(model.cameras),
        "learning_rate": settings.learning_rate,
        "weight_decay": settings.weight_decay,
        "grad_clip_norm": settings.grad_clip_norm,
    }
    if release.one_square:
        values["image_size"] = model.cameras[0].height
    return values


def mode(model: RewardClassifier) -> str:
    """How LeRobot calls what is done to pixels."""
    return "IDENTITY" if model.pixels is None else "MEAN_STD"


def statistics_tensors(model: RewardClassifier) -> dict[str, Tensor]:
    """`normalize_inputs.buffer_<camera>.{mean,std}` of LeRobot 0.3; empty without statistics."""
    if model.pixels is None:
        return {}
    names = [f"normalize_inputs.buffer_{module_name(camera.key)}" for camera in model.cameras]
    return {
        f"{name}.{what}": torch.tensor(getattr(model.pixels, what)).view(3, 1, 1).clone()
        for name in names
        for what in ("mean", "std")
    }


def processor_files(model: RewardClassifier) -> dict[str, bytes]:
    """The processors of 0.4 and later, which feed raw pixels, as these releases do on a robot."""

    def normalizer(features: dict[str, Any]) -> dict[str, Any]:
        config = {"eps": 1e-08, "features": features, "norm_map": {"VISUAL": mode(model)}}
        return {"registry_name": "normalizer_processor", "config": config}

    def device(name: str) -> dict[str, Any]:
        return {
            "registry_name": "device_processor",
            "config": {"device": name, "float_dtype": None},
        }

    identity = {"class": "lerobot.processor.pipeline.IdentityProcessorStep", "config": {}}
    before = [
        normalizer(feature_values(model)),
        normalizer(output_values(model.settings)),
        device(model.settings.device or "cpu"),
    ]
    return {
        f"{name}.json": json_bytes({"name": name, "steps": steps})
        for name, steps in (
            ("classifier_preprocessor", before),
            ("classifier_postprocessor", [device("cpu"), identity]),
        )
    }


def json_bytes(values: object) -> bytes:
    """JSON as LeRobot indents it."""
    return (json.dumps(values, indent=4, ensure_ascii=False) + "\n").encode()


def pixel_statistics(mean: Tensor, std: Tensor) -> PixelStatistics:
    """Statistics from tensors of three values."""
    means, deviations = mean.flatten().tolist(), std.flatten().tolist()
    return PixelStatistics(
        (means[0], means[1], means[2]), (deviations[0], deviations[1], deviations[2])
    )
