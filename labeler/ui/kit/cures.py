"""How the window says what would help: one sentence per cure, without options and commands."""

from collections.abc import Iterable, Mapping

from labeler import cures
from labeler.cures import Cure
from labeler.errors import LabelerError

WORDS: Mapping[type[Cure], str] = {
    cures.Advice: "{text}",
    cures.ChooseAnotherFolder: "Choose another folder.",
    cures.ChooseAnotherFile: "Choose another file.",
    cures.RemoveOrChooseAnother: "Remove it, or choose another place.",
    cures.OverwriteOrChooseAnother: "Remove it, or choose another file.",
    cures.GiveFileName: "Give a file name.",
    cures.MakeRoom: "Free some room or choose another folder, then try again.",
    cures.FixPermissions: "Choose another folder, or fix the permissions.",
    cures.Retry: "Try again.",
    cures.RetryAfter: "{first}, then try again.",
    cures.AcceptChangedRecording: (
        "{changed} Check that the labels still fit. Then you can write although it changed."
    ),
    cures.AcceptChangedSource: (
        "{changed} Check that the labels still fit. Then you can update the copy although the "
        "recording changed."
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
    cures.RecoverCopy: (
        "Write to that folder once more from its recording; that completes the change."
    ),
    cures.RetryOrRecover: "{first}, then write again.",
    cures.MakeCopyAgain: "Remove the copy, then write it again.",
    cures.MakeAgain: "Write it again; the recording is not affected.",
    cures.GiveCopy: "Choose a folder that Labeler wrote.",
    cures.RunInspect: "Check the recording's files.",
    cures.CountFrom: "Say from where the file counts {counted}, or {otherwise}",
    cures.CountFromEither: "Say from where the file counts {counted}.",
    cures.CountFromZeroOrOne: "Count {counted} from 0 or 1.",
    cures.CheckCounting: "{first}.",
    cures.LeaveOutCounting: "Import it without saying from where it counts.",
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
    cures.PushCopy: (
        "Push the labelled copy instead, or say in the command that it shall be the recording."
    ),
    cures.AllowPublic: "Say in the command that everybody may see it, or choose another name.",
    cures.ReplaceOnHub: "If that is right, say in the command that {repo_id} shall be replaced.",
    cures.SetSetting: "Set {setting} to {to}.",
    cures.LeaveOutSetting: "Remove it; “All settings” lists those that exist.",
    cures.WriteValue: "Give {key} a value.",
    cures.GiveGroupWhole: "Give {group} as a whole.",
    cures.NameCameras: "Choose the cameras.",
    cures.GiveDataset: "Choose the recording.",
    cures.FetchEncoder: (
        "Choose {name} as the encoder, so that it is downloaded, or choose a folder that holds it."
    ),
    cures.ExportFor: "Export it for {release}.",
    cures.ExportOrTrainOnRaw: "Export it for {release}, or train it on raw pixels.",
    cures.FreeRoomAndResume: "Free some room, then resume.",
    cures.MoveToAnotherDisk: "Free some room, or keep the recording on a larger disk.",
    cures.ChooseRunFolder: "Choose another folder for the run.",
    cures.ResumeOrChooseRunFolder: "Resume it, or choose another folder for the run.",
    cures.GiveRun: "Start a new training.",
    cures.StartNewRun: "Start a new training.",
    cures.UseCommands: "Every command works without a window.",
}
"""Cure -> sentence, in which names in braces are fields of the cure."""


def words(what: Iterable[Cure]) -> str:
    """What would help, as somebody in front of the window does it."""
    return " ".join(WORDS[type(one)].format(**vars(one)).strip() for one in what)


def spoken(error: LabelerError) -> str:
    """An error and what would help, as one line."""
    return f"{error.message} {words(error.cures)}".strip()
