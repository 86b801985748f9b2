"""Train, evaluate and run reward classifiers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def predict(
    checkpoint: "Path | str", root: "Path | str", *, device: str | None = None
) -> "pd.DataFrame":
    """Probabilities of success of every frame of a dataset, for notebooks.

    Raises:
        LabelerError: there is no such checkpoint, or the dataset does not fit it.
        ModuleNotFoundError: pandas is not installed; the extra `notebook` brings it.
    """
    from classifier.notebook import predict as predicted  # torch and pandas, which take a while

    return predicted(checkpoint, root, device=device)
