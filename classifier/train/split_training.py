"""Training a classifier on a split: of the run itself, of a fold, or of every labelled frame.

`train_split` is the one place where a new classifier, its standardisation and the loop meet.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import torch

from classifier.data import LabelledFrames, Split
from classifier.features import FeatureBank
from classifier.model import FeatureStatistics, RewardClassifier
from classifier.train.fit import Fit, Watcher
from classifier.train.preflight import Prepared
from classifier.train.scoring import episode_probabilities, probability_table
from classifier.train.snapshot import load_weights
from classifier.train.stopping import Stop

_AT_ONCE = 512
_LEAST = 0.1  # of a camera's mean deviation: a feature that hardly moves must not be blown up


def train_split(
    prepared: Prepared,
    bank: FeatureBank,
    split: Split,
    watcher: Watcher,
    steps: int | None = None,
) -> Fit:
    """Train a new classifier on a split, in `steps` steps or as many as the settings say.

    Its model has the best weights inside afterwards; the last ones where nothing is held out.

    Raises:
        LabelerError: the loss is no number any more.
    """
    model, config = prepared.new_model(), prepared.config
    if steps is not None:
        config = config.model_copy(update={"steps": steps})
    if config.train.standardize and not model.unfrozen:
        model.standardize(feature_statistics(model, bank, prepared.frames, split.train))
    fit = Fit(model, bank, prepared.frames, split, config, watcher)
    fit.run()
    if fit.best is not None:
        load_weights(model, fit.best)
    return fit


def out_of_fold(
    prepared: Prepared, bank: FeatureBank, watcher_of: Callable[[int], Watcher], stop: Stop
) -> pa.Table:
    """Probability of every frame of every labelled episode, excluded frames too.

    Each episode is scored by a classifier that was trained without it, whose held-out episodes
    choose the best step, as in the run itself. Columns as in `probability_table`; sorted by the
    first two.

    Raises:
        Stopped: told to stop.
    """
    parts = []
    for number, split in enumerate(prepared.folds):
        model = train_split(prepared, bank, split, watcher_of(number)).model
        stop.check()
        lengths = prepared.lengths(split.episodes(prepared.frames)[1])
        for episode, found in episode_probabilities(model, bank, lengths).items():
            parts.append(probability_table(episode, number, found))
    return pa.concat_tables(parts).sort_by([("episode", "ascending"), ("frame", "ascending")])


def train_on_everything(
    prepared: Prepared, bank: FeatureBank, trained: Fit, watcher: Watcher
) -> Fit:
    """The training once more, on all labelled frames: what was held out is learnt from, too.

    It takes as many epochs as the held-out episodes found best; no figure is measured on the
    outcome. Its learning rate falls to the end of the schedule by then: a training that is cut off
    while the rate is high ends at weights that still jump about.
    """
    everything = np.arange(len(prepared.frames), dtype=np.int64)
    more = len(everything) / len(trained.split.train)
    steps = max(1, round(trained.progress.best_step * more))
    split = Split(everything, np.empty(0, np.int64))
    return train_split(prepared, bank, split, watcher, steps)


def feature_statistics(
    model: RewardClassifier, bank: FeatureBank, frames: LabelledFrames, rows: np.ndarray
) -> dict[str, FeatureStatistics]:
    """Mean and deviation per channel and place of each camera's features, by camera key; float32.

    `rows` int64 (n,) are those of the labelled frames that count.
    """
    # Counted from one frame's features, 32 bits are enough for a block, at a tenth of the time.
    first = rows[:1]
    origins = bank.gather(frames.episodes[first], frames.frames[first])
    sums = [torch.zeros(origin.shape[1:], dtype=torch.float64) for origin in origins]
    squares = [torch.zeros_like(total) for total in sums]
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        for number, found in enumerate(bank.gather(frames.episodes[part], frames.frames[part])):
            values = found - origins[number]
            sums[number] += values.sum(0)
            squares[number] += values.square_().sum(0)
    result = {}
    of_cameras = zip(model.cameras, origins, sums, squares, strict=True)
    for camera, origin, total, square in of_cameras:
        mean = total / len(rows)
        std = (square / len(rows) - mean.square()).clamp_(min=0).sqrt()
        floor = max(float(std.mean()) * _LEAST, 1e-6)
        whole = (origin[0] + mean).float()
        result[camera.key] = FeatureStatistics(whole, std.clamp(min=floor).float())
    return result
