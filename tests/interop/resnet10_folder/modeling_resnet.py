"""A ResNet10 for LeRobot's environment, written for the tests from the published description.

It shares no code with the product's, so that agreement of the two means something.
"""

import math

import torch.nn.functional as F
from torch import nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPoolingAndNoAttention

from .configuration_resnet import ResNet10Config


def pad_same(x, kernel, stride, value=0.0):
    amounts = []
    for size in (x.shape[-1], x.shape[-2]):
        amount = max(0, (math.ceil(size / stride) - 1) * stride + kernel - size)
        amounts += [amount // 2, amount - amount // 2]
    return F.pad(x, amounts, value=value)


class Conv(nn.Module):
    def __init__(self, before, after, kernel, stride):
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.conv = nn.Conv2d(before, after, kernel, stride, bias=False)

    def forward(self, x):
        return self.conv(pad_same(x, self.kernel, self.stride))


class Norm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.group_norm = nn.GroupNorm(4, channels, eps=1e-5)

    def forward(self, x):
        return self.group_norm(x)


class Pool(nn.Module):
    def forward(self, x):
        return F.max_pool2d(pad_same(x, 3, 2, float("-inf")), 3, 2)


class Block(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.shortcut = None
        if before != after or stride != 1:
            self.shortcut = nn.Sequential(Conv(before, after, 1, stride), Norm(after))
        self.conv1, self.norm1 = Conv(before, after, 3, stride), Norm(after)
        self.conv2, self.norm2 = Conv(after, after, 3, 1), Norm(after)

    def forward(self, x):
        residual = x if self.shortcut is None else self.shortcut(x)
        x = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(x)) + residual)


class Stack(nn.Module):
    def __init__(self, config):
        super().__init__()
        sizes = [config.embedding_size, *config.hidden_sizes]
        blocks = [Block(sizes[i], sizes[i + 1], 2 if i else 1) for i in range(len(sizes) - 1)]
        self.stages = nn.ModuleList(blocks)

    def forward(self, x):
        for stage in self.stages:
            x = stage(x)
        return x


class ResNet10(PreTrainedModel):
    config_class = ResNet10Config

    def __init__(self, config):
        super().__init__(config)
        first = nn.Conv2d(3, config.embedding_size, 7, stride=2, padding=3, bias=False)
        self.embedder = nn.Sequential(first, Norm(config.embedding_size), nn.ReLU(), Pool())
        self.encoder = Stack(config)
        self.post_init()

    def _init_weights(self, module):
        pass

    def forward(self, x):
        features = self.encoder(self.embedder(x))
        return BaseModelOutputWithPoolingAndNoAttention(last_hidden_state=features)
