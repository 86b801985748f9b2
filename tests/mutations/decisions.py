"""Where LeRobot and Labeler differ on purpose, with the reasons that the table gives.

The test fails for an entry that is no longer needed.
"""

DECISIONS: dict[str, tuple[str, ...]] = {
    "LeRobot looks each row up by its number, and so shows every row right. But its sampler and "
    "its `delta_timestamps` go by `dataset_from_index` and `dataset_to_index` (0.6.1, "
    "lerobot_train.py, dataset_reader.py), where the rows of another episode stand here: what was "
    "labelled would not be what is trained on.": (
        "v3.0-061-video: rows: the last episode stands first in its file",
    ),
    "LeRobot's sampler draws the rows of an episode that is listed twice two times, without a word "
    "(0.6.1, datasets/sampler.py), and a copy would hand that on.": (
        "v3.0-061-video: episodes: the last one is listed twice",
    ),
    "Only decoding every image tells, which `inspect` does not do: it would take as long as "
    "watching the recording. The window shows which images lack, and training lists the damaged "
    "episodes when it encodes them.": ("v3.0-061-video: video: bytes in the middle are 0",),
}
"""Reason -> the mutations that it is about."""

DECIDED: dict[str, str] = {key: why for why, keys in DECISIONS.items() for key in keys}
