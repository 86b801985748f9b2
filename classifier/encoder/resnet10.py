"""ResNet10 of HIL-SERL as LeRobot uses it (helper2424/resnet10, lerobot/resnet10).

Written after a description of its layers; same names of tensors, same numbers. The original is
serl_launcher/vision/resnet_v1.py of HIL-SERL, whose `SAME` padding is asymmetric for even sizes.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (64, 128, 256, 512)
"""Channels that each stage gives out."""

_GROUPS = 4


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Pixels before and after one axis under XLA's `SAME`: output size is ceil(size / stride)."""
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2


def _padded(pixels: Tensor, kernel: int, stride: int, value: float = 0.0) -> Tensor:
    top, bottom = same_padding(pixels.shape[-2], kernel, stride)
    left, right = same_padding(pixels.shape[-1], kernel, stride)
    return functional.pad(pixels, (left, right, top, bottom), value=value)


class _SameConv(nn.Module):
    """3x3 or 1x1 convolution without bias under `SAME` padding."""

    def __init__(self, channels_in: int, channels: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, kernel, stride, bias=False)

    def forward(self, pixels: Tensor) -> Tensor:
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        out: Tensor = self.conv(_padded(pixels, kernel, stride))
        return out


class _SamePool(nn.Module):
    """3x3 maximum at stride 2 under `SAME` padding."""

    def forward(self, pixels: Tensor) -> Tensor:
        return functional.max_pool2d(_padded(pixels, 3, 2, float("-inf")), 3, 2)


class _Norm(nn.Module):
    """Group normalisation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.group_norm = nn.GroupNorm(_GROUPS, channels, eps=1e-5)

    def forward(self, pixels: Tensor) -> Tensor:
        out: Tensor = self.group_norm(pixels)
        return out


class _Stage(nn.Module):
    """One residual block."""

    def __init__(self, channels_in: int, channels: int, stride: int, shortcut: bool) -> None:
        super().__init__()
        self.conv1 = _SameConv(channels_in, channels, 3, stride)
        self.norm1 = _Norm(channels)
        self.conv2 = _SameConv(channels, channels, 3, 1)
        self.norm2 = _Norm(channels)
        self.shortcut = (
            nn.Sequential(_SameConv(channels_in, channels, 1, stride), _Norm(channels))
            if shortcut
            else None
        )

    def forward(self, pixels: Tensor) -> Tensor:
        aside = pixels if self.shortcut is None else self.shortcut(pixels)
        inner = functional.relu(self.norm1(self.conv1(pixels)))
        return functional.relu(self.norm2(self.conv2(inner)) + aside)


class _Stages(nn.Module):
    def __init__(self, first_shortcut: bool) -> None:
        super().__init__()
        before = (CHANNELS[0], *CHANNELS[:-1])
        self.stages = nn.Sequential(
            *(
                _Stage(channels_in, channels, 2 if index else 1, bool(index) or first_shortcut)
                for index, (channels_in, channels) in enumerate(zip(before, CHANNELS, strict=True))
            )
        )

    def forward(self, pixels: Tensor) -> Tensor:
        out: Tensor = self.stages(pixels)
        return out


class ResNet10(nn.Module):
    """Pictures (batch, 3, height, width) -> features (batch, 512, ceil(h / 32), ceil(w / 32)).

    `first_shortcut`: weights published in early 2025 have a shortcut in the first stage, too.
    """

    def __init__(self, first_shortcut: bool = False) -> None:
        super().__init__()
        self.embedder = nn.Sequential(
            nn.Conv2d(3, CHANNELS[0], 7, 2, padding=3, bias=False),
            _Norm(CHANNELS[0]),
            nn.ReLU(),
            _SamePool(),
        )
        self.encoder = _Stages(first_shortcut)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features of pictures."""
        out: Tensor = self.encoder(self.embedder(pixels))
        return out


def random_resnet10(seed: int) -> ResNet10:
    """A ResNet10 that was never trained; the same for the same seed, whatever was drawn before."""
    generator = torch.Generator().manual_seed(seed)
    network = ResNet10()
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, generator=generator)
    return network
