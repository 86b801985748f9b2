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
    "LeRobot shows single rows without it, and fails where it trains or edits: `delta_timestamps` "
    "and the sampler need `dataset_from_index`, its tools to merge, split and delete episodes "
    "`length`, and a reader of some episodes `data/file_index` (0.6.1, dataset_reader.py, "
    "dataset_tools.py, dataset_metadata.py). A copy takes `meta/episodes` over as it is, so the "
    "recording is refused with the name of the column.": (
        "v3.0-061-video: episodes: without length",
        "v3.0-061-video: episodes: without dataset_from_index",
        "v3.0-061-video: episodes: without data/file_index",
    ),
    "`meta/episodes` and the rows contradict each other, and nothing tells which of them is "
    "damaged: a recorder that was killed leaves too few rows, a failed edit a wrong length. "
    "LeRobot shows the rows; its tools that edit, merge or split episodes believe the length, "
    "and its sampler draws an episode that is listed twice two times. Labels are counted in "
    "frames of an episode, so Labeler does not guess how many there are.": (
        "v3.0-061-video: episodes: the last one is listed twice",
        "v3.0-061-video: episodes: a length is one less",
        "v3.0-061-video: episodes: a length is one more",
        "v3.0-061-video: episodes: a length is 0",
        "v3.0-061-video: episodes: a length is null",
    ),
    "A file that ends before its index says so was not copied to its end. LeRobot's decoder "
    "overlooks it here. It is damage: taken for whole, `split --intact` would write it "
    "into a copy.": ("v2.1-video: video: a file lacks its last byte",),
    "LeRobot joins the statistics of the episodes that have some, and so normalises by others than "
    "those of the recording, without a word. A copy would pass that on.": (
        "v2.1-video: statistics: those of an episode lack",
    ),
    "Only decoding every image tells, which `inspect` does not do: it would take as long as "
    "watching the recording. The window shows which images lack, and training lists the damaged "
    "episodes when it encodes them.": ("v3.0-061-video: video: bytes in the middle are 0",),
}
"""Reason -> the mutations that it is about."""

DECIDED: dict[str, str] = {key: why for why, keys in DECISIONS.items() for key in keys}
