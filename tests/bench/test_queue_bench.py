"""The queue benchmark counts labels by the product's recipe, in each order."""

import numpy as np

from tests.bench.queue import Pool, classified, in_order, labels_needed, undecided

EPISODES, FRAMES = 8, 12


def pool(told_apart: bool) -> Pool:
    """Features that tell success, or that are noise; the last two episodes are never labelled."""
    random = np.random.default_rng(0)
    success = np.tile(np.arange(FRAMES) >= FRAMES // 2, EPISODES)
    features = random.normal(size=(len(success), 4))
    features[:, 0] += 8 * success if told_apart else 0
    features -= features.mean(axis=0)
    products = features @ features.T / 4
    episodes = np.repeat(np.arange(EPISODES), FRAMES)
    return Pool(products, episodes, success, episodes >= EPISODES - 2)


def test_what_is_easy_needs_the_first_labels_only() -> None:
    accuracy, doubt = classified(pool(told_apart=True), [0, 1])
    assert accuracy > 0.95 and doubt.shape == (EPISODES - 2,)
    assert labels_needed(pool(told_apart=True), in_order(list(range(6))), [0, 1], 5) == 2


def test_noise_is_never_enough() -> None:
    assert labels_needed(pool(told_apart=False), undecided, [0, 1], 5) is None


def test_the_next_is_the_most_doubtful_without_a_label() -> None:
    assert undecided([3], np.array([0.1, 0.2, 0.3, 0.9])) == 2
    assert in_order([3, 1, 0])([3], np.zeros(4)) == 1
