"""The features that a run works on, and what it tells while frames are encoded."""

import time
from collections.abc import Callable

from classifier.data import recipe_of
from classifier.events import Encoding, Event
from classifier.features import FeatureBank, FeatureCache, Progress, default_folder
from classifier.model import RewardClassifier
from classifier.train.preflight import Prepared
from classifier.train.stopping import Stop

Tell = Callable[[Event], None]


def bank_of(prepared: Prepared, model: RewardClassifier) -> FeatureBank:
    """Features in the cache that all runs share."""
    config = prepared.config
    cache = FeatureCache(default_folder(), int(config.train.cache_gib * (1 << 30)))
    unfrozen = config.train.unfreeze
    return FeatureBank(prepared.dataset, model, recipe_of(config), cache, pictures=unfrozen)


def encoding_told(tell: Tell, stop: Stop) -> Callable[[Progress], None]:
    """What is to be called after each batch that was encoded.

    It raises `Stopped` once the run was told to stop.
    """
    began = time.monotonic()

    def report(progress: Progress) -> None:
        stop.check()
        rate = progress.done / max(time.monotonic() - began, 1e-6)
        tell(Encoding(done=progress.done, total=progress.total, frames_per_second=rate))

    return report
