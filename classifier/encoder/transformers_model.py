"""Encoders of the transformers library, from a local folder and without remote code."""

from pathlib import Path
from typing import Any

from torch import nn

from labeler.cures import Advice, SetSetting
from labeler.errors import UsageError


def load_transformers_model(folder: Path, name: str, kind: str) -> tuple[nn.Module, int]:
    """The vision network in a folder, and the number of its feature channels.

    As LeRobot does: of a model for text and pictures only the vision part is taken; a CNN is one
    whose configuration has `hidden_sizes`, a transformer has `hidden_size`.

    Raises:
        UsageError: the model needs code of its own, cannot be loaded, or is of the other kind.
    """
    # Here, not above: it takes seconds to import, and ResNet10 does without.
    from transformers import AutoModel

    try:
        model: Any = AutoModel.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, use_safetensors=True
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
    model = getattr(model, "vision_model", model)
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
