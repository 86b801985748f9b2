"""`meta/labeler/merge.json`: which recordings a merged dataset was made from, and how."""

from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labeler.cures import MakeAgain
from labeler.errors import CheckFailedError
from labeler.file_kind import not_a_file
from labeler.storage.record.copy_record import CopyRecord, Options, SourceRecord, read_record
from labeler.storage.record.selection import INDEX_COLUMNS, Kept
from labeler.storage.record.transaction import FOLDER

MERGE_RECORD = f"{FOLDER}/merge.json"


class WriteRecord(Protocol):
    """What `labeler check` needs to know about a dataset that Labeler wrote."""

    @property
    def options(self) -> Options:
        """How labels became columns."""

    @property
    def rows(self) -> dict[str, str]:
        """Data files, with the SHA-256 of the chunks of all columns but the replaced ones."""

    @property
    def files(self) -> dict[str, str]:
        """All other files, with the SHA-256 of their content."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class MergedSource(SourceRecord):
    """A recording at the time of the merge; `labels` is the file or column they were from."""

    name: str
    codebase_version: str
    labels: str


class MergeRecord(_Kept):
    """Everything `labeler check` needs to know about a merged dataset."""

    format: Literal["labeler-merge"] = "labeler-merge"
    version: Literal[1] = 1
    tool_version: str
    written_at: str
    repo_id: str
    sources: list[MergedSource]
    options: Options
    columns: list[str]
    """Columns that Labeler wrote from labels."""
    dropped: list[str] = Field(default_factory=list)
    """Cameras and columns of the sources that were left out."""
    episodes: list[tuple[str, int, int, int, str]]
    """Source, its episode, its frames [start, stop), and the origin of the label: per episode."""
    rows: dict[str, str] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)

    def of_source(self, fingerprint: str) -> dict[int, Kept]:
        """What each merged episode was of the recordings with this fingerprint."""
        names = {source.name for source in self.sources if source.fingerprint == fingerprint}
        return {
            number: Kept(episode, start, stop)
            for number, (name, episode, start, stop, _) in enumerate(self.episodes)
            if name in names
        }

    def to_bytes(self) -> bytes:
        """Content of the file."""
        return (self.model_dump_json(indent=1) + "\n").encode()


def is_merge(root: Path) -> bool:
    """Whether a folder is a dataset that Labeler merged."""
    return not not_a_file(root / MERGE_RECORD)


def read_any_record(root: Path) -> CopyRecord | MergeRecord:
    """The record of the copy or of the merged dataset at `root`.

    Raises:
        CheckFailedError: there is none, or it cannot be read.
    """
    if not is_merge(root):
        return read_record(root)
    path = root / MERGE_RECORD
    try:
        return MergeRecord.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise CheckFailedError(
            f"{path} is damaged or from a newer Labeler.",
            MakeAgain("merge"),
        ) from error


def own_columns(record: CopyRecord | MergeRecord) -> tuple[str, ...]:
    """Columns whose values are not those of the sources: labels, and numbers that are new."""
    if isinstance(record, MergeRecord):
        return (*record.columns, *INDEX_COLUMNS, "task_index")
    return tuple(record.columns) if record.whole else (*record.columns, *INDEX_COLUMNS)
