"""Episode numbers as people type them: `0-9, 12`."""

import re
from collections.abc import Collection
from itertools import pairwise

from labeler.errors import UsageError
from labeler.labels.wording import as_text, episodes_text, plural

_PART = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?")


def episode_numbers(text: str, count: int) -> tuple[int, ...]:
    """Episodes of a dataset of `count`, counted from 0, ascending; `0-9` includes episode 9.

    Raises:
        UsageError: the text is no such list, names an episode twice, or one that does not exist.
    """
    numbers: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if not match:
            raise UsageError(
                f"{as_text(part.strip())} is not an episode.", "Write 0-9,12 for instance."
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UsageError(f"{as_text(part.strip())} ends before it starts.", "Write 0-9.")
        check_episodes([last], count)
        numbers.extend(range(first, last + 1))
    return check_episodes(numbers, count)


def check_episodes(numbers: Collection[int], count: int) -> tuple[int, ...]:
    """The numbers, ascending.

    Raises:
        UsageError: one is there twice or does not exist, or there is none.
    """
    ordered = sorted(numbers)
    if not ordered:
        raise UsageError("No episode is named.", "Name at least one.")
    twice = {one for one, other in pairwise(ordered) if one == other}
    if twice:
        verb = "is" if len(twice) == 1 else "are"
        raise UsageError(
            f"{episodes_text(twice).capitalize()} {verb} named twice.", "Name each once."
        )
    if ordered[0] < 0 or ordered[-1] >= count:
        wrong = ordered[0] if ordered[0] < 0 else ordered[-1]
        raise UsageError(
            f"Episode {wrong} does not exist: the dataset has {plural(count, 'episode')}.",
            f"Episodes are counted from 0 to {count - 1}.",
        )
    return tuple(ordered)
