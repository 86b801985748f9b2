"""What differs between the formats of datasets that can be read and written.

Facts are from LeRobot 0.3.3 (v2.0, v2.1) and 0.6.1 (v3.0). Adding a format is adding its name and
its row; the type checker names what is missing in the row and, for a value that no row had before,
every place that does not know what to do with it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, assert_never


class Version(StrEnum):
    """Formats as `codebase_version` names them, oldest first."""

    V20 = "v2.0"
    V21 = "v2.1"
    V30 = "v3.0"


@dataclass(frozen=True)
class DatasetFormat:
    """One format.

    files: whether rows and videos have a file for each episode, which `meta/episodes.jsonl` lists,
        or episodes share files, as the tables of `meta/episodes` say
    data_path, video_path: where these are unless info.json says
    path_fields: what these paths may name, `video_key` aside
    distinct_fields: without which two files would have the same name
    tasks_file: where the texts of tasks are
    episode_statistics: where those of an episode are, if they are kept
    totals_used: whether readers take statistics of the whole from meta/stats.json; those of v2.1
        aggregate the ones of episodes
    quantiles: whether statistics have quantiles
    boolean_extremes: whether min and max of a boolean column in meta/stats.json are true and false
    counted_statistics: whether statistics count their values
    counts_files: whether info.json counts videos and chunks
    declared: whether readers take columns and types from info.json, not from the parquet files
    seeks_by_timestamp: whether readers look for the image of a row at its `timestamp` in the video
    list_type: what `datasets` calls a vector: `Sequence` up to 3.6, `List` from 4.0 on
    needed: keys of info.json without which LeRobot does not open a dataset, or without its rows;
        `video_path` only if there are videos
    never_null: keys that may be missing but not null, `video_path` as above
    image_name: what a PNG in a parquet file carries as its name
    schema_fingerprint: whether the schema of the rows carries a digest of itself
    merged_as: the format in which recordings of this one are merged
    """

    version: Version
    files: Literal["of one episode", "shared"]
    data_path: str
    video_path: str
    path_fields: frozenset[str]
    distinct_fields: frozenset[str]
    tasks_file: Literal["meta/tasks.jsonl", "meta/tasks.parquet"]
    episode_statistics: Literal["nowhere", "lines", "tables"]
    totals_used: bool
    quantiles: bool
    boolean_extremes: bool
    counted_statistics: bool
    counts_files: bool
    declared: bool
    seeks_by_timestamp: bool
    list_type: Literal["Sequence", "List"]
    needed: tuple[str, ...]
    never_null: tuple[str, ...]
    image_name: str
    schema_fingerprint: bool
    merged_as: Version

    @property
    def shares_files(self) -> bool:
        """Whether a file of rows or a video may hold several episodes."""
        match self.files:
            case "of one episode":
                return False
            case "shared":
                return True
            case other:
                assert_never(other)


_V21 = DatasetFormat(
    version=Version.V21,
    files="of one episode",
    data_path="data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
    video_path="videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4",
    path_fields=frozenset({"episode_chunk", "episode_index"}),
    distinct_fields=frozenset({"episode_index"}),
    tasks_file="meta/tasks.jsonl",
    episode_statistics="lines",
    totals_used=False,
    quantiles=False,
    boolean_extremes=True,
    counted_statistics=True,
    counts_files=True,
    declared=False,
    seeks_by_timestamp=True,
    list_type="Sequence",
    needed=("total_episodes", "chunks_size", "data_path", "fps", "video_path"),
    never_null=(),
    image_name="frame_{frame:06d}.png",
    schema_fingerprint=False,
    merged_as=Version.V21,
)
_V20 = replace(
    _V21,
    version=Version.V20,
    episode_statistics="nowhere",
    totals_used=True,
    counted_statistics=False,
)
_V30 = DatasetFormat(
    version=Version.V30,
    files="shared",
    data_path="data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
    video_path="videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
    path_fields=frozenset({"chunk_index", "file_index"}),
    distinct_fields=frozenset({"chunk_index", "file_index"}),
    tasks_file="meta/tasks.parquet",
    episode_statistics="tables",
    totals_used=True,
    quantiles=True,
    boolean_extremes=False,
    counted_statistics=True,
    counts_files=False,
    declared=True,
    seeks_by_timestamp=False,
    list_type="List",
    needed=("total_episodes", "total_frames", "total_tasks", "fps"),
    never_null=(
        "chunks_size",
        "data_files_size_in_mb",
        "video_files_size_in_mb",
        "video_path",
    ),
    image_name="frame-{frame:06d}.png",
    schema_fingerprint=True,
    merged_as=Version.V30,
)


def format_of(version: Version) -> DatasetFormat:
    """The row of a format."""
    match version:
        case Version.V20:
            return _V20
        case Version.V21:
            return _V21
        case Version.V30:
            return _V30
        case _:
            assert_never(version)
