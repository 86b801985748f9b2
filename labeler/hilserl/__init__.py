"""Configurations of LeRobot's HIL-SERL: crops are read, a reward classifier is filled in."""

from labeler.hilserl.checkpoint import CameraNeed, Checkpoint, read_checkpoint
from labeler.hilserl.crops import cautions, checked, crop_of, crops_of_file
from labeler.hilserl.environment import environment_block
from labeler.hilserl.filling import Filled, filled
from labeler.hilserl.reading import read_config, written_like

__all__ = [
    "CameraNeed",
    "Checkpoint",
    "Filled",
    "cautions",
    "checked",
    "crop_of",
    "crops_of_file",
    "environment_block",
    "filled",
    "read_checkpoint",
    "read_config",
    "written_like",
]
