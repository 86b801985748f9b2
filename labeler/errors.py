"""The tree of errors.

LabelerError                 exit 1   message (what happened) + cures (what would help)
├── UsageError               exit 2   the command was called wrongly
├── DatasetError             exit 3   the recording cannot be read
│   ├── NotADatasetError
│   ├── UnsupportedVersionError
│   ├── DamagedDatasetError           broken or missing file, metadata that disagrees
│   │   └── MissingFrameError         one frame of a camera is not there; others may be
│   └── UnsafePathError               a path template leaves the dataset's folder
├── LabelError               exit 4   labels are wrong for this dataset
│   ├── LabelFileError                a label file cannot be understood
│   ├── AmbiguousLabelsError          two readings are possible; a cure settles it
│   ├── UnlabeledEpisodesError
│   └── InexpressibleError            the chosen dialect cannot say this
├── StorageError             exit 5   writing was refused or failed; nothing is half done
│   ├── RefusedError
│   ├── NoRoomError
│   ├── SourceChangedError
│   ├── SourcesDifferError            recordings do not go together as they are
│   ├── BusyError
│   └── InterruptedCopyError
├── CheckFailedError         exit 6   a copy is not what it should be
├── WindowError              exit 7   a window cannot open here
├── HubError                 exit 8   the Hub refuses, or sends something else than it should
│   └── HubUnreachableError           it is out of reach, overloaded, or broke off: try again
└── ClusterError             exit 9   a cluster is out of reach, or its nodes lack something

Every one of these is the user's to cure: one sentence says what, its cures say what would help
(`labeler.cures`), and each front end says how. Anything else that reaches the top is our fault and
ends in a crash report with exit code 70.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cure:
    """Something that would help; `labeler.cures` has all of them.

    setting: key of the setting that it is about, as `train.folds`; empty if it is about none
    """

    setting: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Advice(Cure):
    """A plain sentence that reads the same in every front end."""

    text: str


class LabelerError(Exception):
    """A problem the user can cure; `message` says what, `cures` say what would help.

    A cure that is a plain sentence without options and commands may be given as text.
    """

    exit_code = 1

    def __init__(self, message: str, *cures: Cure | str) -> None:
        super().__init__(message)
        self.message = message
        given = (Advice(one) if isinstance(one, str) else one for one in cures if one)
        self.cures: tuple[Cure, ...] = tuple(given)

    @property
    def setting(self) -> str:
        """Key of the setting that it is about; empty if it is about none."""
        return next((one.setting for one in self.cures if one.setting), "")

    @property
    def advice(self) -> str:
        """The cures that are plain sentences; those of front ends are not among them."""
        return " ".join(one.text for one in self.cures if isinstance(one, Advice))

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class UsageError(LabelerError):
    """The command was called with arguments that make no sense together."""

    exit_code = 2


class DatasetError(LabelerError):
    """A dataset cannot be read."""

    exit_code = 3


class NotADatasetError(DatasetError):
    """The folder holds no LeRobot dataset."""


class UnsupportedVersionError(DatasetError):
    """The dataset's `codebase_version` is older or newer than v2.0, v2.1 and v3.0."""


class DamagedDatasetError(DatasetError):
    """A file is missing or broken, or the metadata disagree with the files."""


class MissingFrameError(DamagedDatasetError):
    """One frame of a camera is missing or damaged; the others may still be read."""


class StoreError(DatasetError):
    """An object store that holds a dataset cannot be read."""


class UnsafePathError(DatasetError):
    """A path template of `info.json` points outside the dataset."""


class LabelError(LabelerError):
    """Labels do not fit the dataset."""

    exit_code = 4


class LabelFileError(LabelError):
    """A label file cannot be understood."""


class AmbiguousLabelsError(LabelError):
    """A label file has two readings; the cure says what settles it."""


class UnlabeledEpisodesError(LabelError):
    """Episodes without a label were about to be written."""


class InexpressibleError(LabelError):
    """The chosen dialect has no way to say what a label says."""


class StorageError(LabelerError):
    """Writing was refused or failed; what was there before is still there."""

    exit_code = 5


class RefusedError(StorageError):
    """The destination is not a place where a copy may be written."""


class NoRoomError(StorageError):
    """The disk has not enough room."""


class SourceChangedError(StorageError):
    """The recording is not the one that was labelled, or it changed while it was read."""


class SourcesDifferError(StorageError):
    """Recordings that were to become one dataset differ, or have the same episodes."""


class BusyError(StorageError):
    """Another process is writing the same copy."""


class InterruptedCopyError(StorageError):
    """An earlier write was interrupted and waits for recovery."""


class CheckFailedError(LabelerError):
    """A copy differs from its record, its labels or its source."""

    exit_code = 6


class WindowError(LabelerError):
    """No window can open: no screen, or a system library is missing."""

    exit_code = 7


class HubError(LabelerError):
    """The Hub cannot be reached, refuses, or sends something unexpected."""

    exit_code = 8


class HubUnreachableError(HubError):
    """The Hub is out of reach, overloaded, or broke off; another attempt may succeed."""


class ClusterError(LabelerError):
    """A cluster is out of reach, or its nodes lack what the work needs; what was done is kept."""

    exit_code = 9
