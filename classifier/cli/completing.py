"""What a training is not told and this machine knows: whole camera keys, labels of the window."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from classifier.config import Settings
from labeler.errors import UsageError


def complete(settings: Settings) -> Settings:
    """The same settings with whole camera keys, and with labels where none are named.

    A camera may be named by the end of its key. Labels made in the window for the recording are
    used before those that it brings along.

    Raises:
        UsageError: several cameras end so.
        DatasetError: the recording cannot be opened.
    """
    config = settings.config
    root = Path(config.dataset.root or "").expanduser()
    if config.dataset.root is None or not (root / "meta/info.json").is_file():
        return settings
    from labeler.console.window_labels import labels_by_default
    from labeler.dataset import open_dataset

    with open_dataset(root) as dataset:
        keys = [camera.key for camera in dataset.cameras]
        found: dict[str, object] = {}
        if config.train.cameras is not None:
            found["cameras"] = tuple(whole_key(name, keys) for name in config.train.cameras)
        if config.train.labels is None and config.reward_model.num_classes <= 2:
            found["labels"] = labels_by_default(dataset)
    train = config.train.model_copy(update=found)
    return replace(settings, config=config.model_copy(update={"train": train}))


def whole_key(name: str, keys: Sequence[str]) -> str:
    """The key of a camera that is named by it or by its end; `name` itself where none fits.

    Raises:
        UsageError: several keys end so.
    """
    ends = [key for key in keys if key.endswith(f".{name}")]
    if name in keys or not ends:
        return name
    if len(ends) > 1:
        raise UsageError(
            f"{len(ends)} cameras end in {name}: {', '.join(ends)}.", "Give the whole key."
        )
    return ends[0]
