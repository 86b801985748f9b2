"""Training a classifier on a split: of the run itself, of a fold, or of every labelled frame.

`train_split` is the one place where a new classifier, its standardisation and the loop meet.
"""

import numpy as np
import pyarrow as pa

from classifier.config import TrainConfig
from classifier.convex import STRENGTHS
from classifier.data import Split
from classifier.features import FeatureBank
from classifier.model import RewardClassifier
from classifier.train.convex_training import ConvexFit, ConvexProblem
from classifier.train.network_training import NetworkFit, Watcher, steps_of
from classifier.train.preflight import Prepared
from classifier.train.scoring import episode_probabilities, probability_table
from classifier.train.snapshot import load_weights
from classifier.train.statistics import feature_statistics
from classifier.train.stopping import Stop

Trained = NetworkFit | ConvexFit


def steps_at_most(config: TrainConfig, frames: int) -> int:
    """Steps of a whole training on so many frames; of a convex problem, one for each strength."""
    if not config.convex:
        return steps_of(config, frames)
    return 1 if config.train.suggestions_only else len(STRENGTHS)


def train_split(
    prepared: Prepared,
    bank: FeatureBank,
    split: Split,
    watcher: Watcher,
    steps: int | None = None,
    problem: ConvexProblem | None = None,
) -> Trained:
    """Train a new classifier on a split, in `steps` steps or as many as the settings say.

    With a `problem` it is solved instead, in a step for each strength or in a single one.

    Its model has the best weights inside afterwards; the last ones where nothing is held out.

    Raises:
        LabelerError: the loss is not a number any more.
    """
    model, config = prepared.new_model(), prepared.config
    if problem is not None:
        solving = ConvexFit(model, bank, problem, split, watcher, problem.path[-(steps or 0) :])
        solving.run()
        return solving
    if steps is not None:
        config = config.model_copy(update={"steps": steps})
    if config.train.standardize and not model.unfrozen:
        model.standardize(feature_statistics(model, bank, prepared.frames, split.train))
    fit = NetworkFit(model, bank, prepared.frames, split, config, watcher)
    fit.run()
    if fit.best is not None:
        load_weights(model, fit.best)
    return fit


def train_blind(
    prepared: Prepared,
    bank: FeatureBank,
    split: Split,
    watcher: Watcher,
    stop: Stop,
    problem: ConvexProblem | None = None,
) -> RewardClassifier:
    """A classifier that knows nothing at all of the episodes that a split holds out.

    They choose no step of a training, for which it takes all its steps, and no strength of a
    convex problem, which the other folds choose.

    Raises:
        LabelerError: the loss is not a number any more.
        Stopped: told to stop.
    """
    steps = None
    if problem is not None:
        problem.choose_strength([other for other in prepared.folds if other is not split], stop)
        steps = 1
    blind = Split(split.train, np.empty(0, np.int64))
    model = train_split(prepared, bank, blind, watcher, steps, problem).model
    stop.check()
    return model


def predict_held_out(
    prepared: Prepared,
    bank: FeatureBank,
    fold: int,
    watcher: Watcher,
    stop: Stop,
    problem: ConvexProblem | None = None,
) -> pa.Table:
    """Probability of every frame of the episodes that a fold holds out, excluded frames too.

    They are scored by a classifier that was trained without them; they choose its best step, as in
    the run itself. Columns as in `probability_table`.

    Raises:
        Stopped: told to stop.
    """
    split = prepared.folds[fold]
    steps = None if problem is None else 1
    model = train_split(prepared, bank, split, watcher, steps, problem).model
    stop.check()
    lengths = prepared.lengths(split.episodes(prepared.frames)[1])
    found = episode_probabilities(model, bank, lengths)
    return pa.concat_tables([probability_table(one, fold, found[one]) for one in found])


def train_on_everything(
    prepared: Prepared,
    bank: FeatureBank,
    trained: Trained,
    watcher: Watcher,
    problem: ConvexProblem | None = None,
) -> Trained:
    """The training once more, on all labelled frames: what was held out is learnt from, too.

    It takes as many epochs as the held-out episodes found best; no figure is measured on the
    outcome. Its learning rate falls to the end of the schedule by then: a training that is cut off
    while the rate is high ends at weights that still jump about. A convex problem is solved with
    the strength that was chosen.
    """
    everything = np.arange(len(prepared.frames), dtype=np.int64)
    more = len(everything) / len(trained.split.train)
    steps = max(1, round(trained.progress.best_step * more)) if problem is None else 1
    split = Split(everything, np.empty(0, np.int64))
    return train_split(prepared, bank, split, watcher, steps, problem)
