"""Training: from settings to checkpoints and a report, or to nothing but suggestions."""

from classifier.train.run import train
from classifier.train.suggestions import suggest

__all__ = ["suggest", "train"]
