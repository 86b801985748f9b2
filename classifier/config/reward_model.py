"""The reward classifier's own settings: `policy` up to LeRobot 0.5, `reward_model` from 0.6 on.

Field names and defaults: RewardClassifierConfig of LeRobot 0.3.3, 0.4.4 and 0.6.1
(lerobot/policies/sac/reward_model and lerobot/rewards/classifier), and `image_size` of the fork;
only the learning rate is another one where none is given.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field

from classifier.config.record import Positive, PositiveNumber, Record

FeatureType = Literal["VISUAL", "STATE", "ENV", "ACTION", "REWARD", "LANGUAGE"]
NormalizationMode = Literal["MEAN_STD", "IDENTITY", "MIN_MAX", "QUANTILES", "QUANTILE10"]

RANDOM = "random"
"""`model_name` of the encoder that was never trained: for demonstrations and tests only."""


class Feature(Record):
    """What kind of data a key holds, and its shape: (channels, height, width) for a camera."""

    type: FeatureType
    shape: tuple[Positive, ...]


class RewardModel(Record):
    """Settings of the classifier; `None` means that the dataset or the machine decides."""

    type: Literal["reward_classifier"] = "reward_classifier"
    name: str = "reward_classifier"
    model_name: str = "lerobot/resnet10"
    """Encoder: a folder or file, `owner/name` on the Hub, or `random`."""
    model_type: Literal["cnn", "transformer"] = "cnn"
    num_cameras: Positive | None = None
    num_classes: int = Field(default=2, ge=2)
    hidden_dim: Positive = 256
    latent_dim: Positive = 256
    image_embedding_pooling_dim: Positive = 8
    """Learned weightings of the feature map per channel."""
    dropout_rate: float = Field(default=0.1, ge=0, lt=1)
    image_size: Positive | None = None
    """Side in pixels to which images are resized (a field of the fork)."""
    learning_rate: PositiveNumber = 1e-3
    """LeRobot's 1e-4 is for a hundred times as many steps."""
    weight_decay: float = Field(default=0.01, ge=0)
    grad_clip_norm: float = Field(default=1.0, ge=0)
    """Largest length of the gradient; 0 leaves it alone."""
    normalization_mapping: dict[str, NormalizationMode] | None = None
    """`None`: what the release that the checkpoint is for does on the robot."""
    input_features: dict[str, Feature] | None = None
    output_features: dict[str, Feature] | None = None
    device: str | None = None
    use_amp: bool | None = None
    """Mixed precision; `None` uses it where the device gains."""
    # Accepted because LeRobot writes them; see classifier.config.effect.
    n_obs_steps: int = 1
    push_to_hub: bool = False
    repo_id: str | None = None
    private: bool | None = None
    tags: list[str] | None = None
    license: str | None = None
    pretrained_path: Path | None = None
    pretrained_revision: str | None = None
    use_peft: bool = False

    @property
    def normalizes(self) -> bool | None:
        """Whether the classifier is fed normalised pixels; `None` if the release decides."""
        if self.normalization_mapping is None:
            return None
        return self.normalization_mapping.get("VISUAL", "IDENTITY") != "IDENTITY"
