"""All episodes at once are judged as one by one."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.review.suggestion import SuggestionKind, log_odds, suggest
from labeler.review.suggestion_columns import KINDS, suggest_all

EPISODE = st.lists(st.sampled_from([0.01, 0.3, 0.5, 0.9, 0.99, float("nan")]), max_size=12)


@given(st.lists(EPISODE, max_size=8))
def test_each_episode_is_judged_as_alone(episodes: list[list[float]]) -> None:
    starts = np.concatenate(([0], np.cumsum([len(part) for part in episodes]))).astype(np.int64)
    found = suggest_all(log_odds(np.array(list(chain(*episodes)), np.float64)), starts)
    for index, part in enumerate(episodes):
        if not part:
            assert found.kinds[index] == -1
            continue
        alone = suggest(np.array(part))
        assert KINDS[found.kinds[index]] is alone.kind
        assert found.margins[index] == pytest.approx(alone.margin, abs=1e-6)
        assert found.sharpness[index] == pytest.approx(alone.sharpness, abs=1e-6)
        assert found.confidence[index] == pytest.approx(alone.confidence, abs=1e-6)
        if alone.kind is SuggestionKind.CUTOFF:
            assert found.cutoffs[index] == alone.cutoff


def test_many_frames_are_judged_in_blocks() -> None:
    random = np.random.default_rng(0)
    lengths = random.integers(1, 3000, 400)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    odds = log_odds(random.uniform(0, 1, starts[-1]))
    found = suggest_all(odds, starts)
    for index in (0, 57, 399):
        alone = suggest_all(odds[starts[index] : starts[index + 1]], np.array([0, lengths[index]]))
        assert found.cutoffs[index] == alone.cutoffs[0]
        assert found.gains[index] == pytest.approx(alone.gains[0])
