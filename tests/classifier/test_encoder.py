"""ResNet10 against another implementation, its names through the years, other encoders."""

import json
import re
import sys
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import load_file, save_file
from timm.models import save_for_hf
from torch import nn
from torch.nn import functional
from transformers import TimmWrapperConfig, TimmWrapperModel

from classifier.config import CameraInput
from classifier.encoder import load_encoder, random_resnet10, require_grid
from classifier.encoder.resnet10 import ResNet10, same_padding
from classifier.encoder.resnet10_keys import todays_name
from labeler.cures import InstallExtra
from labeler.errors import UsageError
from tests.classifier.conftest import GRIPPER


def unfolded_convolution(pixels, weight, stride):
    """Convolution under XLA's SAME as a product of matrices, one window after another."""
    channels, _, kernel, _ = weight.shape
    batch, _, height, width = pixels.shape
    rows, columns = -(-height // stride), -(-width // stride)
    total = [max(0, (n - 1) * stride + kernel - s) for n, s in ((rows, height), (columns, width))]
    room = torch.zeros(batch, pixels.shape[1], height + total[0], width + total[1])
    top, left = total[0] // 2, total[1] // 2
    room[:, :, top : top + height, left : left + width] = pixels
    windows = room.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return torch.einsum("bchwij,ocij->bohw", windows, weight)[:, :channels]


def reference_features(state, pixels, first_shortcut=False):
    """ResNet10 from its description, without the product's layers."""

    def norm(x, name):
        weight, bias = state[f"{name}.group_norm.weight"], state[f"{name}.group_norm.bias"]
        groups = x.reshape(len(x), 4, -1)
        spread = groups.var(dim=2, unbiased=False, keepdim=True)
        groups = (groups - groups.mean(dim=2, keepdim=True)) / torch.sqrt(spread + 1e-5)
        return groups.reshape(x.shape) * weight[:, None, None] + bias[:, None, None]

    x = functional.conv2d(pixels, state["embedder.0.weight"], stride=2, padding=3)
    x = norm(x, "embedder.1").clamp(min=0)
    (top, bottom), (left, right) = (same_padding(size, 3, 2) for size in x.shape[2:])
    x = functional.pad(x, (left, right, top, bottom), value=-torch.inf)
    x = x.unfold(2, 3, 2).unfold(3, 3, 2).amax(dim=(4, 5))
    for stage in range(4):
        name, stride = f"encoder.stages.{stage}", 2 if stage else 1
        aside = x
        if stage or first_shortcut:
            aside = unfolded_convolution(x, state[f"{name}.shortcut.0.conv.weight"], stride)
            aside = norm(aside, f"{name}.shortcut.1")
        x = unfolded_convolution(x, state[f"{name}.conv1.conv.weight"], stride)
        x = norm(x, f"{name}.norm1")
        x = unfolded_convolution(x.clamp(min=0), state[f"{name}.conv2.conv.weight"], 1)
        x = (norm(x, f"{name}.norm2") + aside).clamp(min=0)
    return x


def shaken(network: ResNet10) -> ResNet10:
    """Norms other than 1 and 0, as training leaves them."""
    random = torch.Generator().manual_seed(9)
    for name, parameter in network.named_parameters():
        if "group_norm" in name:
            parameter.data += 0.3 * torch.randn(parameter.shape, generator=random)
    return network.eval()


@pytest.mark.parametrize("first_shortcut", [False, True])
@pytest.mark.parametrize("size", [(64, 64), (63, 50)], ids=["even", "odd"])
@torch.no_grad()
def test_features_are_those_of_the_description(size, first_shortcut) -> None:
    network = ResNet10(first_shortcut=first_shortcut)
    network = shaken(network)
    pixels = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(1))
    found = network(pixels)
    assert found.shape == (2, 512, -(-size[0] // 32), -(-size[1] // 32))
    expected = reference_features(network.state_dict(), pixels, first_shortcut)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_padding_of_even_sizes_at_stride_two_is_after() -> None:
    assert same_padding(32, 3, 2) == (0, 1)
    assert same_padding(33, 3, 2) == (1, 1)
    assert same_padding(32, 3, 1) == (1, 1)
    assert same_padding(32, 1, 2) == (0, 0)


def test_names_and_number_of_weights() -> None:
    state = ResNet10().state_dict()
    assert len(state) == 36
    assert sum(tensor.numel() for tensor in state.values()) == 4_905_792
    assert {
        "embedder.0.weight",
        "embedder.1.group_norm.bias",
        "encoder.stages.0.conv1.conv.weight",
        "encoder.stages.3.norm2.group_norm.weight",
        "encoder.stages.1.shortcut.0.conv.weight",
        "encoder.stages.1.shortcut.1.group_norm.weight",
    } <= set(state)
    assert not any("stages.0.shortcut" in name for name in state)


def as_of(era: str, key: str) -> str:
    if era in ("january", "february"):
        key = key.replace(".group_norm.", ".")
    return key.replace(".conv.weight", ".weight") if era == "january" else key


@pytest.mark.parametrize("prefix", ["", "encoder.", "model."])
@pytest.mark.parametrize("era", ["january", "february", "today"])
def test_every_published_naming_loads(era, prefix, tmp_path) -> None:
    network = shaken(ResNet10(first_shortcut=era == "january"))
    state = {prefix + as_of(era, key): tensor for key, tensor in network.state_dict().items()}
    save_file(state, tmp_path / "weights.safetensors")
    loaded = load_encoder(str(tmp_path / "weights.safetensors"))
    pixels = torch.rand(1, 3, 64, 64)
    assert torch.equal(loaded.features(pixels), network(pixels))
    assert not any(parameter.requires_grad for parameter in loaded.network.parameters())


def test_todays_names_stay() -> None:
    names = ResNet10(first_shortcut=True).state_dict()
    assert [todays_name(name) for name in names] == list(names)


def test_the_random_encoder_is_the_same_each_time_and_says_so(encoder) -> None:
    torch.rand(7)
    again = load_encoder("random")
    assert again.sha256 == encoder.sha256
    assert "NEVER TRAINED" in encoder.note
    assert not torch.equal(
        random_resnet10(1).state_dict()["embedder.0.weight"],
        encoder.network.state_dict()["embedder.0.weight"],
    )


def test_weights_of_something_else_are_refused(tmp_path) -> None:
    state = ResNet10().state_dict()
    del state["encoder.stages.2.norm1.group_norm.bias"]
    save_file(state, tmp_path / "model.safetensors")
    with pytest.raises(UsageError, match=r"stages\.2\.norm1.*not those of a ResNet10"):
        load_encoder(str(tmp_path / "model.safetensors"))
    save_file({"some.weight": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(UsageError, match=r"config\.json"):
        load_encoder(str(tmp_path))


def save_timm(folder: Path, architecture: str, form: str) -> nn.Module:
    """A network of timm, as the transformers library keeps it or as timm itself does."""
    torch.manual_seed(0)
    network = timm.create_model(architecture)
    if form == "timm":
        save_for_hf(network, folder, safe_serialization=True)
    else:
        config = TimmWrapperConfig(architecture=architecture, do_pooling=False)
        model = TimmWrapperModel(config)
        model.timm_model.load_state_dict(network.state_dict(), strict=False)  # without its head
        model.save_pretrained(folder)
    return network.eval()


@pytest.mark.parametrize("form", ["transformers", "timm"])
@pytest.mark.parametrize(
    ("architecture", "kind", "shape"),
    [("test_efficientnet", "cnn", (256, 5, 5)), ("test_vit", "transformer", (64,))],
)
def test_encoders_of_timm_are_for_labeler_alone(architecture, kind, shape, form, tmp_path) -> None:
    network = save_timm(tmp_path, architecture, form)
    encoder = load_encoder(str(tmp_path), kind)
    pixels = torch.rand(2, 3, 160, 160)
    found = network.forward_features(pixels)
    wanted = found[:, 0] if kind == "transformer" else found
    assert encoder.feature_shape(160, 160) == shape
    assert torch.allclose(encoder.features(pixels), wanted, atol=1e-5)
    assert not encoder.in_lerobot
    assert "LeRobot's classifier cannot load" in encoder.note
    other = "transformer" if kind == "cnn" else "cnn"
    with pytest.raises(UsageError, match=f"not a {other}"):
        load_encoder(str(tmp_path), other)


def test_a_network_of_timm_with_neither_a_map_nor_a_class_token_is_refused(tmp_path) -> None:
    """Its features are (rows, columns, channels)."""
    save_timm(tmp_path, "swin_tiny_patch4_window7_224", "transformers")
    for kind in ("cnn", "transformer"):
        with pytest.raises(UsageError, match=f"not a {kind}"):
            load_encoder(str(tmp_path), kind)


def test_an_encoder_of_timm_asks_for_the_extra(tmp_path, monkeypatch) -> None:
    save_timm(tmp_path, "test_efficientnet", "transformers")
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(UsageError, match="timm library, which is not installed") as refused:
        load_encoder(str(tmp_path))
    assert refused.value.cures == (InstallExtra("timm"),)


def test_a_network_of_timm_is_not_fetched_from_elsewhere(tmp_path) -> None:
    """timm takes some names of architectures for places to load them from."""
    save_timm(tmp_path, "test_efficientnet", "transformers")
    values = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(values | {"architecture": "elsewhere:x/y"}))
    with pytest.raises(UsageError, match="lies somewhere else"):
        load_encoder(str(tmp_path))


def test_maps_other_than_4x4_are_refused_with_sizes_that_fit(encoder) -> None:
    require_grid(encoder, [CameraInput(GRIPPER, 97, 128)])
    with pytest.raises(UsageError, match=r"84x84.*3x3 feature map.*image_size to 128"):
        require_grid(encoder, [CameraInput(GRIPPER, 84, 84)])
    with pytest.raises(UsageError, match="15x20"):
        require_grid(encoder, [CameraInput(GRIPPER, 480, 640)])


def save_model(folder, kind: str) -> None:
    """A tiny network of the transformers library, as its users keep it."""
    from transformers import AutoModel, Dinov2Config, ResNetConfig

    if kind == "cnn":
        config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 12], depths=[1, 1])
    else:
        config = Dinov2Config(
            hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=56
        )
    AutoModel.from_config(config).save_pretrained(folder)


@pytest.mark.parametrize(
    ("kind", "channels", "shape"), [("cnn", 12, (12, 8, 6)), ("transformer", 16, (16,))]
)
def test_encoders_of_transformers(kind, channels, shape, tmp_path) -> None:
    save_model(tmp_path, kind)
    encoder = load_encoder(str(tmp_path), kind)
    assert (encoder.channels, encoder.feature_shape(64, 48)) == (channels, shape)
    assert encoder.features(torch.rand(2, 3, 64, 48)).shape == (2, *shape)
    with pytest.raises(UsageError, match="that LeRobot's classifier can use") as refused:
        load_encoder(str(tmp_path), "transformer" if kind == "cnn" else "cnn")
    assert refused.value.setting == "reward_model.model_type"


@pytest.mark.parametrize("kind", ["cnn", "transformer"])
def test_a_model_that_lacks_tensors_is_refused_by_name(kind, tmp_path) -> None:
    """It would be drawn at random, another one in each process."""
    save_model(tmp_path, kind)
    tensors = load_file(tmp_path / "model.safetensors")
    renamed = {f"policy.encoder.{name}": tensor for name, tensor in tensors.items()}
    save_file(renamed, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(UsageError, match=r"lack the tensor \S+ and \d+ more"):
        load_encoder(str(tmp_path), kind)
    one = next(name for name in tensors if name.endswith("weight"))
    rest = {name: tensor for name, tensor in tensors.items() if name != one}
    save_file(rest, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(UsageError, match=re.escape(one)):
        load_encoder(str(tmp_path), kind)


def test_weights_of_half_precision_are_computed_with_in_float32(tmp_path) -> None:
    save_model(tmp_path, "cnn")
    file = tmp_path / "model.safetensors"
    halves = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in load_file(file).items()
    }
    config = json.loads((tmp_path / "config.json").read_text()) | {"dtype": "float16"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    save_file(halves, file, {"format": "pt"})
    pixels = torch.rand(2, 3, 64, 64)
    encoder = load_encoder(str(tmp_path))
    found = encoder.features(pixels)
    assert "LeRobot 0.6 computes in half precision" in encoder.note
    wide = {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in halves.items()
    }
    save_file(wide, file, {"format": "pt"})
    (tmp_path / "config.json").write_text(json.dumps(config | {"dtype": "float32"}))
    again = load_encoder(str(tmp_path))
    assert found.dtype == torch.float32 and again.note == ""
    assert torch.equal(found, again.features(pixels))
    assert encoder.sha256 != again.sha256 and encoder.features_key() == again.features_key()


def harmed(folder, change=None, **config) -> None:
    """Another network than the folder's, in one of its two files."""
    file, values = folder / "model.safetensors", folder / "config.json"
    if change is not None:
        save_file(change(load_file(file)), file, {"format": "pt"})
    values.write_text(json.dumps(json.loads(values.read_text()) | config))


def with_a_layer_more(tensors):
    return tensors | {"encoder.stages.7.weight": torch.zeros(3)}


def test_a_tensor_without_a_place_is_refused_by_name(tmp_path) -> None:
    """The network would not be the one that the weights are of."""
    save_model(tmp_path, "cnn")
    harmed(tmp_path, with_a_layer_more)
    with pytest.raises(UsageError, match=r"no place for the tensor encoder\.stages\.7\.weight"):
        load_encoder(str(tmp_path))
    save_file(with_a_layer_more(ResNet10().state_dict()), tmp_path / "ours.safetensors")
    with pytest.raises(UsageError, match=r"encoder\.stages\.7\.weight, which belongs nowhere"):
        load_encoder(str(tmp_path / "ours.safetensors"))


def test_a_tensor_of_another_shape_is_refused_by_name(tmp_path) -> None:
    save_model(tmp_path, "cnn")
    harmed(tmp_path, hidden_sizes=[8, 24])
    with pytest.raises(UsageError, match=r"config\.json does not ask for: encoder\.stages\.1\."):
        load_encoder(str(tmp_path))


def test_the_head_of_another_task_may_be_left_over_and_a_pooler_may_be_missing(tmp_path) -> None:
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        image_size=32,
    )  # fmt: skip
    ViTForImageClassification(config).save_pretrained(tmp_path)
    torch.manual_seed(1)
    encoder = load_encoder(str(tmp_path), "transformer")
    torch.manual_seed(2)
    again = load_encoder(str(tmp_path), "transformer")
    assert encoder.features_key() == again.features_key(), "a pooler is drawn at random"
    harmed(tmp_path, lambda tensors: tensors | {"vit.layer.0": torch.zeros(1)})
    with pytest.raises(UsageError, match=r"vit\.layer\.0"):
        load_encoder(str(tmp_path), "transformer")


def test_other_weights_and_other_settings_have_other_keys(tmp_path) -> None:
    """Features of one network never pass for another's, whatever its file is called."""
    save_model(tmp_path, "cnn")
    encoder = load_encoder(str(tmp_path))
    key = encoder.features_key()
    assert load_encoder(str(tmp_path)).features_key() == key
    harmed(tmp_path, hidden_act="gelu")
    assert load_encoder(str(tmp_path)).sha256 == encoder.sha256
    assert load_encoder(str(tmp_path)).features_key() != key
    weight = next(encoder.network.parameters())
    weight.data[..., 0, 0] += 1e-3
    assert encoder.features_key() != key


@pytest.mark.parametrize("type_", ["act", "reward_classifier"])
def test_what_lerobot_trained_is_called_by_its_name(type_, tmp_path) -> None:
    save_model(tmp_path, "cnn")
    harmed(tmp_path, type=type_, model_type="cnn", model_name="some/encoder", input_features={})
    said = {
        "act": r"robot policy of LeRobot \(act\), not an encoder",
        "reward_classifier": r"is a reward classifier, not an encoder.*some/encoder",
    }[type_]
    with pytest.raises(UsageError, match=said):
        load_encoder(str(tmp_path))


def test_features_of_other_shapes_than_lerobot_builds_for_are_refused(tmp_path) -> None:
    from transformers import AutoModel, MobileViTConfig

    config = MobileViTConfig(
        image_size=64, hidden_sizes=[16] * 3, neck_hidden_sizes=[8] * 6 + [20],
        num_attention_heads=2,
    )  # fmt: skip
    AutoModel.from_config(config).save_pretrained(tmp_path)
    with pytest.raises(UsageError, match=r"shape \(20, 2, 2\).*promises 16 channels"):
        load_encoder(str(tmp_path)).feature_shape(64, 64)


def test_the_vision_part_of_a_model_cannot_stand_alone(tmp_path) -> None:
    """LeRobot looks in it for the part for images once more."""
    from transformers import CLIPVisionConfig, CLIPVisionModel

    config = CLIPVisionConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        image_size=32, patch_size=16,
    )  # fmt: skip
    CLIPVisionModel(config).save_pretrained(tmp_path)
    with pytest.raises(UsageError, match="Give the whole model"):
        load_encoder(str(tmp_path), "transformer")


def test_damaged_weights_are_called_that(tmp_path) -> None:
    save_model(tmp_path, "cnn")
    (tmp_path / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(UsageError, match=r"model\.safetensors is damaged"):
        load_encoder(str(tmp_path))


def test_code_that_comes_with_a_model_never_runs(tmp_path) -> None:
    values = {"model_type": "own", "auto_map": {"AutoConfig": "m.C", "AutoModel": "m.M"}}
    (tmp_path / "config.json").write_text(json.dumps(values))
    (tmp_path / "m.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    save_file({"a": torch.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(UsageError, match="without running code"):
        load_encoder(str(tmp_path))
    assert not (tmp_path / "ran").exists()
