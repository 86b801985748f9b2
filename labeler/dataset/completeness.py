"""What makes LeRobot take a local dataset for incomplete and download over it.

Measured with LeRobot 0.3.3, 0.4.4 and 0.6.1, also with an explicit `root`: one missing video or
data file, a missing file under `meta/`, or more `total_episodes` than are listed start
`snapshot_download`, which replaces every local file that differs from the Hub's
(lerobot_dataset.py of 0.3.3 and 0.4.4, dataset_reader.py and dataset_metadata.py of 0.6.1).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from labeler.dataset.dataset import Dataset
from labeler.dataset.row_places import rows_fit
from labeler.file_kind import not_a_file, not_fetched

PATTERN_SIGNS = ("*", "?", "[", "]")
"""In the path of a dataset they make `datasets` take it for a pattern: it loads rows of another
folder, or none (datasets 3.6 and 4.8, data_files.py, resolve_pattern)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a dataset: the file concerned, and a sentence about it."""

    file: str
    sentence: str


def download_triggers(dataset: Dataset, episodes: Collection[int] | None = None) -> list[Problem]:
    """Every condition under which LeRobot would download over the dataset; none is good.

    Of files of some `episodes` only, if they are given, and of the metadata.
    """
    problems = []
    for file in (*dataset.layout.metadata_files(), *_files_of(dataset, episodes)):
        if dataset.mirror is not None and file in dataset.mirror.objects:
            continue
        path = dataset.root / file
        if what := not_a_file(path) or not_fetched(path):
            problems.append(Problem(file, f"{file} {what}."))
    return problems + [problem for problem, ignored in _wrong_counts(dataset) if not ignored]


def ignored_counts(dataset: Dataset) -> list[Problem]:
    """Counts of `info.json` that are wrong, although LeRobot reads every episode and frame."""
    return [problem for problem, ignored in _wrong_counts(dataset) if ignored]


def _wrong_counts(dataset: Dataset) -> Iterator[tuple[Problem, bool]]:
    """Wrong counts of episodes and frames, and whether LeRobot reads everything all the same.

    Fewer episodes than are listed keep it from nothing. A wrong number of frames does not either
    where the rows are those that the episodes should have: where they are not, a file is not whole.
    """
    file, episodes, frames = (
        "meta/info.json",
        dataset.info.total_episodes,
        dataset.info.total_frames,
    )
    if episodes != len(dataset):
        counted = f"{file} counts {_as_it_says(episodes, 'episode')}, there are {len(dataset)}."
        yield Problem(file, counted), episodes < len(dataset)
    if frames not in (None, dataset.total_frames):
        counted = (
            f"{file} counts {_as_it_says(frames, 'frame')}, the episodes have "
            f"{dataset.total_frames}."
        )
        fit = rows_fit(dataset.root, dataset.layout.data_files(), dataset.lengths)
        yield Problem(file, counted), fit


def _as_it_says(count: int | None, noun: str) -> str:
    """A number as a file has it, so that it is found there."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _files_of(dataset: Dataset, episodes: Collection[int] | None) -> Iterator[str]:
    if episodes is None:
        yield from dataset.files()
        return
    chosen = np.fromiter(episodes, dtype=np.int64)
    videos = [camera.key for camera in dataset.cameras if camera.kind == "video"]
    for files in (dataset.layout.data_files(), *map(dataset.layout.video_files, videos)):
        yield from (file for file, found in files.items() if np.isin(found, chosen).any())


def stray_data_files(dataset: Dataset) -> list[str]:
    """Files that LeRobot would read as rows although no episode refers to them.

    v3.0 reads every `data/*/*.parquet`, hidden ones included (datasets/io_utils.py of 0.6.1);
    v2.x reads everything below `data/` that is not hidden (`datasets.load_dataset`).
    """
    folder = dataset.root / "data"
    known = set(dataset.layout.data_files())
    match dataset.info.format.files:
        case "shared":
            found = list(folder.glob("*/*.parquet"))
        case "of one episode":
            found = [path for path in folder.rglob("*") if not path.name.startswith(".")]
        case other:
            assert_never(other)
    names = (path.relative_to(dataset.root).as_posix() for path in found if path.is_file())
    return sorted(set(names) - known)
