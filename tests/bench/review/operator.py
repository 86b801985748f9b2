"""An operator who knows the truth and presses the fewest keys that the window asks for.

Keys are those of the catalogue: 10 frames (Shift+arrow), 1 frame (arrow), S, X, R, Enter, End. By
hand every episode opens at frame 0; with a suggestion 3 frames before it.
"""

import numpy as np

from labeler.labels import EpisodeLabel
from labeler.labels.episode import never, with_cutoff
from labeler.review.agreement import edge_distance
from labeler.review.suggestion import Suggestion

GOOD = 2
"""Frames within which a suggestion is accepted."""


def keys_by_hand(truth: EpisodeLabel, start: int = 0) -> int:
    """Presses that label an episode, decision included."""
    if not truth.success:
        return 2 if start == 0 else 1  # End to see the outcome, X
    if truth.cutoff is not None:
        return _steps(truth.cutoff - start) + 1
    presses, here = 0, start
    for part in truth.success:  # R at the first and at the last frame of each range
        presses += _steps(part.start - here) + 1 + _steps(part.end - 1 - part.start) + 1
        here = part.end - 1
    return presses + 1  # on to the next episode


def keys_with(suggestion: Suggestion | None, truth: EpisodeLabel) -> int:
    """Presses with a suggestion: Enter if it is good, else a correction from where it opens."""
    if suggestion is None:
        return keys_by_hand(truth)
    if is_good(suggestion, truth):
        return 1
    start = max(suggestion.ranges[0].start - 3, 0) if suggestion.ranges else 0
    return keys_by_hand(truth, start)


def is_good(suggestion: Suggestion, truth: EpisodeLabel) -> bool:
    """Whether it says what is to be seen, edges within `GOOD` frames."""
    return edge_distance(suggestion.label(truth), truth) <= GOOD


def _steps(frames: int) -> int:
    """Fewest presses that move so far: tens, then ones, perhaps back from the next ten."""
    tens, ones = divmod(abs(frames), 10)
    return tens + min(ones, 11 - ones)


def with_errors(truth: dict[int, EpisodeLabel], share: float, seed: int) -> tuple[dict, set[int]]:
    """Labels of which some are wrong, as people err: the edge far off, or the wrong state."""
    random = np.random.default_rng([77, seed])
    count = max(round(share * len(truth)), 1)
    wrong = set(random.choice(sorted(truth), count, replace=False).tolist())
    labels = dict(truth)
    for number, episode in enumerate(sorted(wrong)):
        label = truth[episode]
        if label.success and number % 2 == 0:
            away = int(random.integers(6, 16)) * int(random.choice([-1, 1]))
            labels[episode] = with_cutoff(label, min(max(label.success[0].start + away, 0), 99))
        elif label.success:
            labels[episode] = never(label)
        else:
            labels[episode] = with_cutoff(label, int(random.integers(30, 70)))
    return labels, wrong
