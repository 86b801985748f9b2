"""The training once more, on every labelled frame: what was held out is learnt from, too.

How long it goes is what the held-out episodes said; no figure is measured on the outcome.
"""

import numpy as np

from classifier.data import Split
from classifier.features import FeatureBank
from classifier.train.fit import Fit, Watcher
from classifier.train.preflight import Prepared
from classifier.train.standardize import feature_statistics


def refit_of(prepared: Prepared, bank: FeatureBank, trained: Fit, watcher: Watcher) -> Fit:
    """A training on all labelled frames, to be run; it ends after as many epochs as were best."""
    everything = np.arange(len(prepared.frames), dtype=np.int64)
    config, model = prepared.config, prepared.new_model()
    more = len(everything) / len(trained.split.train)
    if config.steps:
        config = config.model_copy(update={"steps": round(config.steps * more)})
    if config.train.standardize and not model.unfrozen:
        model.standardize(feature_statistics(model, bank, prepared.frames, everything))
    end = max(1, round(trained.progress.best_step * more))
    split = Split(everything, np.empty(0, np.int64))
    return Fit(model, bank, prepared.frames, split, config, watcher, end=end)
