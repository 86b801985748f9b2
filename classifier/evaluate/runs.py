"""Runs of consecutive frames."""

import numpy as np

from classifier.evaluate.scored_frames import Integers, Mask, ScoredFrames


def runs(scored: ScoredFrames, mask: Mask) -> list[Integers]:
    """Positions, each int64 (k,), of every longest run of frames for which `mask` (n,) is true.

    Frames of a run have one episode and consecutive frame indices; a frame that is excluded or
    unlabelled ends it.
    """
    chosen = np.flatnonzero(mask).astype(np.int64)
    if not len(chosen):
        return []
    broken = (np.diff(scored.episodes[chosen]) != 0) | (np.diff(scored.frames[chosen]) != 1)
    return np.split(chosen, np.flatnonzero(broken) + 1)
