"""Encoders: ResNet10, and CNNs and vision transformers of the transformers library."""

from classifier.encoder.backbone import (
    LEROBOT_GRID,
    RANDOM_NOTE,
    TIMM_NOTE,
    Encoder,
    load_encoder,
    require_grid,
    require_robot_encoder,
)
from classifier.encoder.resnet10 import ResNet10, random_resnet10
from classifier.encoder.resnet10_keys import is_resnet10, load_resnet10

__all__ = [
    "LEROBOT_GRID",
    "RANDOM_NOTE",
    "TIMM_NOTE",
    "Encoder",
    "ResNet10",
    "is_resnet10",
    "load_encoder",
    "load_resnet10",
    "random_resnet10",
    "require_grid",
    "require_robot_encoder",
]
