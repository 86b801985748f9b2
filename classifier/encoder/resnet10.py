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


class _SameConv(nn.Module):
    """3x3 or 1x1 convolution without bias under `SAME` padding."""

    def __init__(self, channels_in: int, channels: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, kernel, stride, bias=False)

    def forward(self, pixels: Tensor) -> Tensor:
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        top, bottom = same_padding(pixels.shape[-2], kernel, stride)
        left, right = same_padding(pixels.shape[-1], kernel, stride)
        if top == bottom and left == right:  # the convolution pads without a copy
            return functional.conv2d(pixels, self.conv.weight, None, stride, (top, left))
        padded = functional.pad(pixels, (left, right, top, bottom))
        return functional.conv2d(padded, self.conv.weight, None, stride)


class _SamePool(nn.Module):
    """3x3 maximum at stride 2 under `SAME` padding, which is minus infinity."""

    def forward(self, pixels: Tensor) -> Tensor:
        before = [same_padding(size, 3, 2)[0] for size in pixels.shape[-2:]]
        # Rounding up adds the row after an even size, which `padding` cannot give alone.
        return functional.max_pool2d(pixels, 3, 2, before, ceil_mode=True)


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
        # In place: memory that is written anew costs as much as the arithmetic.
        inner = self.norm1(self.conv1(pixels)).relu_()
        out: Tensor = self.norm2(self.conv2(inner)).add_(aside).relu_()
        return out


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
    """Images (batch, 3, height, width) -> features (batch, 512, ceil(h / 32), ceil(w / 32)).

    `first_shortcut`: weights published in early 2025 have a shortcut in the first stage, too.
    """

    def __init__(self, first_shortcut: bool = False) -> None:
        super().__init__()
        self.embedder = nn.Sequential(
            nn.Conv2d(3, CHANNELS[0], 7, 2, padding=3, bias=False),
            _Norm(CHANNELS[0]),
            _SamePool(),
            nn.ReLU(inplace=True),  # of the maximum: the same numbers, of a quarter of the pixels
        )
        self.encoder = _Stages(first_shortcut)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features of images."""
        fed = pixels.contiguous(memory_format=torch.channels_last)
        out: Tensor = self.encoder(self.embedder(fed))
        return out


def random_resnet10(seed: int) -> ResNet10:
    """A ResNet10 that was never trained; the same for the same seed, whatever was drawn before."""
    generator = torch.Generator().manual_seed(seed)
    network = ResNet10()
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, generator=generator)
    return network
