"""Configurations of LeRobot's HIL-SERL: crops are read, a reward classifier is filled in."""

from labeler.hilserl.checkpoint import CameraNeed, Checkpoint, read_checkpoint
from labeler.hilserl.comparing import crop_differences, crops_of, size_differences
from labeler.hilserl.crop_filling import image_mismatches, with_crops
from labeler.hilserl.crops import cautions, check_crop, crop_of, crops_in
from labeler.hilserl.environment import environment_block
from labeler.hilserl.filling import Filled, fill
from labeler.hilserl.reading import json_like, read_config

__all__ = [
    "CameraNeed",
    "Checkpoint",
    "Filled",
    "cautions",
    "check_crop",
    "crop_differences",
    "crop_of",
    "crops_in",
    "crops_of",
    "environment_block",
    "fill",
    "image_mismatches",
    "json_like",
    "read_checkpoint",
    "read_config",
    "size_differences",
    "with_crops",
]
