"""Encoders of the transformers library, from a local folder and without remote code."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from labeler.cures import Advice, InstallExtra, SetSetting
from labeler.errors import UsageError

TIMM = "timm_wrapper"
"""What the transformers library calls every network of the timm library."""
_CLASSES = "num_classes"


def load_transformers_model(folder: Path, name: str, kind: str) -> tuple[nn.Module, int]:
    """The vision network in a folder, and the number of its feature channels.

    As LeRobot does: of a model for text and images only the vision part is taken; a CNN is one
    whose configuration has `hidden_sizes`, a transformer has `hidden_size`. A network of timm has
    neither, and LeRobot loads none of them.

    Weights of half precision are computed with in float32, as the features are kept.

    Raises:
        UsageError: the model needs code of its own, cannot be loaded, lacks tensors, has tensors
            that belong nowhere, or is of the other kind.
    """
    whole, found = _load(folder, name)
    _require_whole(name, whole, found)
    model = getattr(whole, "vision_model", whole)
    if whole.config.model_type.endswith("_vision_model"):
        raise UsageError(
            f"{name} is the vision part of a model for text and images, taken out of it; "
            "LeRobot's classifier cannot load that.",
            Advice("Give the whole model as model_name.", setting="reward_model.model_name"),
        )
    if channels := channels_of(model, kind):
        return model, channels
    other = "transformer" if kind == "cnn" else "cnn"
    raise UsageError(
        f"{name} is not a {kind} that LeRobot's classifier can use.",
        SetSetting(f"{other}, or choose another model_name", setting="reward_model.model_type"),
    )


def channels_of(model: nn.Module, kind: str) -> int:
    """Number of channels in the features of a network, 0 if it is not of that kind."""
    config: Any = model.config
    if config.model_type == TIMM:
        inner: Any = model.timm_model
        return int(inner.num_features) if _timm_kind(inner) == kind else 0
    sizes, width = getattr(config, "hidden_sizes", None), getattr(config, "hidden_size", None)
    return int((sizes[-1] if sizes else 0) if kind == "cnn" else width or 0)


def _timm_kind(model: nn.Module) -> str:
    """What a network of timm gives, found by running it on an empty image of its own size."""
    network: Any = model
    size = (network.pretrained_cfg or {}).get("input_size") or (3, 224, 224)
    with torch.inference_mode():
        found = network.eval().forward_features(torch.zeros(1, *size))
    if found.ndim == 4 and found.shape[1] == network.num_features:
        return "cnn"
    has_class_token = getattr(network, "num_prefix_tokens", 0) > 0
    return "transformer" if found.ndim == 3 and has_class_token else "neither"


def require_timm(name: str, architecture: object) -> None:
    """Refuse a network of timm that cannot be built from what is on this machine.

    Raises:
        UsageError: timm is not installed, or the architecture is said to lie elsewhere, where timm
            would fetch it.
    """
    if ":" in str(architecture):
        raise UsageError(
            f"The encoder {name} asks timm for {architecture}, which lies somewhere else.",
            Advice(
                "Save the network itself: a folder with config.json and model.safetensors.",
                setting="reward_model.model_name",
            ),
        )
    try:
        import timm  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"The encoder {name} is a network of the timm library, which is not installed.",
            InstallExtra("timm"),
        ) from error


def _load(folder: Path, name: str) -> tuple[Any, Mapping[str, Iterable[Any]]]:
    """The model in a folder, and names of tensors that do not fit it."""
    # Here, not above: it takes seconds to import, and ResNet10 does without.
    from transformers import AutoModel

    try:
        loaded: Any = AutoModel.from_pretrained(
            str(folder),
            config=_configuration(folder),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are refused below, by name
        )
    except ImportError as error:
        raise UsageError(
            f"The encoder {name} needs a library that neither Labeler nor LeRobot's classifier "
            f"brings along: {str(error).strip().splitlines()[0]:.200}",
            Advice(
                "Use a model that the transformers library supports by itself, or a ResNet10.",
                setting="reward_model.model_name",
            ),
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise UsageError(
            f"The encoder {name} cannot be loaded without running code that came with it: "
            f"{str(error).splitlines()[0]:.200}",
            Advice(
                "Use a model that the transformers library supports by itself, or a ResNet10.",
                setting="reward_model.model_name",
            ),
        ) from error
    model, found = loaded
    return model, found


def _configuration(folder: Path) -> object:
    """The configuration in a folder, without what the network of timm is given in any case."""
    from transformers import AutoConfig

    config: Any = AutoConfig.from_pretrained(
        str(folder), local_files_only=True, trust_remote_code=False
    )
    if config.model_type == TIMM:  # timm 1.0.31 writes `num_classes`, the wrapper adds its own
        config.model_args = {k: v for k, v in (config.model_args or {}).items() if k != _CLASSES}
    return config


def _require_whole(name: str, model: nn.Module, found: Mapping[str, Iterable[Any]]) -> None:
    """Refuse a network of which a part would be drawn at random, another one in each process.

    A pooler may be missing: LeRobot's classifier does not use what it gives. Its weights become 0,
    so that what is written into a checkpoint is the same each time. The head of a model for some
    task may be left over; any other tensor without a place is that of another network.
    """
    other_shape = [str(key) for key, *_ in found["mismatched_keys"]]
    missing = [str(key) for key in found["missing_keys"]]
    lacking = [key for key in missing if "pooler" not in key.split(".")]
    inside = f"{model.base_model_prefix}."
    config: Any = model.config
    has_head = any(each != type(model).__name__ for each in config.architectures or ())
    unexpected = [str(key) for key in found["unexpected_keys"]]
    unexpected = [key for key in unexpected if not key.startswith(_timm_heads(config))]
    left_over = [key for key in unexpected if not has_head or key.startswith(inside)]
    _refuse(f"The weights of {name} lack the tensor", lacking)
    _refuse(f"The weights of {name} have a shape that config.json does not ask for:", other_shape)
    _refuse(f"The network of {name} has no place for the tensor", left_over)
    tensors = model.state_dict()
    for key in missing:
        tensors[key].zero_()


def _timm_heads(config: object) -> tuple[str, ...]:
    """What names of tensors of a head begin with, in a network of timm."""
    named = (getattr(config, "pretrained_cfg", None) or {}).get("classifier") or ()
    heads = (named,) if isinstance(named, str) else tuple(named)
    return tuple(f"timm_model.{head}." for head in heads)


def _refuse(problem: str, keys: Iterable[str]) -> None:
    if named := sorted(keys):
        others = f" and {len(named) - 1} more" if len(named) > 1 else ""
        raise UsageError(
            f"{problem} {named[0]}{others}.",
            Advice(
                "Give the folder of the model as its own library wrote it, with tensors of "
                "these names.",
                setting="reward_model.model_name",
            ),
        )
