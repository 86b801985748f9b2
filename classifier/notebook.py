"""Predictions as a pandas DataFrame."""

from pathlib import Path

import numpy as np
import pandas as pd

from classifier.checkpoint import load_checkpoint
from classifier.probabilities import predictions
from classifier.train.device import choose_device
from labeler.contracts.checkpoint import final_checkpoint
from labeler.dataset import open_dataset


def predict(checkpoint: Path | str, root: Path | str, *, device: str | None = None) -> pd.DataFrame:
    """One row per frame: `episode`, `frame` (int64) and `probability` (float64).

    `checkpoint` is the folder of a run, of which the final one is taken, or a `pretrained_model`.

    Raises:
        LabelerError: there is no such checkpoint, or the dataset does not fit it.
    """
    loaded = load_checkpoint(final_checkpoint(Path(checkpoint).expanduser()))
    loaded.model.to(choose_device(device))
    with open_dataset(root) as dataset:
        parts = [
            pd.DataFrame({"episode": episode, "frame": np.arange(len(found)), "probability": found})
            for episode, found in predictions(loaded.model, dataset, range(len(dataset)))
        ]
    return pd.concat(parts, ignore_index=True)
