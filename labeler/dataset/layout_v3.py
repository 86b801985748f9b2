"""Layout of v3.0: many episodes per parquet file and per MP4 file, listed in `meta/episodes`.

Source: LeRobot 0.6.1, datasets/dataset_metadata.py and datasets/dataset_reader.py. Rows and each
camera are split into files independently of each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.dataset.episode_extents import find_extents
from labeler.dataset.info import Info
from labeler.dataset.layout import Integers
from labeler.dataset.meta_episodes import MetaEpisodes
from labeler.dataset.templates import PathTemplate
from labeler.labels.wording import episodes_text


class LayoutV3:
    """The episodes of `meta/episodes/*/*.parquet`; statistics in there stay unread."""

    def __init__(self, root: Path, info: Info) -> None:
        self._data, self._video = info.data_template(), info.video_template()
        keys = [key for key, feature in info.features.items() if feature.dtype == "video"]
        self._table = MetaEpisodes(root, keys)
        self._paths: dict[tuple[str, int, int], str] = {}
        self._earliest: dict[str, NDArray[np.float64]] = {}
        self.episode_files = self._table.files
        extents = find_extents(root, self._table, self._files_as_declared, self._data)
        self.lengths: Integers = extents.lengths
        self.first_indices: Integers = extents.firsts
        self.corrections: Mapping[str, Integers] = extents.corrections
        self.oddities: Sequence[str] = [*_repetitions(self._table.repeated), *extents.oddities]
        self._stated, self._found = extents.stated, extents.found
        self._files = dict(self._stated if self._found is None else self._found.files)
        self._rows = self._first_rows() if self._found is None else self._found.first_rows
        for key in keys:
            self._table.check_video(key)

    def tasks(self, episode: int) -> tuple[str, ...]:
        """Task texts of an episode."""
        if "tasks" not in self._table:
            return ()
        return _texts(self._table["tasks"][episode].as_py())

    def all_tasks(self) -> list[tuple[str, ...]]:
        """Task texts of every episode."""
        if "tasks" not in self._table:
            return [()] * len(self.lengths)
        return _all_texts(self._table["tasks"].combine_chunks())

    def data_file(self, episode: int) -> str:
        """File with the rows of an episode."""
        if self._found is not None:
            return self._names_on_disk[int(self._found.file_of[episode])]
        return self._path("data", episode, self._data)

    def first_row(self, episode: int) -> int:
        """Row of the first frame of an episode in its data file."""
        return int(self._rows[episode])

    def data_files(self) -> dict[str, Integers]:
        """Every data file with its episodes in row order."""
        return self._files

    def episodes_elsewhere(self) -> list[int]:
        """Episodes whose rows are in another file than `meta/episodes` says."""
        if self._found is None:
            return []
        return [
            episode
            for file, episodes in self._stated.items()
            for episode in episodes.tolist()
            if self.data_file(episode) != file
        ]

    @cached_property
    def _names_on_disk(self) -> list[str]:
        return [] if self._found is None else list(self._found.files)

    def _first_rows(self) -> Integers:
        """First row of every episode in its file, given that a file holds them in order."""
        rows = np.zeros_like(self.lengths)
        for episodes in self._stated.values():
            lengths = self.lengths[episodes]
            rows[episodes] = np.cumsum(lengths) - lengths
        return rows

    def _files_as_declared(self) -> dict[str, Integers]:
        """Data files with their episodes as `meta/episodes` has them."""
        groups = self._groups("data")
        return {self._path("data", int(group[0]), self._data): group for group in groups}

    def video(self, episode: int, key: str) -> tuple[str, float]:
        """MP4 file of an episode and camera, and the time in it at which the episode starts."""
        path = self._path(f"videos/{key}", episode, self._video, video_key=key)
        return path, float(self._table.column(f"videos/{key}/from_timestamp")[episode])

    def video_under(self, episode: int, key: str, name: str) -> str:
        """Where the MP4 file of an episode would be if its camera had the key `name`."""
        chunk, file = self._place(f"videos/{key}", episode)
        return self._video.expand(chunk_index=chunk, file_index=file, video_key=name)

    def video_starts(self, key: str) -> NDArray[np.float64]:
        """Time in its MP4 file at which each episode starts: float64, shape (episodes,)."""
        return np.asarray(self._table.column(f"videos/{key}/from_timestamp"), np.float64)

    def earliest(self, episode: int, key: str) -> float:
        """Time at which the first episode starts that is in the same MP4 file."""
        if key not in self._earliest:
            starts = self.video_starts(key)
            firsts = np.empty_like(starts)
            for episodes in self._groups(f"videos/{key}"):
                firsts[episodes] = starts[episodes].min()
            self._earliest[key] = firsts
        return float(self._earliest[key][episode])

    def video_files(self, key: str) -> dict[str, Integers]:
        """Every MP4 file of a camera with its episodes in order of time."""
        starts = self._table.column(f"videos/{key}/from_timestamp")
        result = {}
        for episodes in self._groups(f"videos/{key}"):
            ordered = episodes[np.argsort(starts[episodes], kind="stable")]
            result[self.video(int(ordered[0]), key)[0]] = ordered
        return result

    def metadata_files(self) -> tuple[str, ...]:
        """Tasks and the parquet files of the episodes."""
        return ("meta/info.json", "meta/tasks.parquet", *(part.file for part in self.episode_files))

    def _groups(self, prefix: str) -> list[Integers]:
        place = (
            self._table.numbers(f"{prefix}/chunk_index"),
            self._table.numbers(f"{prefix}/file_index"),
        )
        order = np.lexsort((np.arange(len(self._table)), place[1], place[0]))
        changes = np.flatnonzero((np.diff(place[0][order]) != 0) | (np.diff(place[1][order]) != 0))
        return [group for group in np.split(order, changes + 1) if len(group)]

    def _path(self, prefix: str, episode: int, template: PathTemplate, **values: str) -> str:
        """File that an episode is in; most of them share one."""
        place = prefix, *self._place(prefix, episode)
        if place not in self._paths:
            self._paths[place] = template.expand(
                chunk_index=place[1], file_index=place[2], **values
            )
        return self._paths[place]

    def _place(self, prefix: str, episode: int) -> tuple[int, int]:
        """Folder and number of the file that an episode is in."""
        chunk, file = (
            int(self._table.column(f"{prefix}/{name}")[episode])
            for name in ("chunk_index", "file_index")
        )
        return chunk, file


def _all_texts(tasks: pa.Array) -> list[tuple[str, ...]]:
    if pa.types.is_list(tasks.type) and not tasks.null_count:
        # Not `flatten`, `cast` or the like, which import pyarrow.compute: more than all else here.
        values, starts = tasks.values, tasks.offsets.to_numpy()
        values, counts = values[starts[0] : starts[-1]], np.diff(starts)
        if pa.types.is_string(values.type) and not values.null_count and np.all(counts == 1):
            # One task per episode, as recorders write it: one tuple for all that share it.
            texts: dict[str, tuple[str, ...]] = {}
            return [texts.setdefault(text, (text,)) for text in values.to_pylist()]
    return [_texts(each) for each in tasks.to_pylist()]


def _texts(tasks: object) -> tuple[str, ...]:
    return tuple(
        str(task) for task in (tasks if isinstance(tasks, list) else [tasks] if tasks else ())
    )


def _repetitions(episodes: Sequence[int]) -> Iterator[str]:
    """About episodes that are listed more than once (0.6.1, datasets/sampler.py)."""
    if episodes:
        listed = "is" if len(episodes) == 1 else "are"
        yield (
            f"meta/episodes: {episodes_text(episodes)} {listed} listed more than once. LeRobot "
            "shows every row once, but its training draws rows of such episodes more often. "
            "Labeler counts them once, and a copy lists them once."
        )
