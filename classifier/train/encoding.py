"""The features that a run works on, and what it says while frames are encoded."""

import time
from collections.abc import Callable, Sequence

import torch

from classifier.data import recipe_of
from classifier.features import (
    EncodingProgress,
    FeatureBank,
    FeatureCache,
    default_folder,
    local_bank,
)
from classifier.train.preflight import Prepared
from classifier.train.stopping import Stop
from labeler.contracts.events import Encoding, Event

Tell = Callable[[Event], None]


def bank_of(prepared: Prepared) -> FeatureBank:
    """Features in the cache that all runs share."""
    config, model = prepared.config, prepared.new_model()
    cache = FeatureCache(default_folder(), int(config.train.cache_gib * (1 << 30)))
    return local_bank(
        prepared.dataset, model, recipe_of(config), cache, images=config.train.unfreeze
    )


def encode(
    prepared: Prepared,
    bank: FeatureBank,
    episodes: Sequence[int],
    views: int,
    tell: Tell,
    stop: Stop,
) -> None:
    """Encode what the cache lacks of episodes, which `bank` holds from then on.

    Raises:
        Stopped: told to stop; whole episodes are kept for the next run.
    """
    began = time.monotonic()

    def report(progress: EncodingProgress) -> None:
        stop.check()
        rate = progress.done / max(time.monotonic() - began, 1e-6)
        tell(Encoding(done=progress.done, total=progress.total, frames_per_second=rate))

    bank.prepare(episodes, views, report)
    config = prepared.config
    if prepared.device.type == "cpu" and not config.train.unfreeze and not config.convex:
        torch.set_num_threads(1)  # batches of features are too small to be divided
