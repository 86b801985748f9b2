"""Probabilities of the episodes that have no label yet, for whoever labels them next."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from classifier.features import FeatureBank, Progress
from classifier.model import RewardClassifier, success_probability
from classifier.train.judging import logits_of
from classifier.train.preflight import Prepared
from classifier.train.stopping import Stop

_SCHEMA = pa.schema(
    {"episode": pa.int64(), "frame": pa.int64(), "probability": pa.float32(), "fold": pa.int32()}
)


def judged_rest(
    prepared: Prepared,
    model: RewardClassifier,
    bank: FeatureBank,
    report: Callable[[Progress], None],
    stop: Stop,
) -> pa.Table:
    """Probability of every frame of every episode without a label.

    Columns as those of `out_of_fold`, with -1 as `fold`. What is not encoded yet is, and is kept
    for the next run; from then on `bank` holds these episodes instead of the labelled ones.

    Raises:
        Stopped: told to stop.
    """
    labelled = set(prepared.frames.episode_list())
    rest = [episode for episode in range(len(prepared.dataset)) if episode not in labelled]
    if rest:
        bank.prepare(rest, 0, report)
    parts = [pa.table([[], [], [], []], schema=_SCHEMA)]
    for episode in rest:
        stop.check()
        frames = np.arange(prepared.dataset.lengths[episode], dtype=np.int64)
        episodes = np.full_like(frames, episode)
        logits = logits_of(model, bank, episodes, frames)
        probabilities = success_probability(model, logits).astype(np.float32)
        folds = np.full(len(frames), -1, dtype=np.int32)
        parts.append(pa.table([episodes, frames, probabilities, folds], schema=_SCHEMA))
    return pa.concat_tables(parts)
