"""Every kind of encoder that LeRobot's classifier loads gives the features that it gives there."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from classifier.encoder import load_encoder
from classifier.encoder.backbone import Kind
from tests.interop.encoder import write_encoder
from tests.interop.lerobot_process import LerobotError, LerobotProcess
from tests.interop.releases import Release

pytestmark = pytest.mark.interop

_SIDE = 64
_OTHERS = {("0.3.3", "convnextv2")}
"""transformers 4.51 of LeRobot 0.3.3 takes a matrix norm where ConvNeXt V2 has a vector's."""
_STAGES: dict[str, Any] = {"hidden_sizes": [8, 8, 8, 16], "depths": [1, 1, 1, 1]}
_TOKENS: dict[str, Any] = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
    "image_size": _SIDE, "patch_size": 16,
}  # fmt: skip
_TEXT = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
    "vocab_size": 20, "bos_token_id": 0, "eos_token_id": 1,
}  # fmt: skip
_PAIR = {"text_config": _TEXT, "vision_config": _TOKENS}
MODELS: dict[str, tuple[Kind, str, dict[str, Any]]] = {
    "resnet": ("cnn", "ResNetModel", {**_STAGES, "embedding_size": 8, "layer_type": "basic"}),
    "resnet with a head": (
        "cnn",
        "ResNetForImageClassification",
        {**_STAGES, "embedding_size": 8, "layer_type": "basic"},
    ),
    "regnet": ("cnn", "RegNetModel", {**_STAGES, "embedding_size": 8, "groups_width": 8}),
    "convnext": ("cnn", "ConvNextModel", _STAGES),
    "convnextv2": ("cnn", "ConvNextV2Model", _STAGES),
    "poolformer": ("cnn", "PoolFormerModel", _STAGES),
    "segformer": ("cnn", "SegformerModel", {**_STAGES, "num_attention_heads": [1, 1, 2, 2]}),
    "vit": ("transformer", "ViTModel", _TOKENS),
    "vit with a head": ("transformer", "ViTForImageClassification", _TOKENS),
    "deit": ("transformer", "DeiTModel", _TOKENS),
    "beit": ("transformer", "BeitModel", _TOKENS),
    "dinov2": ("transformer", "Dinov2Model", _TOKENS),
    "swin": (
        "transformer",
        "SwinModel",
        {"image_size": _SIDE, "embed_dim": 8, "depths": [1, 1], "num_heads": [2, 2],
         "window_size": 4},
    ),
    "clip": ("transformer", "CLIPModel", {**_PAIR, "projection_dim": 8}),
    "siglip": ("transformer", "SiglipModel", _PAIR),
}  # fmt: skip
"""Kind, class of the transformers library, and its smallest configuration."""


def saved_model(name: str, folder: Path) -> Path:
    """A model as its users keep it; weights are such that the features depend on the image."""
    import transformers

    _, class_name, values = MODELS[name]
    make: Any = getattr(transformers, class_name)
    torch.manual_seed(3)
    model = make(make.config_class(**values))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.1 * torch.randn(parameter.shape)
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Three images in [0, 1] of one camera."""
    random = torch.Generator().manual_seed(2)
    path = tmp_path / "images.safetensors"
    save_file({"observation.image": torch.rand(3, 3, _SIDE, _SIDE, generator=random)}, path)
    return path


@pytest.mark.parametrize("name", ["resnet10", *MODELS])
def test_features_are_those_of_lerobot(
    name: str, release: Release, lerobot: LerobotProcess, images: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    kind: Kind = MODELS[name][0] if name in MODELS else "cnn"
    encoder = load_encoder(
        str(saved_model(name, folder) if name in MODELS else write_encoder(folder)), kind
    )
    with torch.inference_mode():
        ours = encoder.features(load_file(images)["observation.image"])
    assert ours.std(dim=0).max() > 1e-3, "the comparison needs features that tell images apart"
    told = lerobot.ask("features", model_name=folder, kind=kind, pictures=images)
    assert told["channels"] == encoder.channels
    theirs = load_file(told["features"])["features"]
    if (release.name, name) in _OTHERS:
        assert not torch.allclose(ours, theirs, atol=1e-3), "the docs name a difference"
        return
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_half_precision_is_what_the_note_says(
    release: Release, lerobot: LerobotProcess, images: Path, tmp_path: Path
) -> None:
    import transformers

    folder = saved_model("resnet", tmp_path / "encoder")
    transformers.ResNetModel.from_pretrained(folder).half().save_pretrained(folder)
    encoder = load_encoder(str(folder))
    assert "LeRobot 0.6 computes in half precision" in encoder.note
    asked = {"model_name": folder, "kind": "cnn", "pictures": images}
    if release.name == "0.6.1":
        with pytest.raises(LerobotError, match="HalfTensor"):
            lerobot.ask("features", **asked)
        return
    theirs = load_file(lerobot.ask("features", **asked)["features"])["features"]
    with torch.inference_mode():
        ours = encoder.features(load_file(images)["observation.image"])
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)
