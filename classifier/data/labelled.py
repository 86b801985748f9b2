"""Which frames have a label, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.config import TrainConfig
from labeler.cures import Advice, GiveLabels, TakeLabelsFrom, UpdateLabels
from labeler.dataset import Dataset
from labeler.dataset.dataset import REWARD
from labeler.dataset.fingerprint import fingerprint
from labeler.dataset.labels_of import identity_of, labels_from, labels_of, labels_of_file
from labeler.dataset.success_columns import success_columns
from labeler.errors import LabelError, SourceChangedError, UsageError
from labeler.labels import DatasetLabels, EpisodeLabel, Origin
from labeler.labels.rewards import exclusion_mask, from_rewards, success_mask

COPY_LABELS = "meta/labeler/labels.json"
"""Labels inside a guarded copy; they know excluded frames, which the column does not."""
SUCCESS = 1
"""The class that is rewarded."""


@dataclass(frozen=True)
class LabelledFrames:
    """One row per frame that may be trained on, in the order of episodes and frames.

    episodes, frames: int64 (n,), indices in the dataset
    targets: int64 (n,), 1 for success and 0 for failure; with more classes, the class
    """

    episodes: NDArray[np.int64]
    frames: NDArray[np.int64]
    targets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def success(self) -> NDArray[np.bool_]:
        """Which rows are success: bool (n,). That is class 1, as for LeRobot's robot step."""
        found: NDArray[np.bool_] = self.targets == SUCCESS
        return found

    def episode_list(self) -> list[int]:
        """Episodes that have at least one row, ascending."""
        return [int(episode) for episode in np.unique(self.episodes)]


def labels_asked_for(
    dataset: Dataset, config: TrainConfig
) -> tuple[DatasetLabels, tuple[str, ...]]:
    """Labels as the settings ask for them, and notes on them; raises as `read_labels_for`."""
    told, classes = config.train, config.reward_model.num_classes
    column = told.labels_from or (REWARD if told.reward_above is not None else None)
    if column is None:
        _refuse_without_effect(config)
        return read_labels_for(dataset, told.labels, classes, told.frames_from, told.episodes_from)
    if told.labels is not None or classes != 2:
        raise UsageError(
            "Labels from a column cannot be combined with a label file or several classes.",
            Advice("Leave out train.labels_from and train.reward_above.", setting="labels"),
        )
    labels = labels_from(dataset, column, told.labels_rule, told.reward_above)
    waiting = sum(not label.decided for label in labels)
    left = f"; {_successes(waiting)} left out" * bool(waiting)
    return labels, (f"Labels are those of the column {column}{left}.",)


def _successes(waiting: int) -> str:
    if waiting == 1:
        return "1 episode succeeds, it does not say when, and is"
    return f"{waiting} episodes succeed, it does not say when, and are"


def _refuse_without_effect(config: TrainConfig) -> None:
    """Refuse settings that say how labels are read which are not asked for."""
    told = config.train
    if told.labels_rule != "frame":
        raise UsageError(
            "train.labels_rule says how a column is read, and none is named.",
            Advice("Name it in train.labels_from.", setting="train.labels_rule"),
        )
    counted = {"frames_from": told.frames_from, "episodes_from": told.episodes_from}
    for name in (name for name, first in counted.items() if first is not None):
        if told.labels is None:
            raise UsageError(
                f"train.{name} says how a label file counts, and none is named.",
                Advice("Name it in train.labels.", setting=f"train.{name}"),
            )


def read_labels_for(
    dataset: Dataset,
    file: Path | None,
    classes: int = 2,
    frames_from: int | None = None,
    episodes_from: int | None = None,
) -> tuple[DatasetLabels, tuple[str, ...]]:
    """Labels of a file, of a guarded copy, or of the column `next.reward`, and notes on them.

    With more than two classes, class 1 of the column counts as success, as on LeRobot's robot.
    `frames_from` and `episodes_from` say whether a file counts from 0 or 1 where it leaves a doubt.

    Raises:
        LabelError: there are none, they cannot be understood, or they do not fit the dataset.
        SourceChangedError: they were made for another dataset.
    """
    inside = dataset.root / COPY_LABELS
    chosen = file or (inside if inside.is_file() else None)
    if chosen is None:
        if not dataset.has_column(REWARD):
            raise LabelError(
                f"{dataset.root} has no labels: no column {REWARD} and no label file.",
                GiveLabels(setting="labels"),
                *(TakeLabelsFrom(column.name) for column in success_columns(dataset)),
            )
        return labels_of(dataset) if classes == 2 else _labels_of_classes(dataset, classes), ()
    imported = labels_of_file(
        dataset,
        chosen.expanduser(),
        first_frame=frames_from if file else None,
        first_episode=episodes_from if file else None,
    )
    made_for = imported.labels.identity.fingerprint
    if made_for and made_for != fingerprint(dataset):
        raise SourceChangedError(
            f"The labels in {chosen} were made for another dataset than {dataset.root}, "
            "or for an earlier state of it.",
            UpdateLabels(setting="labels"),
        )
    return imported.labels, imported.notes


def labelled_frames(
    dataset: Dataset, labels: DatasetLabels, config: TrainConfig, *, one_class: bool = False
) -> LabelledFrames:
    """Frames of decided episodes among those of the settings, without excluded frames.

    one_class: whether frames of one class will do. They cannot be trained on, but a recording of
        failures alone is what tells how often a classifier is wrong about those.

    Raises:
        UsageError: an episode that does not exist.
        LabelError: no episode has a label, or all frames are of one class, unless that will do.
    """
    chosen = _episodes(dataset, config)
    decided = [index for index in chosen if labels[index].decided]
    kept = {index: ~exclusion_mask(labels[index]) for index in decided}
    rows = [np.flatnonzero(mask) for mask in kept.values()]
    if config.reward_model.num_classes > 2:
        values = [_classes(dataset, index, config.reward_model.num_classes) for index in decided]
    else:
        values = [success_mask(labels[index]).astype(np.int64) for index in decided]
    targets = [value[mask] for value, mask in zip(values, kept.values(), strict=True)]
    counts = [len(row) for row in rows]
    found = LabelledFrames(
        np.repeat(np.array(decided, dtype=np.int64), counts),
        _concatenate(rows),
        _concatenate(targets),
    )
    _require_classes(found, dataset, len(chosen), one_class=one_class)
    return found


def _concatenate(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64)


def _episodes(dataset: Dataset, config: TrainConfig) -> list[int]:
    wanted = config.dataset.episodes
    excluded = config.dataset.exclude_episodes or []
    _require_there(wanted or [], dataset, "dataset.episodes")
    _require_there(excluded, dataset, "dataset.exclude_episodes")
    chosen = range(len(dataset)) if wanted is None else wanted
    kept = sorted(set(chosen) - set(excluded))
    if excluded and not kept:
        raise UsageError(
            "dataset.exclude_episodes leaves no episode to train on.",
            Advice("Exclude fewer episodes.", setting="dataset.exclude_episodes"),
        )
    return kept


def _require_there(episodes: Sequence[int], dataset: Dataset, setting: str) -> None:
    beyond = [episode for episode in episodes if episode >= len(dataset)]
    if beyond:
        raise UsageError(
            f"{setting} names episode {beyond[0]}; the dataset has {len(dataset)}.",
            Advice("Episodes are counted from 0.", setting=setting),
        )


def _labels_of_classes(dataset: Dataset, number: int) -> DatasetLabels:
    labels = {}
    for episode, length in enumerate(dataset.lengths.tolist()):
        success = (_classes(dataset, episode, number) == SUCCESS).astype(np.float32)
        labels[episode] = from_rewards(success, EpisodeLabel(length, origin=Origin.IMPORTED))
    return DatasetLabels(dataset.lengths.tolist(), labels, identity_of(dataset))


def _classes(dataset: Dataset, episode: int, number: int) -> NDArray[np.int64]:
    """The column `next.reward` as classes (LeRobot: `labels.long()`)."""
    values = dataset.rows(episode, [REWARD])[REWARD].to_numpy().astype(np.float64).reshape(-1)
    classes = np.nan_to_num(values, nan=-1).astype(np.int64)
    if (classes != values).any() or (classes < 0).any() or (classes >= number).any():
        raise LabelError(
            f"Episode {episode} has rewards that are none of the classes 0 to {number - 1}.",
            Advice(
                "Correct reward_model.num_classes, or the labels.",
                setting="reward_model.num_classes",
            ),
        )
    result: NDArray[np.int64] = classes
    return result


def _require_classes(
    found: LabelledFrames, dataset: Dataset, episodes: int, *, one_class: bool
) -> None:
    if not len(found):
        raise LabelError(
            f"None of the {episodes} episodes of {dataset.name} has a label.",
            Advice("Label at least one success and one failure.", setting="labels"),
        )
    if not one_class and (found.success.all() or not found.success.any()):
        only = "success" if found.success.all() else "failure"
        raise LabelError(
            f"All {len(found):,} labelled frames are {only}; there is nothing to tell apart.",
            Advice("Label some frames of the other kind, too.", setting="labels"),
        )
