"""What the config.json beside an encoder's weights says, before anything is loaded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
from safetensors.torch import load_file
from torch import Tensor

from classifier.encoder.transformers_model import TIMM
from classifier.weights import EncoderFiles
from labeler.cures import Advice
from labeler.errors import UsageError

_HALVES = ("float16", "bfloat16")
_IN_TIMM = "pretrained_cfg"
"""By this key the transformers library tells a configuration of timm, too."""
_SHORT = ("F16", "BF16")


@dataclass(frozen=True)
class Declaration:
    """A config.json as far as it says which network the weights are of."""

    model_type: str
    """Name that the transformers library knows the network by."""
    half: bool | None
    """Whether it is to be loaded in half precision; None if nothing is said."""
    architecture: str | None = None
    """Name that the timm library knows the network by."""


def declaration_of(files: EncoderFiles) -> Declaration | None:
    """What an encoder's config.json says; None if there is none.

    Raises:
        UsageError: the file names no model, or it belongs to a robot policy or a reward classifier.
    """
    if files.config is None:
        return None
    try:
        values = dict(json.loads(files.config.read_text(encoding="utf-8")))
        _require_encoder(files.name, values)
        of_timm = _IN_TIMM in values  # a file of timm's own does not name a type
        model_type = TIMM if of_timm else str(values["model_type"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{files.config} does not say which model it is.",
            Advice("Fix or replace that file.", setting="reward_model.model_name"),
        ) from error
    precision = values.get("dtype", values.get("torch_dtype"))  # its name until transformers 4.56
    half = None if precision is None else precision in _HALVES
    return Declaration(model_type, half, values.get("architecture"))


def _require_encoder(name: str, values: Mapping[str, Any]) -> None:
    """Refuse what LeRobot trained: its configurations have a `type`, and features of a robot."""
    kind = values.get("type")
    if not isinstance(kind, str) or not values.keys() & {"input_features", "output_features"}:
        return
    if kind == "reward_classifier":
        raise UsageError(
            f"{name} is a reward classifier, not an encoder.",
            Advice(
                f"Give the encoder that it was trained with: {values.get('model_name')}.",
                setting="reward_model.model_name",
            ),
        )
    raise UsageError(
        f"{name} is a robot policy of LeRobot ({kind}), not an encoder.",
        Advice(
            "Give a network for images, such as lerobot/resnet10; a policy's own image network "
            "cannot be loaded by LeRobot's classifier.",
            setting="reward_model.model_name",
        ),
    )


def tensors_of(path: Path) -> dict[str, Tensor]:
    """The tensors of a file.

    Raises:
        UsageError: it is no whole file of safetensors.
    """
    try:
        return load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
        raise _damage_error(path) from error


def is_half(path: Path) -> bool:
    """Whether a file has weights of half precision; only its head is read.

    Raises:
        UsageError: as `tensors_of`.
    """
    try:
        with safetensors.safe_open(path, "pt") as file:
            return any(file.get_slice(name).get_dtype() in _SHORT for name in file.keys())  # noqa: SIM118
    except (OSError, safetensors.SafetensorError) as error:
        raise _damage_error(path) from error


def _damage_error(path: Path) -> UsageError:
    return UsageError(
        f"{path} is damaged, or not a safetensors file.",
        Advice("Download the weights again.", setting="reward_model.model_name"),
    )
