"""Where LeRobot and Labeler still differ: every entry is a fault to be mended.

The test fails for an entry that is no longer needed.
"""

OPEN: dict[str, str] = {}

OPEN |= dict.fromkeys(
    [
        "v3.0-061-video: rows: the last episode stands first in its file",
    ],
    "Rows are expected in the order of their episodes.",
)

OPEN |= dict.fromkeys(
    [
        "v3.0-061-video: episodes: without length",
        "v3.0-061-video: episodes: without dataset_from_index",
        "v3.0-061-video: episodes: without data/file_index",
        "v3.0-061-video: episodes: the last one is listed twice",
        "v3.0-061-video: episodes: a length is one less",
        "v3.0-061-video: episodes: a length is one more",
        "v3.0-061-video: episodes: a length is 0",
        "v3.0-061-video: episodes: a length is null",
    ],
    "LeRobot does not look at these columns when it reads rows; Labeler needs them.",
)

OPEN |= dict.fromkeys(
    [
        "v2.1-video: statistics: those of an episode lack",
    ],
    "Labels of a copy need statistics of every episode.",
)

OPEN |= dict.fromkeys(
    [
        "v2.1-video: info.json: a column that no file has",
        "v3.0-061-video: info.json: a column that no file has",
    ],
    "LeRobot counts on with what info.json says and does not notice.",
)

OPEN |= dict.fromkeys(
    [
        "v3.0-061-video: video: the first frame twice",
        "v2.1-video: video: a file lacks its last byte",
        "v3.0-061-video: video: bytes in the middle are 0",
    ],
    "Nothing but decoding every image tells.",
)
