"""How each generation of LeRobot lays out a checkpoint: written, read, described."""

from classifier.checkpoint.card import CARD, Card, card_text
from classifier.checkpoint.loading import LoadedCheckpoint, load_checkpoint
from classifier.checkpoint.saving import checkpoint_files, require_exportable, save_checkpoint
from labeler.contracts.checkpoint import Contract

__all__ = [
    "CARD",
    "Card",
    "Contract",
    "LoadedCheckpoint",
    "card_text",
    "checkpoint_files",
    "load_checkpoint",
    "require_exportable",
    "save_checkpoint",
]
