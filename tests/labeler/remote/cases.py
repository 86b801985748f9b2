"""What the tests of all stores look at."""

from pathlib import Path

import numpy as np

from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.video.reader import FrameReader


def videos(root: Path) -> list[str]:
    """The videos that are there, by their paths in the dataset."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.mp4"))


def image(root: Path, episode: int) -> np.ndarray:
    """Frame 3 of an episode."""
    with open_dataset(root) as dataset, FrameReader(dataset, "image") as reader:
        return reader.frame(episode, 3)


def assert_read_as_the_folder(root: Path, recording: Path, url: str) -> None:
    """Opening fetches the rows and no video; a video is fetched for its first image."""
    assert root.name == "pick_cube" and videos(root) == []
    with open_dataset(root) as remote, open_dataset(recording) as local:
        assert remote.address == Path(url)
        assert remote.rows(1, ["index"]).equals(local.rows(1, ["index"]))
        assert fingerprint(remote) == fingerprint(local)
    np.testing.assert_array_equal(image(root, 1), image(recording, 1))
    assert len(videos(root)) == 1
