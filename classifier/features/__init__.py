"""Features of frames under a frozen encoder: encoded once, kept in a cache that runs share."""

from classifier.features.bank import Encode, EncodingJob, EncodingProgress, FeatureBank
from classifier.features.cache import FeatureCache, default_folder
from classifier.features.encoding import local_bank

__all__ = [
    "Encode",
    "EncodingJob",
    "EncodingProgress",
    "FeatureBank",
    "FeatureCache",
    "default_folder",
    "local_bank",
]
