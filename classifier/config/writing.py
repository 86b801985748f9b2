"""Settings as JSON: the text that `--print-config` shows and `train_config.json` keeps."""

import json
from pathlib import Path
from typing import Any

from classifier.config.train_config import TrainConfig
from labeler.contracts.classifier_releases import release_of


def with_whole_paths(config: TrainConfig) -> TrainConfig:
    """The same settings, from whatever folder they are used again: no path is relative."""
    dataset, train = config.dataset, config.train
    return config.model_copy(
        update={
            "output_dir": _whole(config.output_dir),
            "dataset": dataset.model_copy(update={"root": _whole(dataset.root)}),
            "train": train.model_copy(update={"labels": _whole(train.labels)}),
        }
    )


def _whole(path: Path | None) -> Path | None:
    return None if path is None else path.expanduser().absolute()


def values_of(config: TrainConfig) -> dict[str, Any]:
    """Every setting, defaults included, as JSON values.

    The classifier's section is called what the release that the run is for calls it.
    """
    values: dict[str, Any] = config.model_dump(mode="json")
    section = values.pop("reward_model")
    return {release_of(config.train.export_for).section: section, **values}


def config_text(config: TrainConfig) -> str:
    """The settings as a JSON text that is read back to the same settings."""
    return json.dumps(values_of(config), indent=2, ensure_ascii=False) + "\n"
