"""Labels by the thousand, for the property tests of this folder."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from hypothesis import strategies as st

from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel, FrameRange, Origin, State
from labeler.labels.rewards import exclusion_mask, success_mask

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
times = st.none() | st.datetimes(
    min_value=datetime(1970, 1, 2),
    max_value=datetime(9000, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)


@st.composite
def frame_ranges(draw, length, min_size=0, max_size=3):
    pairs = st.tuples(st.integers(0, length - 1), st.integers(1, length)).filter(
        lambda pair: pair[0] < pair[1]
    )
    drawn = draw(st.lists(pairs, min_size=min_size, max_size=max_size))
    return tuple(FrameRange(*pair) for pair in drawn)


@st.composite
def episode_labels(draw, length):
    """Any label that an episode of this length can have."""
    state = draw(st.sampled_from(State))
    return EpisodeLabel(
        length,
        state,
        draw(frame_ranges(length, min_size=1)) if state is State.SUCCESS else (),
        draw(frame_ranges(length)),
        note=draw(texts),
        flag=draw(st.none() | texts),
        origin=draw(st.sampled_from(Origin)),
        author=draw(texts),
        time=draw(times),
    )


identities = st.builds(
    DatasetIdentity,
    name=texts,
    codebase_version=st.sampled_from(["", "v2.0", "v2.1", "v3.0"]),
    fps=st.sampled_from([0.0, 10, 29.97, 1e-3]),
    episodes=st.just(0),
    frames=st.integers(0, 10**9),
    fingerprint=texts,
)


@st.composite
def dataset_labels(draw):
    """Any labels of a small dataset, some of its episodes untouched."""
    lengths = draw(st.lists(st.integers(1, 12), max_size=5))
    touched = {
        index: draw(episode_labels(length))
        for index, length in enumerate(lengths)
        if draw(st.booleans())
    }
    sides = st.tuples(
        st.integers(0, 99), st.integers(0, 99), st.integers(1, 99), st.integers(1, 99)
    )
    crops = draw(st.dictionaries(st.text("abc._", min_size=1), sides, max_size=2))
    return DatasetLabels(lengths, touched, draw(identities), crops)


def frame_by_frame(labels):
    """What labels say about every frame, told without the code that reads or writes files."""
    return [
        (label.state, success_mask(label).tolist(), exclusion_mask(label).tolist())
        for label in labels
    ]


def stored(labels):
    """State and ranges of every episode."""
    return [(label.state, label.success, label.excluded) for label in labels]


def frames_where(mask):
    """Indices at which a mask is true, as a plain list."""
    return np.flatnonzero(mask).tolist()
