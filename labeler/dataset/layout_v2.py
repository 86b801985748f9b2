"""Layout of v2.0 and v2.1: one parquet file and one MP4 file per camera for every episode.

Source: LeRobot 0.3.3, datasets/lerobot_dataset.py and datasets/utils.py.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from labeler.dataset.documents import read_objects
from labeler.dataset.info import Info
from labeler.dataset.layout import LONGEST, EpisodeFile, Integers
from labeler.errors import DamagedDatasetError

_CURE = "Restore meta/episodes.jsonl from the recording or a backup."


class LayoutV2:
    """The episodes of `meta/episodes.jsonl`."""

    def __init__(self, root: Path, info: Info) -> None:
        self._info = info
        self._data, self._video = info.data_template(), info.video_template()
        path = root / "meta" / "episodes.jsonl"
        listed = list(read_objects(path))
        records = _in_order(path, listed)
        self.as_listed = records == listed
        """Whether every episode has one line, in the order of their numbers."""
        self._tasks = [_tasks(record) for record in records]
        self.lengths: Integers = np.array([_length(record) for record in records], dtype=np.int64)
        self.first_indices: Integers = np.cumsum(self.lengths) - self.lengths
        self.episode_files: tuple[EpisodeFile, ...] = ()
        self.corrections: Mapping[str, Integers] = {}
        self.oddities: Sequence[str] = ()

    def tasks(self, episode: int) -> tuple[str, ...]:
        """Task texts of an episode."""
        return self._tasks[episode]

    def all_tasks(self) -> list[tuple[str, ...]]:
        """Task texts of every episode."""
        return [self._tasks[episode] for episode in range(len(self.lengths))]

    def data_file(self, episode: int) -> str:
        """File with the rows of an episode."""
        return self._data.expand(**self._place(episode))

    def first_row(self, episode: int) -> int:
        """Always 0: a file holds one episode."""
        return 0

    def data_files(self) -> dict[str, Integers]:
        """Every data file with its one episode."""
        return self._data_files

    @cached_property
    def _data_files(self) -> dict[str, Integers]:  # asked for once per file
        return {self.data_file(e): np.array([e]) for e in range(len(self.lengths))}

    def video(self, episode: int, key: str) -> tuple[str, float]:
        """MP4 file of an episode and camera; the episode starts with the file."""
        return self._video.expand(video_key=key, **self._place(episode)), 0.0

    def video_under(self, episode: int, key: str, name: str) -> str:
        """Where the MP4 file of an episode would be if its camera had the key `name`."""
        return self.video(episode, name)[0]

    def earliest(self, episode: int, key: str) -> float:
        """Always 0: the episode starts with the file."""
        return 0.0

    def video_files(self, key: str) -> dict[str, Integers]:
        """Every MP4 file of a camera with its one episode."""
        return {self.video(e, key)[0]: np.array([e]) for e in range(len(self.lengths))}

    def metadata_files(self) -> tuple[str, ...]:
        """Tasks, episodes and, since v2.1, statistics of the episodes."""
        of_episodes = self._info.format.episode_statistics == "lines"
        statistics = ("meta/episodes_stats.jsonl",) if of_episodes else ()
        return ("meta/info.json", "meta/tasks.jsonl", "meta/episodes.jsonl", *statistics)

    def _place(self, episode: int) -> dict[str, int]:
        return {
            "episode_chunk": episode // self._info.chunks_size,
            "episode_index": episode,
        }


def _in_order(path: Path, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records of all episodes by their numbers; of two with one number the later one.

    LeRobot reads them so (0.3.3, load_episodes of datasets/utils.py).
    """
    records = {}
    for line, record in enumerate(listed, start=1):
        number = record.get("episode_index")
        if type(number) is not int:
            raise DamagedDatasetError(
                f"Line {line} of {path} is about episode {number!r}.",
                "Episodes are numbered from 0. " + _CURE,
            )
        records[number] = record
    if missing := sorted(set(range(len(records))) - set(records)):
        raise DamagedDatasetError(
            f"{path} has no line about episode {missing[0]}.",
            "Episodes must be numbered from 0 without a gap. " + _CURE,
        )
    return [records[number] for number in range(len(records))]


def _length(record: dict[str, Any]) -> int:
    length = record.get("length")
    if isinstance(length, float) and length.is_integer():
        length = int(length)
    if type(length) is not int or not 1 <= length <= LONGEST:
        raise DamagedDatasetError(
            f"meta/episodes.jsonl: episode {record.get('episode_index')!r} has the length "
            f"{length!r}.",
            _CURE,
        )
    return length


def _tasks(record: dict[str, Any]) -> tuple[str, ...]:
    tasks = record.get("tasks") or []
    if not isinstance(tasks, list):
        tasks = [tasks]
    return tuple(str(task) for task in tasks)
