"""What bounds a large cluster: CPU for a frame at a worker, and what the command can take in."""

import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from classifier.cluster import Cluster
from classifier.features import FeatureCache
from classifier.train.encoding_place import bank_on
from classifier.train.preflight import prepare
from tests.bench.cluster.folds import settings
from tests.bench.cluster.places import opened

FEATURES = (512, 4, 4)
"""Of a frame of 128×128 by ResNet10, float16: 16 KiB."""
_FRAMES, _PARTS, _SMALL = 1000, 24, 400


@dataclass(frozen=True)
class Limits:
    """Seconds: of CPU to decode and encode a frame; of the command's clock for a task without a
    result, for a frame's features to arrive, and for them to be written into the cache.
    """

    encode: float
    task: float
    arrive: float
    keep: float


def limits(root: Path, work: Path) -> Limits:
    """All of them, measured one after the other."""
    with opened("two nodes", work / "nodes") as cluster:
        assert cluster is not None
        empty = _seconds(cluster, 0, _SMALL) / _SMALL
        frames = _PARTS * _FRAMES
        arrive = (_seconds(cluster, _FRAMES, _PARTS) - _PARTS * empty) / frames
    return Limits(_encode(root, work / "features"), empty, arrive, _keep(work / "kept"))


def _encode(root: Path, cache: Path) -> float:
    prepared = prepare(settings(root, "convex"))
    frames = int(prepared.dataset.lengths.sum())
    with closing(prepared.dataset):
        bank = bank_on(None, prepared, cache)
        began = time.process_time()
        bank.prepare(range(len(prepared.dataset)), 0)
        return (time.process_time() - began) / frames


def _features(frames: int, number: int) -> np.ndarray:
    return np.full((frames, *FEATURES), number % 7, np.float16)


def _seconds(cluster: Cluster, frames: int, parts: int) -> float:
    list(cluster.in_order(partial(_features, frames), range(4)))  # what is imported first
    began = time.monotonic()
    for _ in cluster.in_order(partial(_features, frames), range(parts)):
        pass
    return time.monotonic() - began


def _keep(folder: Path) -> float:
    cache, found = FeatureCache(folder, 1 << 40), _features(100, 1)
    began = time.monotonic()
    for number in range(_PARTS):
        cache.put(f"{number:064x}", found)
    return (time.monotonic() - began) / (_PARTS * len(found))
