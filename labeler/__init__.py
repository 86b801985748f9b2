"""Turn recorded robot episodes into a reward classifier."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from labeler.notebook import Recording

__version__ = "0.1.0"


def open(root: "Path | str") -> "Recording":
    """A recording for notebooks: tables as pandas DataFrames, images as arrays; only read.

    Raises:
        DatasetError: it cannot be opened.
        ModuleNotFoundError: pandas is not installed; the extra `notebook` brings it.
    """
    from labeler.notebook import Recording  # pandas, which no command needs

    return Recording(root)
