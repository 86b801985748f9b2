"""What a command can know of what it is given before torch is imported, which takes seconds.

What is not told and this machine knows: whole camera keys, labels of the window. And what is
refused in any case: a place without a dataset or checkpoint, a camera or encoder that is not there.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from classifier.config import Settings
from labeler.console.output import say_next
from labeler.errors import UsageError


def complete(settings: Settings, *, labels: bool = True) -> Settings:
    """The same settings with whole camera keys, and with labels where none are named.

    For a dataset in an object store, they have the folder of this machine that stands for it.

    A camera may be named by the end of its key. Labels made in the window for the recording are
    used before those that it brings along; without `labels` none are looked for, because a run that
    is resumed has its own.

    Raises:
        UsageError: several cameras end so.
        DatasetError: the recording cannot be opened, or its object store not be read.
    """
    config = settings.config
    if config.dataset.root is None:
        return settings
    from labeler.console.window_labels import labels_by_default
    from labeler.dataset import local_root, open_dataset

    place = local_root(config.dataset.root)
    config = config.model_copy(
        update={"dataset": config.dataset.model_copy(update={"root": place})}
    )
    settings = replace(settings, config=config)
    root = place.expanduser()
    if not (root / "meta/info.json").is_file():
        return settings

    with open_dataset(root) as dataset:
        keys = [camera.key for camera in dataset.cameras]
        found: dict[str, object] = {}
        if config.train.cameras is not None:
            found["cameras"] = tuple(whole_key(name, keys) for name in config.train.cameras)
        if labels and config.train.labels is None and config.reward_model.num_classes <= 2:
            found["labels"] = labels_by_default(dataset)
    train = config.train.model_copy(update=found)
    return replace(settings, config=config.model_copy(update={"train": train}))


def refuse_early(settings: Settings) -> None:
    """Refuse a training for what can be seen at once.

    Raises:
        UsageError: a camera or crop does not fit the dataset, or the encoder is not to be had.
        DatasetError: the dataset cannot be opened.
    """
    from classifier.config import RANDOM, camera_inputs, dataset_root
    from classifier.weights import require_within_reach
    from labeler.dataset import open_dataset

    config = settings.config
    with open_dataset(dataset_root(config)) as dataset:
        depth = [each.key for each in dataset.cameras if each.is_depth]
        sizes = {each.key: (each.height, each.width) for each in dataset.cameras}
        camera_inputs(config, sizes, depth)
    model = config.reward_model
    if model.model_name != RANDOM:
        named = "model_name" in model.model_fields_set
        revision = config.train.encoder_revision
        require_within_reach(model.model_name, revision=revision, download=named)


def say_next_of(checkpoint: Path, root: object = "ROOT") -> None:
    """What comes after a classifier was trained or watched: the robot, if it can be used there.

    root: a recording whose labels it may be compared with
    """
    from labeler.contracts.checkpoint import final_checkpoint, read_contract, weights_folder

    contract = read_contract(weights_folder(final_checkpoint(checkpoint.expanduser())))
    if contract is None or contract.encoder.in_lerobot:
        given = ("env.json", "--checkpoint", checkpoint, "--out", "env_rl.json")
        say_next("labeler", "hilserl-config", *given)
    else:
        say_next("labeler", "review", root, "--checkpoint", checkpoint)


def require_run(checkpoint: Path) -> None:
    """Refuse a folder that is neither a run nor a checkpoint.

    Raises:
        UsageError: there is no checkpoint.
    """
    from labeler.contracts.checkpoint import final_checkpoint, require_checkpoint, weights_folder

    require_checkpoint(weights_folder(final_checkpoint(checkpoint.expanduser())))


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
