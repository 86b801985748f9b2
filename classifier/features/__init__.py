"""Features of frames under a frozen encoder: encoded once, kept in a cache that runs share."""

from classifier.features.bank import FeatureBank, Progress
from classifier.features.cache import FeatureCache, default_folder

__all__ = ["FeatureBank", "FeatureCache", "Progress", "default_folder"]
