"""`meta/labeler/copy.json`: what a copy was made from, how, and what it held when it was made."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labeler.cures import GiveCopy, MakeCopyAgain
from labeler.errors import CheckFailedError
from labeler.file_kind import not_a_file
from labeler.storage.record.selection import Kept, Unlabeled
from labeler.storage.record.transaction import FOLDER

RECORD = f"{FOLDER}/copy.json"
LABELS = f"{FOLDER}/labels.json"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Options(_Frozen):
    """How labels become a copy."""

    unlabeled: Unlabeled = Unlabeled.REFUSE
    trim: bool = False
    done: bool = False
    success_column: bool = False
    follow_links: bool = False
    """Whether files that are none of the layout are copied from behind links that lead out."""
    camera_keys: dict[str, str] = Field(default_factory=dict)
    """New key of a camera by its key in the recording."""


class SourceRecord(_Frozen):
    """The recording at the time of the copy: `files` maps paths to (bytes, time in ns)."""

    path: str
    fingerprint: str
    files: dict[str, tuple[int, int]]


class CopyRecord(_Frozen):
    """Everything `labeler check` needs to know about a copy."""

    format: Literal["labeler-copy"] = "labeler-copy"
    version: Literal[1] = 1
    tool_version: str
    written_at: str
    repo_id: str
    source: SourceRecord
    options: Options
    columns: list[str]
    """Columns that Labeler wrote."""
    kept: list[tuple[int, int, int]]
    """Episode of the source and frames [start, stop), in the order of the copy's episodes."""
    whole: bool
    """Whether every row of the source is in the copy."""
    rows: dict[str, str] = Field(default_factory=dict)
    """Data files, with the SHA-256 of the column chunks that are not `columns`."""
    files: dict[str, str] = Field(default_factory=dict)
    """All other files, with the SHA-256 of their content."""

    def selection(self) -> tuple[Kept, ...]:
        """The kept frames as values."""
        return tuple(Kept(*part) for part in self.kept)

    def to_bytes(self) -> bytes:
        """Content of the file."""
        return (self.model_dump_json(indent=1) + "\n").encode()


def is_copy(root: Path) -> bool:
    """Whether a folder is a copy that Labeler made."""
    return not not_a_file(root / RECORD)


def is_labelled_copy(root: Path) -> bool:
    """Whether a folder is a copy that Labeler made of a labelled recording.

    One of a recording that nobody had labelled is labelled itself, as a recording is.
    """
    if not is_copy(root):
        return False
    try:
        return read_record(root).options.unlabeled is not Unlabeled.KEEP
    except CheckFailedError:  # it cannot be told
        return True


def keys_of_copy(root: Path) -> dict[str, str]:
    """New keys of cameras in the copy at `root`; empty where there is none yet.

    Raises:
        CheckFailedError: its record cannot be read.
    """
    return read_record(root).options.camera_keys if is_copy(root) else {}


def read_record(root: Path) -> CopyRecord:
    """The record of the copy at `root`.

    Raises:
        CheckFailedError: there is none, or it cannot be read.
    """
    path = root / RECORD
    if not_a_file(root) == "is missing":
        raise CheckFailedError(f"{root} does not exist.", GiveCopy())
    if not_a_file(path):
        raise CheckFailedError(
            f"{root} is not a copy made by Labeler: it has no {RECORD}.",
            GiveCopy(),
        )
    try:
        return CopyRecord.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise CheckFailedError(
            f"{path} is damaged or from a newer Labeler.",
            MakeCopyAgain(),
        ) from error
