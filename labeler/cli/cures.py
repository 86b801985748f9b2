"""How the commands say what would help: one sentence per cure, with options and commands."""

from collections.abc import Iterable, Mapping

from labeler import cures
from labeler.cures import Cure
from labeler.errors import LabelerError

WORDS: Mapping[type[Cure], str] = {
    cures.Advice: "{text}",
    cures.ChooseAnotherFolder: "Choose another folder with --out.",
    cures.ChooseAnotherFile: "Choose another file with --out.",
    cures.KeepLabelsElsewhere: "Name a label file outside of every dataset with --labels.",
    cures.RemoveOrChooseAnother: "Remove it, or choose another place with --out.",
    cures.OverwriteOrChooseAnother: "Add --overwrite, or choose another place with --out.",
    cures.GiveFileName: "Give a file name with --out.",
    cures.MakeRoom: (
        "Free some room or choose another place with --out, then run the command again."
    ),
    cures.FixPermissions: "Choose another place with --out, or fix the permissions.",
    cures.Retry: "Run the command again.",
    cures.RetryAfter: "{first}, then run the command again.",
    cures.AcceptChangedRecording: (
        "{changed} Check that frames still mean the same, then add --accept-changed."
    ),
    cures.AcceptChangedSource: (
        "{changed} Check the labels, then add --accept-changed to bring the copy up to date."
    ),
    cures.DecideEpisodes: (
        "Label them, or choose --unlabeled drop (leave them out) or --unlabeled zero (write "
        "them as failures)."
    ),
    cures.LeaveOutDamaged: (
        "Restore the video, or leave its episodes out: skip them and add --unlabeled drop."
    ),
    cures.KeepExcluded: "Skip the episode and choose --unlabeled drop, or leave out --trim.",
    cures.RescueEpisodes: (
        "LeRobot 0.4 and later write it when a recording is closed. Where the recorder was "
        "killed, `labeler split {path} --intact --out DIR` writes the episodes that are whole."
    ),
    cures.RecoverCopy: "Run `labeler recover {path}` first.",
    cures.RetryOrRecover: "{first}, then run the command again or `labeler recover`.",
    cures.MakeCopyAgain: "Remove the copy and make it again with `labeler apply`.",
    cures.MakeAgain: "Make it again with `labeler {made_by}`; the recording is not affected.",
    cures.GiveCopy: "Give the folder that `labeler apply` wrote.",
    cures.RunInspect: "`labeler inspect` shows more.",
    cures.CountFrom: "Add --{counted}-from {first} if it does; {otherwise}",
    cures.CountFromEither: (
        "If the file counts {counted} from {first}, add --{counted}-from {first}; {reason}, "
        "add --{counted}-from {other}."
    ),
    cures.CountFromZeroOrOne: "Use --{counted}-from 0 or --{counted}-from 1.",
    cures.CheckCounting: "{first}, and --{counted}-from if you gave it.",
    cures.LeaveOutCounting: "Leave out --frames-from and --episodes-from.",
    cures.GiveLabels: "Label it first, or give --labels FILE.",
    cures.TakeLabelsFrom: "Add --labels-from {column} if that column says success.",
    cures.GiveThreshold: (
        "Say above which value it means success, for example --reward-above {example:g}."
    ),
    cures.UpdateLabels: (
        "Give the labels of this dataset, or bring them up to date with `labeler export`."
    ),
    cures.PredictAgain: "Write it again with `labeler-train predict CHECKPOINT ROOT --out FILE`.",
    cures.KeepColumn: "Leave out --drop for {name}.",
    cures.NameRobotType: "Add --robot-type NAME to write one for all.",
    cures.WriteOrDropColumn: "Add {option} to write {name} again, or --drop {name}.",
    cures.LeaveOutDifferences: (
        "Leave out a source that differs, or add --drop NAME for a camera or column, or "
        "--only-common for all that are not the same everywhere."
    ),
    cures.SettleDuplicates: "Leave them out with --duplicates drop, or add --duplicates keep.",
    cures.CheckRevision: "Check --revision.",
    cures.DownloadDataset: (
        "Download it with `labeler hub download {repo_id} --out NEW_DIR`, then give that folder."
    ),
    cures.PushCopy: "Push the copy that `labeler apply` wrote, or add --recording.",
    cures.AllowPublic: "Add --public if that is what you want, or choose another name.",
    cures.ReplaceOnHub: "If that is right, run it again with --replace {repo_id}",
    cures.SetSetting: "Set {setting} to {to}.",
    cures.LeaveOutSetting: "Remove it; `labeler-train --print-config` lists every key.",
    cures.WriteValue: "Write --{key}=VALUE.",
    cures.GiveGroupWhole: "Give it whole, as JSON: --{group}='{{…}}'.",
    cures.NameCameras: "Name them in train.cameras, or with --camera KEY.",
    cures.GiveDataset: "Give the folder: labeler-train ROOT, or --dataset.root=ROOT.",
    cures.ChooseDevice: "Leave --device out to have it chosen, or give --device cpu.",
    cures.FetchEncoder: (
        "Name it in the command, --policy.model_name={name}, so that it is downloaded, or give "
        "a folder that holds it as model_name."
    ),
    cures.ExportFor: (
        "Export it with `labeler-train export CHECKPOINT --export-for {release} --out DIR`."
    ),
    cures.ExportOrTrainOnRaw: (
        "Export it for {release}, or train it with "
        '--reward_model.normalization_mapping=\'{{"VISUAL": "IDENTITY"}}\'.'
    ),
    cures.InstallExtra: (
        "Install it with `uv tool install --constraints constraints.txt '.[{extra}]'` in the "
        "checkout of Labeler."
    ),
    cures.FreeRoomAndResume: "Free some room, then run it again with --resume.",
    cures.MoveToAnotherDisk: (
        "Free some room, or set LABELER_CACHE or --output_dir to another disk."
    ),
    cures.ChooseRunFolder: "Choose another folder with --output_dir.",
    cures.ResumeOrChooseRunFolder: (
        "Add --resume to continue it, --overwrite to move it aside and start again, or choose "
        "another folder with --output_dir."
    ),
    cures.GiveRun: "Give the folder of a run with --output_dir, or leave out --resume.",
    cures.StartNewRun: "Start a new run with another --output_dir.",
    cures.UseCommands: "Every command works without a window: see `labeler --help`.",
}
"""Cure -> sentence, in which names in braces are fields of the cure."""

_COLUMNS = {"done": "--done", "success": "--success-column"}


def words(what: Iterable[Cure], table: Mapping[type[Cure], str] = WORDS) -> str:
    """What would help, as somebody at a command line does it; empty where nothing is known."""
    return " ".join(_sentence(one, table) for one in what)


def hint(error: LabelerError) -> str:
    """What would help against an error."""
    return words(error.cures)


def _sentence(cure: Cure, table: Mapping[type[Cure], str]) -> str:
    fields = dict(vars(cure))
    if isinstance(cure, cures.WriteOrDropColumn):
        fields["option"] = _COLUMNS[cure.column]
    return table[type(cure)].format(**fields).strip()
