"""Settings of a training that does nothing but refresh suggestions, in seconds."""

from classifier.config.train_config import TrainConfig, Wandb

FOLDS = 3
STEPS = 30
RATE = 1e-3
"""Of 50 episodes (tests/bench/review, `hard`) such a training of 3 CPU seconds suggests about as
many within two frames as one with default settings: of those without a label 94 against 82% with
25 labels (two seeds), 77 against 82% with 28 (one seed). More steps or folds changed little."""


def for_suggestions(config: TrainConfig) -> TrainConfig:
    """Settings with the encoder, cameras and crops of `config`, and as little work as will do.

    How long the training takes does not depend on how many episodes are labelled.
    """
    model = config.reward_model.model_copy(update={"learning_rate": RATE})
    train = config.train.model_copy(
        update={
            "suggestions_only": True,
            "folds": FOLDS,
            "patience": None,
            "views": 0,
            "unfreeze": False,
            "trackers": (),
        }
    )
    return config.model_copy(
        update={
            "reward_model": model,
            "train": train,
            "steps": STEPS,
            "batch_size": 64,
            "output_dir": None,
            "resume": False,
            "wandb": Wandb(),
        }
    )
