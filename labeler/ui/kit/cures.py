"""How the window says what would help: a sentence per cure, and what its button does.

No text here names an option or a command. A cure with an action gets a button wherever the panel
that shows the error offers that action; no panel looks at the words of an error.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Protocol

from labeler import cures
from labeler.cures import Cure


class Action(Enum):
    """What a button beside an error does; the value is what the button says."""

    CHOOSE_PLACE = "Choose another place…"
    KEEP_ELSEWHERE = "Keep them elsewhere…"
    RETRY = "Try again"
    ACCEPT_CHANGED = "Write anyway"
    DECIDE = "Go to the first"
    COUNT = "Say how it counts…"
    CHANGE_SETTING = "Change settings…"
    CHANGE_REVISION = "Change the revision"
    RESUME = "Resume"
    NEW_TRAINING = "New training…"


WORDS: Mapping[type[Cure], str] = {
    cures.Advice: "{text}",
    cures.ChooseAnotherFolder: "Choose another folder.",
    cures.ChooseAnotherFile: "Choose another file.",
    cures.KeepLabelsElsewhere: "Labels can be kept in another folder, outside of every dataset.",
    cures.RemoveOrChooseAnother: "Remove it, or choose another place.",
    cures.OverwriteOrChooseAnother: "Remove it, or choose another place.",
    cures.GiveFileName: "Give a file name.",
    cures.MakeRoom: "Free some room or choose another folder, then try again.",
    cures.FixPermissions: "Choose another folder, or fix the permissions.",
    cures.Retry: "Try again.",
    cures.RetryAfter: "{first}, then try again.",
    cures.AcceptChangedRecording: (
        "{changed} Check that the labels still fit. Then you can write even so."
    ),
    cures.AcceptChangedSource: (
        "{changed} Check that the labels still fit. Then you can update the copy even so."
    ),
    cures.DecideEpisodes: "Label them, or choose below what happens to them.",
    cures.LeaveOutDamaged: (
        "Restore the video, or leave its episodes out: skip them and leave out episodes "
        "without a decision."
    ),
    cures.KeepExcluded: (
        "Skip the episode and leave out episodes without a decision, or keep excluded heads "
        "and tails."
    ),
    cures.RescueEpisodes: (
        "LeRobot 0.4 and later write it when a recording is closed. Where the recorder was "
        "killed, the command that splits recordings writes the episodes that are whole."
    ),
    cures.RecoverCopy: (
        "Write to that folder again from its recording; that completes the change."
    ),
    cures.RetryOrRecover: "{first}, then write again.",
    cures.MakeCopyAgain: "Remove the copy, then write it again.",
    cures.MakeAgain: "Write it again; the recording is not affected.",
    cures.GiveCopy: "Choose a folder that Labeler wrote.",
    cures.RunInspect: "Check the recording's files.",
    cures.CountFrom: "Say what the file counts {counted} from, or {otherwise}",
    cures.CountFromEither: "Say what the file counts {counted} from.",
    cures.CountFromZeroOrOne: "Count {counted} from 0 or 1.",
    cures.CheckCounting: "{first}.",
    cures.LeaveOutCounting: "Import it without saying what it counts from.",
    cures.GiveLabels: "Label it first, or give it a label file.",
    cures.TakeLabelsFrom: "The column {column} may say success.",
    cures.GiveThreshold: "Say above which value it means success, for example {example:g}.",
    cures.UpdateLabels: "Use the labels of this dataset.",
    cures.PredictAgain: "Have the classifier predict this recording again.",
    cures.KeepColumn: "Keep {name}.",
    cures.NameRobotType: "Give one robot type for all.",
    cures.WriteOrDropColumn: "Write {name} again for all, or leave it out.",
    cures.LeaveOutDifferences: (
        "Leave out a source that differs, or a camera or column, or everything that is not the "
        "same everywhere."
    ),
    cures.SettleDuplicates: "Leave them out, or keep both.",
    cures.CheckRevision: "Check the revision.",
    cures.DownloadDataset: "Download it into a new folder first, then open that.",
    cures.PushCopy: (
        "Push the labelled copy instead, or confirm in the command that you mean the recording."
    ),
    cures.AllowPublic: "Confirm in the command that everybody may see it, or choose another name.",
    cures.ReplaceOnHub: "If that is right, confirm in the command that it replaces {repo_id}.",
    cures.SetSetting: "Set {setting} to {to}.",
    cures.LeaveOutSetting: "Remove it; “All settings” lists those that exist.",
    cures.WriteValue: "Give {key} a value.",
    cures.GiveGroupWhole: "Give {group} as a whole.",
    cures.NameCameras: "Choose the cameras.",
    cures.GiveDataset: "Choose the recording.",
    cures.ChooseDevice: "Have the device chosen automatically, or choose the CPU.",
    cures.FetchEncoder: (
        "Choose {name} as the encoder, so that it is downloaded, or choose a folder that holds it."
    ),
    cures.ExportFor: "Export it for {release}.",
    cures.ExportOrTrainOnRaw: "Export it for {release}, or train it on raw pixels.",
    cures.InstallExtra: "Install Labeler with its extra {extra}; the guide says how.",
    cures.FreeRoomAndResume: "Free some room, then resume.",
    cures.MoveToAnotherDisk: "Free some room, or keep the recording on a larger disk.",
    cures.ChooseRunFolder: "Choose another folder for the run.",
    cures.ResumeOrChooseRunFolder: "Resume it, or choose another folder for the run.",
    cures.GiveRun: "Start a new training.",
    cures.StartNewRun: "Start a new training.",
    cures.UseCommands: "Every command works without a window.",
}
"""Cure -> sentence, in which names in braces are fields of the cure."""

ACTIONS: Mapping[type[Cure], Action] = {
    cures.ChooseAnotherFolder: Action.CHOOSE_PLACE,
    cures.ChooseAnotherFile: Action.CHOOSE_PLACE,
    cures.KeepLabelsElsewhere: Action.KEEP_ELSEWHERE,
    cures.RemoveOrChooseAnother: Action.CHOOSE_PLACE,
    cures.OverwriteOrChooseAnother: Action.CHOOSE_PLACE,
    cures.GiveFileName: Action.CHOOSE_PLACE,
    cures.MakeRoom: Action.CHOOSE_PLACE,
    cures.FixPermissions: Action.CHOOSE_PLACE,
    cures.GiveCopy: Action.CHOOSE_PLACE,
    cures.Retry: Action.RETRY,
    cures.RetryAfter: Action.RETRY,
    cures.RetryOrRecover: Action.RETRY,
    cures.RecoverCopy: Action.RETRY,
    cures.MakeCopyAgain: Action.RETRY,
    cures.MakeAgain: Action.RETRY,
    cures.AcceptChangedRecording: Action.ACCEPT_CHANGED,
    cures.AcceptChangedSource: Action.ACCEPT_CHANGED,
    cures.DecideEpisodes: Action.DECIDE,
    cures.CountFrom: Action.COUNT,
    cures.CountFromEither: Action.COUNT,
    cures.SetSetting: Action.CHANGE_SETTING,
    cures.LeaveOutSetting: Action.CHANGE_SETTING,
    cures.WriteValue: Action.CHANGE_SETTING,
    cures.GiveGroupWhole: Action.CHANGE_SETTING,
    cures.NameCameras: Action.CHANGE_SETTING,
    cures.ChooseDevice: Action.CHANGE_SETTING,
    cures.FetchEncoder: Action.CHANGE_SETTING,
    cures.CountFromZeroOrOne: Action.CHANGE_SETTING,
    cures.CheckRevision: Action.CHANGE_REVISION,
    cures.FreeRoomAndResume: Action.RESUME,
    cures.ResumeOrChooseRunFolder: Action.RESUME,
    cures.GiveRun: Action.NEW_TRAINING,
    cures.StartNewRun: Action.NEW_TRAINING,
}
"""Cure -> what its button does; what is not here can only be told."""


class Explained(Protocol):
    """What happened and what would help: an error, or the failure of a command."""

    @property
    def message(self) -> str:
        """What happened."""

    @property
    def cures(self) -> tuple[Cure, ...]:
        """What would help."""


def words(what: Iterable[Cure]) -> str:
    """What would help, as somebody in front of the window does it."""
    return " ".join(WORDS[type(one)].format(**vars(one)).strip() for one in what)


def actions(what: Iterable[Cure]) -> dict[Action, Cure]:
    """What can be done at the press of a button, with the first cure that asks for it."""
    found: dict[Action, Cure] = {}
    for one in what:
        if (action := ACTIONS.get(type(one))) is not None:
            found.setdefault(action, one)
        elif one.setting:
            found.setdefault(Action.CHANGE_SETTING, one)
    return found


def as_line(what: Explained) -> str:
    """What happened and what would help, as one line."""
    return f"{what.message} {words(what.cures)}".strip()
