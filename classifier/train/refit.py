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
    """A training on all labelled frames, to be run, of as many epochs as were best.

    Its learning rate falls to the end of the schedule by then: a training that is cut off while the
    rate is high ends at weights that still jump about.
    """
    everything = np.arange(len(prepared.frames), dtype=np.int64)
    model = prepared.new_model()
    more = len(everything) / len(trained.split.train)
    steps = max(1, round(trained.progress.best_step * more))
    config = prepared.config.model_copy(update={"steps": steps})
    if config.train.standardize and not model.unfrozen:
        model.standardize(feature_statistics(model, bank, prepared.frames, everything))
    split = Split(everything, np.empty(0, np.int64))
    return Fit(model, bank, prepared.frames, split, config, watcher)
