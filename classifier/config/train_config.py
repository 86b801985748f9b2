"""Everything that one training run is told: LeRobot's TrainPipelineConfig and the section `train`.

Field names: lerobot/configs/train.py of 0.3.3 to the main branch of 23 August 2026. Defaults are
LeRobot's where they make sense for a classifier with cached features; its 100,000 steps of 8 frames
do not.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from classifier.config.dataset import DatasetSource
from classifier.config.record import Positive, Record
from classifier.config.reward_model import RewardModel
from classifier.config.train_section import TrainSection

Count = Annotated[int, Field(ge=0)]
Section = dict[str, Any]
LEAST_WIDTH = 4
"""Least `latent_dim` and `hidden_dim` of a classifier whose layers carry a linear function."""
_VIEWS = 4  # of the changes that `image_transforms` ask for


class Wandb(Record):
    """Logging to Weights & Biases, if it is installed."""

    enable: bool = False
    disable_artifact: bool = False
    project: str = "lerobot"
    entity: str | None = None
    notes: str | None = None
    run_id: str | None = None
    mode: str | None = None
    add_tags: bool = True


class TrainConfig(Record):
    """One run."""

    reward_model: RewardModel = Field(
        default_factory=RewardModel, validation_alias=AliasChoices("reward_model", "policy")
    )
    dataset: DatasetSource = Field(default_factory=DatasetSource)
    train: TrainSection = Field(default_factory=TrainSection)
    output_dir: Path | None = None
    """Folder of the run; `None` for one named after the time under outputs/train."""
    job_name: str | None = None
    resume: bool = False
    seed: Count = 1000
    batch_size: Positive = 64
    steps: Positive | None = None
    """Optimiser steps; `None` goes by `train.epochs`."""
    log_freq: Positive | None = None
    """Steps between lines of the log; `None` for once per epoch. So for the next two."""
    eval_freq: Count | None = None
    save_freq: Count | None = None
    save_checkpoint: bool = True
    wandb: Wandb = Field(default_factory=Wandb)
    # Accepted because LeRobot writes them; see classifier.config.effect.
    num_workers: Count | None = None
    tolerance_s: float = 1e-4
    env: Section | None = None
    use_policy_training_preset: bool = True
    optimizer: Section | None = None
    scheduler: Section | None = None
    eval: Section | None = None
    peft: Section | None = None
    use_rabc: bool = False
    rabc_progress_path: str | None = None
    rabc_kappa: float = 0.01
    rabc_epsilon: float = 1e-6
    rabc_head_mode: str | None = "sparse"
    rename_map: dict[str, str] = Field(default_factory=dict)
    checkpoint_path: Path | None = None
    cudnn_deterministic: bool = False
    prefetch_factor: Count = 4
    persistent_workers: bool = True
    dataloader_multiprocessing_context: str | None = "spawn"
    env_eval_freq: Count = 20_000
    eval_steps: Count = 0
    max_eval_samples: Count = 0
    job: Section | None = None
    save_checkpoint_to_hub: bool = False
    sample_weighting: Section | None = None
    ema: Section | None = None
    parallelism: Section | None = None
    accelerator: Section | None = None
    checkpoint_format: Literal["safetensors", "dcp", "safetensors_dcp"] = "safetensors"

    @property
    def refit(self) -> bool:
        """Whether all labelled frames are trained on in the end."""
        return not self.train.unfreeze if self.train.refit is None else self.train.refit

    @property
    def convex(self) -> bool:
        """Whether training solves the convex problem: where that is possible and not declined."""
        model, train = self.reward_model, self.train
        return (
            train.method == "convex"
            and model.num_classes == 2
            and not train.unfreeze
            and train.standardize
            and self.views == 0
            and min(model.hidden_dim, model.latent_dim) >= LEAST_WIDTH
        )

    @property
    def views(self) -> int:
        """Random views of each frame that training draws from, besides the frame itself."""
        if self.train.views is not None:
            return self.train.views
        return _VIEWS if self.dataset.image_transforms.enable else 0
