"""Probabilities of the episodes that have no label yet, for whoever labels them next."""

from collections.abc import Callable

import pyarrow as pa

from classifier.features import FeatureBank, Progress
from classifier.model import RewardClassifier
from classifier.train.judging import JUDGED, judged_episodes, judged_table_of
from classifier.train.preflight import Prepared
from classifier.train.stopping import Stop


def judged_rest(
    prepared: Prepared,
    model: RewardClassifier,
    bank: FeatureBank,
    report: Callable[[Progress], None],
    stop: Stop,
) -> pa.Table:
    """Probability of every frame of every episode without a label.

    Columns as in `judged_table_of`, with -1 as `fold`. What is not encoded yet is, and is kept
    for the next run; from then on `bank` holds these episodes instead of the labelled ones.

    Raises:
        Stopped: told to stop.
    """
    labelled = set(prepared.frames.episode_list())
    rest = [episode for episode in range(len(prepared.dataset)) if episode not in labelled]
    if rest:
        bank.prepare(rest, 0, report)
    parts = [JUDGED.empty_table()]
    for episode in rest:
        stop.check()
        found = judged_episodes(model, bank, prepared.lengths([episode]))[episode]
        parts.append(judged_table_of(episode, -1, found))
    return pa.concat_tables(parts)
