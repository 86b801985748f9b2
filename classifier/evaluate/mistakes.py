"""The mistakes the classifier is surest of: wrong labels show there, and what to record next."""

import numpy as np

from classifier.evaluate.scored_frames import Numbers, ScoredFrames, runs
from labeler.contracts.report import Mistake

NEIGHBOURS = 3
"""Most frames of one run of consecutive mistakes; they look alike."""


def worst_mistakes(scored: ScoredFrames, threshold: float, count: int) -> tuple[Mistake, ...]:
    """Up to `count` mistakes: first the worst of each run of consecutive ones, then others of it.

    A frame is worse the farther its probability is from the threshold, relative to how far it
    could be on that side.
    """
    severity, predicted = severity_of(scored, threshold), scored.successes(threshold)
    ranked: list[tuple[int, float, int]] = []
    for mask in (predicted & ~scored.labels, ~predicted & scored.labels):
        for run in runs(scored, mask):
            worst = run[np.argsort(-severity[run], kind="stable")][:NEIGHBOURS]
            ranked += [(rank, -float(severity[at]), int(at)) for rank, at in enumerate(worst)]
    return tuple(labelled_frame(scored, at) for _, _, at in sorted(ranked)[:count])


def severity_of(scored: ScoredFrames, threshold: float) -> Numbers:
    """Distance from the threshold, from 0 to 1 on both sides of it; float64 (n,)."""
    distance = scored.probabilities - threshold
    room = np.where(distance > 0, 1 - threshold, threshold)
    # Without room on a side, every frame there lies on the threshold.
    return np.abs(distance) / np.where(room > 0, room, 1)


def labelled_frame(scored: ScoredFrames, at: int) -> Mistake:
    """The frame at a position, with its label and its probability."""
    return Mistake(
        int(scored.episodes[at]),
        int(scored.frames[at]),
        bool(scored.labels[at]),
        float(scored.probabilities[at]),
    )
