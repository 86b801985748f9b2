"""Values, episodes and sizes as messages name them."""

import pytest

from labeler.labels.wording import (
    as_text,
    decimals_text,
    episode_text,
    episodes_text,
    exact_text,
    plural,
    share_text,
    size_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        (None, "None"),
        ("x" * 50, "'" + "x" * 36 + "..."),
        pytest.param(10**5000, "a very large int", id="more digits than Python writes"),
    ],
)
def test_values_are_quoted_and_cut(value, text):
    assert as_text(value) == text


def test_a_value_that_contains_itself_deeply_is_named_by_its_kind():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    assert as_text(nested) == "a very large list"


@pytest.mark.parametrize(
    ("episode", "text"),
    [("3", "Episode 3"), ("003", "Episode 3"), ("three", "Episode 'three'"), (3, "Episode 3")],
)
def test_episodes_are_named_as_files_do(episode, text):
    assert episode_text(episode) == text


@pytest.mark.parametrize(
    ("episodes", "text"),
    [
        ((), "episodes none"),
        ((4,), "episode 4"),
        ((9, 0, 4, 3, 5), "episodes 0, 3-5 and 9"),
        ((1, 2), "episodes 1-2"),
        (range(0, 20, 2), "episodes 0, 2, 4, 6, 8, 10, 12, 14 and 2 more"),
    ],
)
def test_lists_of_episodes_join_runs_and_count_the_tail(episodes, text):
    assert episodes_text(episodes) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (5e9, "5.0 GB"),
        (7e12, "7.0 TB"),
    ],
)
def test_sizes(count, text):
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 episodes"), (1, "1 episode"), (2, "2 episodes"), (1200, "1,200 episodes")],
)
def test_numbers_stand_in_front_of_one_or_many(count, text):
    assert plural(count, "episode") == text


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100.0%"), (0.99999, "99.9%"), (0.29, "29.0%"), (0.0, "0.0%")]
)
def test_shares_are_rounded_down_so_that_all_means_all(share, text):
    assert share_text(share) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1.0, 3, "1.000"), (0.99999, 3, "0.999"), (0.29, 2, "0.29"), (0.9786, 2, "0.97")],
)
def test_decimals_are_rounded_down_so_that_one_means_one(value, digits, text):
    assert decimals_text(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (0.8268, "0.8268"), (1, "1.0"), (0.1 + 0.2, "0.30000000000000004")],
)
def test_an_exact_number_stands_for_itself_alone(value, text):
    assert exact_text(value) == text
    assert float(text) == value
