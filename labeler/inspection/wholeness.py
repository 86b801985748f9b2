"""Which episodes are whole: rows and images are there and can be read.

Partial downloads, pointers in place of files and crashed recorders damage some episodes of a
recording and leave the others as they were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from labeler.dataset import Dataset
from labeler.dataset.consistency import INTEGERS, row_problems
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file, not_fetched
from labeler.inspection.oddity import Severity
from labeler.inspection.videos import compare, of_zeros
from labeler.video.probe import probe
from labeler.video.zeroed import zeroed_images


@dataclass(frozen=True, slots=True)
class Lack:
    """What keeps an episode from being whole: the file concerned, and a sentence about it."""

    episode: int
    file: str
    sentence: str


def file_count(dataset: Dataset) -> int:
    """How many files `lacks` looks into."""
    keys = [camera.key for camera in dataset.cameras if camera.kind == "video"]
    videos = sum(len(dataset.layout.video_files(key)) for key in keys)
    return len(dataset.layout.data_files()) + videos


def video_bytes(dataset: Dataset) -> int:
    """Size of the video files in its folder: what `lacks` reads where it is to be thorough."""
    keys = [camera.key for camera in dataset.cameras if camera.kind == "video"]
    names = {file for key in keys for file in dataset.layout.video_files(key)}
    paths = [dataset.root / file for file in names]
    return sum(path.stat().st_size for path in paths if not not_a_file(path))


def lacks(
    dataset: Dataset, on_file: Callable[[], object] = lambda: None, *, thorough: bool = False
) -> list[Lack]:
    """What every episode of a dataset lacks, by episode; an episode that is whole lacks nothing.

    Rows are read and videos probed, without decoding; where it is to be `thorough`, every byte of
    these is read. `on_file` is called before each file; what it raises ends it.
    """
    found = [*_of_rows(dataset, on_file), *_of_videos(dataset, on_file, thorough)]
    return sorted(found, key=lambda lack: lack.episode)


def intact_episodes(dataset: Dataset) -> tuple[int, ...]:
    """Numbers of the episodes that are whole, in order."""
    damaged = {lack.episode for lack in lacks(dataset, thorough=True)}
    return tuple(episode for episode in range(len(dataset)) if episode not in damaged)


def _of_rows(dataset: Dataset, on_file: Callable[[], object]) -> Iterator[Lack]:
    for file, episodes in dataset.layout.data_files().items():
        on_file()
        if sentence := _row_problem(dataset, file):
            for episode in episodes.tolist():
                yield Lack(episode, file, sentence)


def _row_problem(dataset: Dataset, file: str) -> str:
    path = dataset.root / file
    if what := not_a_file(path) or not_fetched(path):
        return f"{file} {what}."
    try:
        return next(row_problems(dataset, file, dataset.file_rows(file, INTEGERS), None), "")
    except DamagedDatasetError as error:
        return error.message


def _of_videos(dataset: Dataset, on_file: Callable[[], object], thorough: bool) -> Iterator[Lack]:
    for camera in dataset.cameras:
        if camera.kind != "video":
            continue
        for file, episodes in dataset.layout.video_files(camera.key).items():
            on_file()
            yield from _of_video(dataset, camera.key, file, episodes, thorough)


def _of_video(
    dataset: Dataset, key: str, file: str, episodes: np.ndarray, thorough: bool
) -> Iterator[Lack]:
    path = dataset.local_file(file)
    if what := not_a_file(path) or not_fetched(path):
        yield from (Lack(episode, file, f"{file} {what}.") for episode in episodes.tolist())
        return
    try:
        facts = probe(path, dataset.fps)
        zeroed = zeroed_images(path) if thorough else []
    except DamagedDatasetError as error:
        yield from (Lack(episode, file, error.message) for episode in episodes.tolist())
        return
    for episode in episodes.tolist():
        one = np.array([episode])
        found = compare(dataset, key, file, one, facts)
        for oddity in (*found, *of_zeros(dataset, key, file, one, zeroed)):
            if oddity.severity is Severity.ERROR:
                yield Lack(episode, file, oddity.sentence)
