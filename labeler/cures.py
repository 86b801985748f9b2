"""What would help against an error, as typed values that know no front end.

An error says *what* would help; the command programs say *how* with their options and commands
(`labeler.cli.cures`, `classifier.cli.cures`), the window with words and buttons
(`labeler.ui.kit.cures`). No text here or in an error names an option or a command. A cure that is
added here needs its line in these tables; a test builds every cure and looks it up in each.

A cure without fields of its own is no dataclass again, since making one takes a millisecond; and
`labeler.errors`, which every command imports, has only what all of them are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from labeler.errors import Advice as Advice
from labeler.errors import Cure as Cure

Counted = Literal["frames", "episodes"]


# Where something is written


class ChooseAnotherFolder(Cure):
    """Write to another folder."""


class ChooseAnotherFile(Cure):
    """Write to another file."""


class KeepLabelsElsewhere(Cure):
    """Have the label file somewhere else, outside of every dataset."""


class RemoveOrChooseAnother(Cure):
    """Remove what stands there, or write somewhere else."""


class OverwriteOrChooseAnother(Cure):
    """Allow that what is there is replaced, or write to another place."""


class GiveFileName(Cure):
    """A folder was given where a file is written."""


class MakeRoom(Cure):
    """Free some room, or write somewhere else, then try again."""


class FixPermissions(Cure):
    """Write somewhere else, or allow writing here."""


class Retry(Cure):
    """The same again."""


@dataclass(frozen=True)
class RetryAfter(Cure):
    """The same again, after `first`, which is a clause without a full stop."""

    first: str


# The recording and what was made of it


@dataclass(frozen=True)
class AcceptChangedRecording(Cure):
    """Say that the labels fit although the recording changed; `changed` says what did."""

    changed: str


@dataclass(frozen=True)
class AcceptChangedSource(Cure):
    """Bring a copy up to date although its recording changed; `changed` says what did."""

    changed: str


@dataclass(frozen=True)
class DecideEpisodes(Cure):
    """Label these episodes, leave them out, or write them as failures."""

    episodes: tuple[int, ...]


class LeaveOutDamaged(Cure):
    """Restore a damaged video, or write the dataset without its episodes."""


class KeepExcluded(Cure):
    """An episode of which nothing is left: leave it out, or keep its excluded frames."""


@dataclass(frozen=True)
class RescueEpisodes(Cure):
    """Write what is whole of the recording at `path`, which its recorder did not close."""

    path: str


@dataclass(frozen=True)
class RecoverCopy(Cure):
    """Complete an interrupted change of the copy at `path`."""

    path: str


@dataclass(frozen=True)
class RetryOrRecover(Cure):
    """Write again, or complete the interrupted change; `first` says what to do before."""

    first: str


class MakeCopyAgain(Cure):
    """Remove a copy and write it again."""


@dataclass(frozen=True)
class MakeAgain(Cure):
    """Write a dataset again, by what made it; its recordings are all right."""

    made_by: Literal["apply", "merge", "split"]


class GiveCopy(Cure):
    """A folder was given that is not a copy made by Labeler."""


class RunInspect(Cure):
    """Inspecting the recording tells more."""


# Labels


@dataclass(frozen=True)
class CountFrom(Cure):
    """Say that a label file counts from `first` if it does; `otherwise` is what else may be."""

    counted: Counted
    first: int
    otherwise: str


@dataclass(frozen=True)
class CountFromEither(Cure):
    """Say from where a label file counts: from `first`, or from `other` if `reason` holds."""

    counted: Counted
    first: int
    other: int
    reason: str


@dataclass(frozen=True)
class CountFromZeroOrOne(Cure):
    """Frames and episodes are counted from 0 or from 1."""

    counted: Counted


@dataclass(frozen=True)
class CheckCounting(Cure):
    """Look whether it is right from where the label file was said to count; `first` do that."""

    counted: Counted
    first: str


class LeaveOutCounting(Cure):
    """A file that counts from 0 by definition needs nobody to say so."""


class GiveLabels(Cure):
    """The dataset has no labels: label it, or name a label file."""


@dataclass(frozen=True)
class TakeLabelsFrom(Cure):
    """Take labels from the column `column` of the dataset."""

    column: str


@dataclass(frozen=True)
class GiveThreshold(Cure):
    """Say above which value a column means success; `example` would be one."""

    example: float


class UpdateLabels(Cure):
    """The labels are of another state of the dataset: give those of this one."""


class PredictAgain(Cure):
    """Write the probabilities of a classifier again."""


# Recordings that become one dataset


@dataclass(frozen=True)
class KeepColumn(Cure):
    """A column or camera that every dataset needs was to be left out."""

    name: str


class NameRobotType(Cure):
    """Give the merged dataset one robot type."""


@dataclass(frozen=True)
class WriteOrDropColumn(Cure):
    """Write a column of labels again for all sources, or leave it out of the dataset."""

    name: str
    column: Literal["done", "success"]


class LeaveOutDifferences(Cure):
    """Leave out a source, a camera or a column, or all that is not the same everywhere."""


class SettleDuplicates(Cure):
    """Leave episodes out that are there twice, or keep both."""


# The Hub, and where there is no window


class CheckRevision(Cure):
    """The Hub has no such revision of the dataset."""


@dataclass(frozen=True)
class DownloadDataset(Cure):
    """Work with a folder; the dataset is on the Hub."""

    repo_id: str


class PushCopy(Cure):
    """Push the labelled copy, or say that it shall be the recording."""


class AllowPublic(Cure):
    """Say that everybody may see what is pushed, or push to another name."""


@dataclass(frozen=True)
class ReplaceOnHub(Cure):
    """Say that the dataset on the Hub shall be replaced."""

    repo_id: str


# The trainer and its settings


@dataclass(frozen=True)
class SetSetting(Cure):
    """Give the setting `setting` another value: `to`, a clause that may go on with "or"."""

    to: str


class LeaveOutSetting(Cure):
    """The setting does not exist; the list of all settings shows those that do."""


@dataclass(frozen=True)
class WriteValue(Cure):
    """A setting was given without a value."""

    key: str


@dataclass(frozen=True)
class GiveGroupWhole(Cure):
    """A group of settings that is given as a whole."""

    group: str


class NameCameras(Cure):
    """Say which cameras the classifier is to use."""


class GiveDataset(Cure):
    """Say which dataset to train on."""


@dataclass(frozen=True)
class FetchEncoder(Cure):
    """Allow that an encoder is downloaded, or give a folder that holds it."""

    name: str


@dataclass(frozen=True)
class ChooseDevice(Cure):
    """Let the device be chosen, or compute on the CPU."""


@dataclass(frozen=True)
class ExportFor(Cure):
    """Export a checkpoint for a release of LeRobot."""

    release: str


@dataclass(frozen=True)
class ExportOrTrainOnRaw(Cure):
    """Export for a release that normalises, or train on raw pixels."""

    release: str


@dataclass(frozen=True)
class InstallExtra(Cure):
    """Install what an optional part of the program needs."""

    extra: str


class FreeRoomAndResume(Cure):
    """Free some room, then continue the training."""


class MoveToAnotherDisk(Cure):
    """Free some room, or keep the cache or the run on another disk."""


class ChooseRunFolder(Cure):
    """Keep the run in another folder."""


class ResumeOrChooseRunFolder(Cure):
    """Continue the run that is in the folder, or keep this one in another."""


class GiveRun(Cure):
    """There is nothing to continue: give the folder of a run, or start one."""


class StartNewRun(Cure):
    """A run cannot be continued: start another one."""


class UseCommands(Cure):
    """No window can open here; everything can be done without one."""


def counting(cures: Iterable[Cure]) -> Counted | None:
    """What a label file leaves open from where it counts it; None if that is not the question."""
    asked = (one for one in cures if isinstance(one, CountFrom | CountFromEither))
    return next((one.counted for one in asked), None)
