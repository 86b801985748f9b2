"""LeRobot's training configuration as typed records: read, checked, written back. No torch."""

from classifier.config.dataset import Crop, DatasetSource, ImageTransform, ImageTransforms
from classifier.config.effect import WITHOUT_EFFECT
from classifier.config.files import read_json
from classifier.config.inputs import CameraInput, camera_inputs, dataset_root
from classifier.config.overrides import Override, apply_overrides, split_overrides
from classifier.config.reading import Settings, read_settings, settings_of
from classifier.config.reward_model import RANDOM, Feature, RewardModel
from classifier.config.suggestions import for_suggestions
from classifier.config.sweep import SettingsSweep, SweepSetting, read_sweep
from classifier.config.train_config import TrainConfig, Wandb
from classifier.config.train_section import TrainSection
from classifier.config.transforms import limits_of
from classifier.config.writing import config_text, values_of, with_whole_paths

__all__ = [
    "RANDOM",
    "WITHOUT_EFFECT",
    "CameraInput",
    "Crop",
    "DatasetSource",
    "Feature",
    "ImageTransform",
    "ImageTransforms",
    "Override",
    "RewardModel",
    "Settings",
    "SettingsSweep",
    "SweepSetting",
    "TrainConfig",
    "TrainSection",
    "Wandb",
    "apply_overrides",
    "camera_inputs",
    "config_text",
    "dataset_root",
    "for_suggestions",
    "limits_of",
    "read_json",
    "read_settings",
    "read_sweep",
    "settings_of",
    "split_overrides",
    "values_of",
    "with_whole_paths",
]
