"""The features that a run works on, and what it says while frames are encoded."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from classifier.cluster import (
    Cluster,
    ClusterEncoding,
    EncoderOrigin,
    EncodingWork,
    Nodes,
    open_cluster,
    require_encoder,
    require_nodes,
    state_of,
)
from classifier.config import TrainConfig
from classifier.data import SLIGHT_CHANGES, Recipe, recipe_of
from classifier.features import (
    EncodingProgress,
    FeatureBank,
    FeatureCache,
    default_folder,
    local_bank,
    names_for,
)
from classifier.train.device import choose_device
from classifier.train.preflight import Prepared, pixels_of
from classifier.train.stopping import Stop
from labeler.contracts.events import Encoding, Event, Warned
from labeler.errors import ClusterError

Tell = Callable[[Event], None]


@dataclass(frozen=True)
class Where:
    """Where frames are encoded, as `open_cluster` takes it, and what a damaged episode does.

    strict: it ends the work at once; else all others are encoded first
    """

    place: str = "local"
    strict: bool = False


HERE = Where()
"""By the threads of this process."""


@dataclass(frozen=True)
class Place:
    """Features of a run, and the cluster whose workers train its folds; None for this process."""

    bank: FeatureBank
    folds_on: Cluster | None = None


@contextmanager
def open_place(
    prepared: Prepared,
    where: Where,
    tell: Tell,
    stop: Stop,
    require_fold: Callable[[], None] | None = None,
) -> Iterator[Place]:
    """Features in the cache that all runs share.

    require_fold: raises on a worker that cannot train the folds of the run, which are trained here
        then; None where they are anyway

    Raises:
        Stopped: told to stop while there was no worker.
        UsageError: `where` names no place, or Dask is not installed.
        ClusterError: the cluster does not answer, or a node lacks something.
    """
    with open_cluster(where.place, prepared.config.train.threads) as cluster:
        folds_on = None
        if cluster is not None:

            def say(sentence: str) -> None:
                tell(Warned(message=sentence))

            require = partial(require_encoder, _work_of(prepared))
            admit = partial(require_nodes, cluster, say=say, pulse=stop.check)
            nodes = None if require_fold is None else _for_folds(cluster, admit, require_fold, say)
            folds_on = None if nodes is None else cluster
            nodes = nodes or admit(require)
            say(nodes.sentence(where.place, "encoded"))
        yield Place(bank_on(cluster, prepared, strict=where.strict), folds_on)


def _for_folds(
    cluster: Cluster,
    admit: Callable[[Callable[[], None]], Nodes],
    require_fold: Callable[[], None],
    say: Callable[[str], None],
) -> Nodes | None:
    """The nodes, if each can train folds, which takes all that encoding does; else None."""
    try:
        return admit(require_fold)
    except ClusterError as error:
        if cluster.lost:
            raise
        say(f"Folds are trained on this machine. {error.message}")
        return None


def bank_on(
    cluster: Cluster | None, prepared: Prepared, folder: Path | None = None, *, strict: bool = False
) -> FeatureBank:
    """Features that a cluster encodes, or this process where there is none.

    folder: of the cache; default is the one that all runs share
    """
    config, model = prepared.config, prepared.new_model()
    cache = FeatureCache(folder or default_folder(), int(config.train.cache_gib * (1 << 30)))
    images, recipe, dataset = config.train.unfreeze, _recipe_of(config), prepared.dataset
    if cluster is None:
        return local_bank(dataset, model, recipe, cache, images, strict=strict)
    names = names_for(dataset, model, recipe, images=images)
    work = _work_of(prepared)
    encode = ClusterEncoding(cluster, dataset, names.images.of, work, strict=strict)
    return FeatureBank(dataset.lengths, model.cameras, names.of, cache, encode)


def _recipe_of(config: TrainConfig) -> Recipe:
    """A convex problem has the same views whatever the seed."""
    return SLIGHT_CHANGES if config.convex else recipe_of(config)


def _work_of(prepared: Prepared) -> EncodingWork:
    config, encoder = prepared.config, prepared.encoder
    return EncodingWork(
        root=prepared.dataset.address,
        state=state_of(prepared.dataset),
        cameras=prepared.cameras,
        settings=config.reward_model,
        pixels=pixels_of(config),
        origin=None if config.train.unfreeze else EncoderOrigin.of(encoder),
        recipe=_recipe_of(config),
        device=partial(choose_device, config.reward_model.device),
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
