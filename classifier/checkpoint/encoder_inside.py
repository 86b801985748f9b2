"""The encoder whose weights a checkpoint holds; without them, the one it names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from classifier.config import RewardModel
from classifier.encoder import Encoder, is_resnet10, load_encoder, load_resnet10
from classifier.encoder.backbone import digest, freeze
from classifier.encoder.resnet10 import CHANNELS
from classifier.encoder.transformers_model import TIMM, channels_of, require_timm
from labeler.contracts.checkpoint import Contract
from labeler.errors import UsageError

CONFIG = "encoder_config.json"
"""Configuration of an encoder of the transformers library, beside config.json."""


def encoder_inside(
    folder: Path,
    settings: RewardModel,
    tensors: Mapping[str, Tensor],
    contract: Contract | None,
    *,
    download: bool = False,
) -> Encoder:
    """The encoder of a checkpoint.

    Raises:
        UsageError: its weights are not in the checkpoint and the encoder is not to be had.
    """
    inside = _encoder_tensors(tensors)
    name = contract.encoder.name if contract else settings.model_name
    revision = contract.encoder.revision if contract else None
    if is_resnet10(inside):
        network: nn.Module = load_resnet10(inside, str(folder))
        return freeze(Encoder(network, name, "cnn", CHANNELS[-1], digest(inside), revision))
    if inside and (folder / CONFIG).is_file():
        model = _from_config(folder / CONFIG, name)
        channels = channels_of(model, settings.model_type)
        encoder = Encoder(model, name, settings.model_type, channels, digest(inside), revision)
    else:
        encoder = load_encoder(name, settings.model_type, revision=revision, download=download)
    if inside:
        missing, unexpected = encoder.network.load_state_dict(inside, strict=False)
        if missing or unexpected:
            raise UsageError(
                f"{folder}: its encoder is not {name}: {[*missing, *unexpected][0]} does not fit.",
                "Restore the checkpoint, or give it the encoder it was trained with.",
            )
    return freeze(encoder)


def _encoder_tensors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The encoder's tensors, stored once under `encoder.` or under one of the cameras."""
    once = {k.removeprefix("encoder."): v for k, v in tensors.items() if k.startswith("encoder.")}
    if once:
        return once
    result = {}
    for key, tensor in tensors.items():
        part = key.split(".", 3)
        if len(part) == 4 and part[0] == "encoders" and part[2] == "0":
            result[part[3]] = tensor
    return result


def _from_config(path: Path, name: str) -> nn.Module:
    """The network without weights; of timm, only what is on this machine."""
    from transformers import AutoConfig, AutoModel  # slow to import

    make: Any = AutoModel  # ships no types for this
    try:
        config = AutoConfig.from_pretrained(
            str(path), local_files_only=True, trust_remote_code=False
        )
        if config.model_type == TIMM:
            require_timm(name, config.architecture)
        model: Any = make.from_config(config, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{path} is damaged.", "Restore the checkpoint.") from error
    network: nn.Module = getattr(model, "vision_model", model)
    return network
