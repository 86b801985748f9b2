"""Every labelled episode judged by a classifier that was trained without it."""

from collections.abc import Callable

import pyarrow as pa

from classifier.features import FeatureBank
from classifier.train.fit import Fit, Watcher
from classifier.train.judging import judged_episodes, judged_table_of
from classifier.train.preflight import Prepared
from classifier.train.snapshot import load_weights
from classifier.train.standardize import feature_statistics
from classifier.train.stopping import Stop


def out_of_fold(
    prepared: Prepared,
    bank: FeatureBank,
    watcher_of: Callable[[int], Watcher],
    stop: Stop,
) -> pa.Table:
    """Probability of every frame of every labelled episode, excluded frames too.

    Columns as in `judged_table_of`; sorted by the first two. Each fold is trained like the run
    itself, its held-out episodes choosing the best step.

    Raises:
        Stopped: told to stop.
    """
    parts = []
    for number, split in enumerate(prepared.folds):
        model = prepared.new_model()
        if prepared.config.train.standardize and not model.unfrozen:
            statistics = feature_statistics(model, bank, prepared.frames, split.train)
            model.standardize(statistics)
        fit = Fit(model, bank, prepared.frames, split, prepared.config, watcher_of(number))
        fit.run()
        stop.check()
        if fit.best is not None:
            load_weights(model, fit.best)
        held_out = split.episodes(prepared.frames)[1]
        for episode, found in judged_episodes(model, bank, prepared.lengths(held_out)).items():
            parts.append(judged_table_of(episode, number, found))
    return pa.concat_tables(parts).sort_by([("episode", "ascending"), ("frame", "ascending")])
