"""Turn recorded robot episodes into a reward classifier."""

__version__ = "0.1.0"
