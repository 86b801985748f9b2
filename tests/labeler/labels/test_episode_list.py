"""Episode numbers as people type them."""

import pytest

from labeler.errors import UsageError
from labeler.labels.episode_list import check_episodes, episode_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0", (0,)), ("3,1", (1, 3)), (" 0 - 2 , 9", (0, 1, 2, 9)), ("0-9", tuple(range(10)))],
)
def test_episode_lists(text, numbers):
    assert episode_numbers(text, 10) == numbers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not an episode"),
        ("1;2", "is not an episode"),
        ("-1", "is not an episode"),
        ("1-", "is not an episode"),
        ("٣-", "is not an episode"),
        ("5-2", "ends before it starts"),
        ("10", "Episode 10 does not exist: the dataset has 10 episodes"),
        ("0-999999999", "does not exist"),
        ("1,1", "Episode 1 is named twice"),
        ("0-3,2-5", "Episodes 2-3 are named twice"),
    ],
)
def test_wrong_episode_lists(text, message):
    with pytest.raises(UsageError) as caught:
        episode_numbers(text, 10)
    assert message in caught.value.message
    assert caught.value.cures


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((), "No episode is named"),
        ((-1, 2), "Episode -1 does not exist"),
        ((2, 2, 3, 3), "are named"),
    ],
)
def test_numbers_are_checked(numbers, message):
    with pytest.raises(UsageError, match=message):
        check_episodes(numbers, 10)


def test_numbers_come_in_order():
    assert check_episodes((9, 0, 4), 10) == (0, 4, 9)
