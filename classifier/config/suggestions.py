"""Settings of a training that does nothing but refresh suggestions, in seconds."""

from classifier.config.train_config import TrainConfig, Wandb

FOLDS = 3
STEPS = 30
RATE = 1e-3
"""With 25 labelled episodes of 50 (tests/bench/review, `hard`), such a training of 3 CPU seconds
suggests 94 % of the others within two frames; that of the default settings 82 % (two seeds)."""


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
