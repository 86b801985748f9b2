"""Judged frames for the tests."""

import numpy as np
from hypothesis import strategies as st

from classifier.evaluate import Judged


def judged(*rows: tuple[int, int, bool | int, float]) -> Judged:
    """From rows (episode, frame, label, probability)."""
    return Judged.ordered(*zip(*rows, strict=True)) if rows else Judged.ordered([], [], [], [])


def one_episode(labels: str, *probabilities: float) -> Judged:
    """Episode 0 from frame 0 on: `..##` is two failure frames and two success frames."""
    count = len(labels)
    return Judged.ordered(
        np.zeros(count), np.arange(count), [c == "#" for c in labels], probabilities
    )


# Few distinct values, so that ties and the ends of the range are common.
probabilities = st.one_of(
    st.sampled_from([0.0, 0.1, 0.5, 0.5 + 1e-16, np.nextafter(0.5, 1), 0.9, 1.0]),
    st.floats(0, 1),
)
frames = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 12)),
    st.tuples(st.booleans(), probabilities),
    min_size=1,
    max_size=40,
).map(lambda rows: judged(*((*at, *what) for at, what in rows.items())))
