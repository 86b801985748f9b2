"""How each generation of LeRobot lays out a checkpoint: written, read, described."""

from classifier.checkpoint.card import Card
from classifier.checkpoint.contract import Contract
from classifier.checkpoint.loading import Checkpoint, load_checkpoint
from classifier.checkpoint.saving import checkpoint_files, require_exportable, save_checkpoint

__all__ = [
    "Card",
    "Checkpoint",
    "Contract",
    "checkpoint_files",
    "load_checkpoint",
    "require_exportable",
    "save_checkpoint",
]
