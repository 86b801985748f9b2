"""Features of frames under a frozen encoder: encoded once, kept in a cache that runs share."""

from classifier.features.bank import Encode, EncodingJob, EncodingProgress, FeatureBank
from classifier.features.cache import FeatureCache, default_folder
from classifier.features.local_encoding import LocalEncoding, local_bank, names_for, work_of
from classifier.features.names import ImageNames

__all__ = [
    "Encode",
    "EncodingJob",
    "EncodingProgress",
    "FeatureBank",
    "FeatureCache",
    "ImageNames",
    "LocalEncoding",
    "default_folder",
    "local_bank",
    "names_for",
    "work_of",
]
