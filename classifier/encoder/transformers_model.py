"""Encoders of the transformers library, from a local folder and without remote code."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from labeler.cures import Advice, SetSetting
from labeler.errors import UsageError


def load_transformers_model(folder: Path, name: str, kind: str) -> tuple[nn.Module, int]:
    """The vision network in a folder, and the number of its feature channels.

    As LeRobot does: of a model for text and pictures only the vision part is taken; a CNN is one
    whose configuration has `hidden_sizes`, a transformer has `hidden_size`.

    Weights of half precision are computed with in float32, as the features are kept.

    Raises:
        UsageError: the model needs code of its own, cannot be loaded, lacks tensors, or is of the
            other kind.
    """
    whole, missing = _loaded(folder, name)
    model = getattr(whole, "vision_model", whole)
    _require_whole(name, missing)
    sizes = getattr(model.config, "hidden_sizes", None)
    width = getattr(model.config, "hidden_size", None)
    if kind == "cnn" and sizes:
        return model, int(sizes[-1])
    if kind == "transformer" and width:
        return model, int(width)
    other = "transformer" if kind == "cnn" else "cnn"
    raise UsageError(
        f"{name} is no {kind} that LeRobot's classifier can use.",
        SetSetting(f"{other}, or choose another model_name", setting="reward_model.model_type"),
    )


def _loaded(folder: Path, name: str) -> tuple[Any, Iterable[str]]:
    """The model in a folder, and names of tensors that its weights lack."""
    # Here, not above: it takes seconds to import, and ResNet10 does without.
    from transformers import AutoModel

    try:
        loaded: Any = AutoModel.from_pretrained(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise UsageError(
            f"The encoder {name} cannot be loaded without running code that came with it: "
            f"{str(error).splitlines()[0]:.200}",
            Advice(
                "Use a model that the transformers library supports by itself, or a ResNet10.",
                setting="reward_model.model_name",
            ),
        ) from error
    model, found = loaded
    return model, found["missing_keys"]


def _require_whole(name: str, missing: Iterable[str]) -> None:
    """Refuse a network of which a part would be drawn at random, another one in each process.

    A pooler may be missing: LeRobot's classifier does not use what it gives.
    """
    lacking = sorted(key for key in missing if "pooler" not in key.split("."))
    if lacking:
        others = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise UsageError(
            f"The weights of {name} lack the tensor {lacking[0]}{others}.",
            Advice(
                "Give the folder of the model as its own library wrote it, with tensors of "
                "these names.",
                setting="reward_model.model_name",
            ),
        )
