"""Training: from settings to checkpoints and a report."""

from classifier.train.run import train

__all__ = ["train"]
