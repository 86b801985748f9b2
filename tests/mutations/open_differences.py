"""Where LeRobot and Labeler still differ: every entry is a fault to be mended.

The test fails for an entry that is no longer needed.
"""

OPEN: dict[str, str] = {}

OPEN |= dict.fromkeys(
    [
        "v2.1-video: rows: frame_index is a float",
        "v3.0-061-video: rows: frame_index is a float",
        "v3.0-061-video: rows: the last episode stands first in its file",
    ],
    "Rows are expected in the order of their episodes, with whole numbers.",
)

OPEN |= dict.fromkeys(
    [
        "v3.0-061-video: episodes: length is a float",
        "v3.0-061-video: episodes: data/file_index is a float",
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
        "v2.1-image: images: JPEG",
        "v3.0-061-image: images: JPEG",
        "v2.1-image: images: BMP",
        "v3.0-061-image: images: BMP",
        "v2.1-image: images: GIF",
        "v3.0-061-image: images: GIF",
        "v2.1-image: images: gray",
        "v3.0-061-image: images: gray",
        "v2.1-image: images: RGBA",
        "v3.0-061-image: images: RGBA",
        "v2.1-image: images: with a palette",
        "v3.0-061-image: images: with a palette",
        "v2.1-image: images: path before bytes",
        "v2.1-image: images: large binary",
        "v2.1-image: images: bytes only",
        "v2.1-image: images: bytes without a struct",
        "v3.0-061-image: images: bytes without a struct",
        "v2.1-image: images: one is null",
        "v3.0-061-image: images: one is null",
        "v2.1-image: images: one is empty",
        "v3.0-061-image: images: one is empty",
        "v2.1-image: images: one is cut off",
        "v3.0-061-image: images: one is cut off",
        "v2.1-image: images: paths without bytes",
        "v3.0-061-image: images: paths without bytes",
        "v2.1-image: images: metadata of datasets lack",
    ],
    "inspect does not look into images that lie in parquet files.",
)

OPEN |= dict.fromkeys(
    [
        "v2.1-video: info.json: total_episodes is one less",
        "v3.0-061-video: info.json: total_episodes is one less",
        "v2.1-video: info.json: total_frames is one more",
        "v3.0-061-video: info.json: total_frames is one more",
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
