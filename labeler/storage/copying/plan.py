"""Which files a copy consists of, and from which file of the source each is made."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeler.cures import ChooseAnotherFolder, RunInspect
from labeler.dataset import Dataset
from labeler.dataset.completeness import download_triggers, stray_data_files
from labeler.dataset.consistency import unreadable_metadata
from labeler.dataset.features import CROPS
from labeler.dataset.files import FileFacts, links_out, walk
from labeler.dataset.links import LinkOut
from labeler.errors import DamagedDatasetError, RefusedError
from labeler.storage.copying.frame_scores import frame_scores
from labeler.storage.record.camera_keys import NewKeys, check_new_keys, image_file
from labeler.storage.record.copy_record import Options
from labeler.storage.record.label_columns import LabelColumns
from labeler.storage.record.selection import Kept, Selection
from labeler.storage.record.transaction import FOLDER


@dataclass(frozen=True, slots=True)
class RowsJob:
    """Rows of a data file of the source become a data file of the copy.

    `parts` are episodes of the copy with the frames of the source they keep, in row order.
    """

    source: str
    target: str
    parts: tuple[tuple[int, Kept], ...]
    whole: bool
    """Whether every row of the source's file is kept."""


@dataclass(frozen=True, slots=True)
class CopyJob:
    """A file of the source is copied unchanged."""

    source: str
    target: str


@dataclass(frozen=True)
class CopyPlan:
    """Everything that has to be done for a copy, before anything is done."""

    source: Dataset
    selection: Selection
    options: Options
    columns: LabelColumns
    rows: tuple[RowsJob, ...]
    copies: tuple[CopyJob, ...]
    left_out: tuple[str, ...]
    """Files of the source that LeRobot would mistake for rows."""
    scores: tuple[str, ...]
    """Files with scores of frames whose numbers are others in the copy: they are left out."""
    links_out: tuple[LinkOut, ...]
    """Links that lead out of the source, unless they were to be followed."""

    @property
    def new_keys(self) -> NewKeys:
        """Cameras that get another key in the copy."""
        return self.options.camera_keys

    @property
    def new_columns(self) -> NewKeys:
        """Those of them whose images are a column of the rows."""
        images = {camera.key for camera in self.source.cameras if camera.kind == "image"}
        return {old: key for old, key in self.new_keys.items() if old in images}


def make_plan(source: Dataset, selection: Selection, options: Options) -> CopyPlan:
    """Plan the copy of `source`.

    Raises:
        DamagedDatasetError: LeRobot would take the source, and so its copy, for incomplete.
        UsageError: a camera cannot get the key that it is to get.
    """
    check_new_keys(source, options.camera_keys)
    refuse_damaged(source, [kept.episode for kept in selection.kept])
    rows = tuple(_rows(source, selection))
    stray = stray_data_files(source)
    follow = options.follow_links
    scores = () if selection.whole else tuple(frame_scores(source, walk(source.root)))
    copies = tuple(_copies(source, selection, {*stray, *scores}, options))
    links = () if follow else tuple(links_out(source.root))
    columns = LabelColumns.of(selection.labels, options)
    return CopyPlan(source, selection, options, columns, rows, copies, tuple(stray), scores, links)


def refuse_damaged(source: Dataset, episodes: Collection[int] | None = None) -> None:
    """Refuse a source whose copy, of some `episodes`, LeRobot would download over or fail to load.

    Raises:
        DamagedDatasetError: it is incomplete, or its metadata cannot be read.
    """
    missing = download_triggers(source, episodes)
    problems = [*missing, *unreadable_metadata(source)]
    if problems:
        what, then = ("incomplete", "download over") if missing else ("damaged", "fail to load")
        raise DamagedDatasetError(
            f"{source.root} is {what}: {problems[0].sentence}",
            f"LeRobot would {then} a copy of it. Restore the recording first.",
            *([RunInspect()] if problems[1:] else []),
        )


def _rows(source: Dataset, selection: Selection) -> Iterator[RowsJob]:
    position = {kept.episode: index for index, kept in enumerate(selection.kept)}
    for file, episodes in source.layout.data_files().items():
        parts = tuple(
            (position[e], selection.kept[position[e]]) for e in episodes.tolist() if e in position
        )
        if not parts:
            continue
        rows = sum(len(kept) for _, kept in parts)
        target = _data_target(source, file, parts[0][0])
        yield RowsJob(file, target, parts, whole=rows == int(source.lengths[episodes].sum()))


def _data_target(source: Dataset, file: str, episode: int) -> str:
    """v3.0 keeps its file names; v2.x names files after episodes, which are numbered anew."""
    return file if source.info.format.shares_files else source.layout.data_file(episode)


def _copies(
    source: Dataset, selection: Selection, left_out: set[str], options: Options
) -> Iterator[CopyJob]:
    """Videos of kept episodes, then everything that is neither rows, video nor metadata."""
    known = set(source.files()) | set(source.layout.metadata_files()) | left_out
    for camera in source.cameras:
        if camera.kind == "video":
            new = options.camera_keys.get(camera.key, camera.key)
            yield from _videos(source, selection, camera.key, new)
    rewritten = {"meta/info.json", "meta/stats.json", "meta/episodes_stats.jsonl"}
    rewritten |= {CROPS} if options.camera_keys else set()
    for file in walk(source.root, follow_links=options.follow_links):
        if file.startswith(f"{FOLDER}/"):
            continue  # the source is a copy itself: its labels and record are not those of this one
        if file.startswith("images/") and not selection.whole:
            continue  # images LeRobot left behind, named after the old episode numbers
        if _stays(file, selection) or (file not in known and file not in rewritten):
            yield CopyJob(file, image_file(file, options.camera_keys))


def _stays(file: str, selection: Selection) -> bool:
    """Metadata that labels never touch; v2.x lists lengths, which change with the selection."""
    if file in ("meta/tasks.jsonl", "meta/tasks.parquet"):
        return True
    return file == "meta/episodes.jsonl" and selection.whole


def _videos(source: Dataset, selection: Selection, key: str, new: str) -> Iterator[CopyJob]:
    if source.info.format.shares_files:
        kept = np.array([part.episode for part in selection.kept])
        for file, episodes in source.layout.video_files(key).items():
            if np.isin(episodes, kept).any():
                yield CopyJob(file, source.layout.video_under(int(episodes[0]), key, new))
        return
    for episode, part in enumerate(selection.kept):
        yield CopyJob(
            source.layout.video(part.episode, key)[0], source.layout.video(episode, new)[0]
        )


def refuse_links_into(source: Dataset, state: Mapping[str, FileFacts], destination: Path) -> None:
    """Refuse to update a copy whose files the source uses through links.

    Raises:
        RefusedError: a file of the source is a link into `destination`.
    """
    place = destination.resolve()
    for file, facts in state.items():
        path = source.root / file
        if facts.linked and path.resolve().is_relative_to(place):
            raise RefusedError(f"{path} is a link into {destination}.", ChooseAnotherFolder())
