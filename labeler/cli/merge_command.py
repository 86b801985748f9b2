"""`labeler merge`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Json, Overwrite
from labeler.cli.collecting import LabelFiles, Sources
from labeler.cli.writing import (
    AcceptChanged,
    Done,
    DryRun,
    RenameCamera,
    SuccessColumn,
    Trim,
    Undecided,
    Unlabeled,
    options_of,
    say_of_cameras,
)

if TYPE_CHECKING:
    from labeler.collection import Collection
    from labeler.storage.merging import PreparedMerge, Wishes


class WithDuplicates(StrEnum):
    """Values of --duplicates."""

    REFUSE = "refuse"
    DROP = "drop"
    KEEP = "keep"


COMMAND = "labeler merge"
Out = Annotated[Path, typer.Option("--out", metavar="DEST", help="Folder of the new dataset.")]
OnlyCommon = Annotated[
    bool,
    typer.Option("--only-common", help="Leave out cameras and columns that sources differ in."),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Leave out this camera or column; repeatable."),
]
RobotType = Annotated[
    str | None, typer.Option(metavar="NAME", help="Robot type to write where sources differ.")
]
Repeats = Annotated[
    WithDuplicates,
    typer.Option("--duplicates", help="Duplicate episodes: refuse, drop or keep."),
]


def run(
    sources: Sources,
    out: Out,
    labels: LabelFiles = None,
    unlabeled: Unlabeled = Undecided.REFUSE,
    trim: Trim = False,
    done: Done = False,
    success_column: SuccessColumn = False,
    only_common: OnlyCommon = False,
    drop: Drop = None,
    robot_type: RobotType = None,
    duplicates: Repeats = WithDuplicates.REFUSE,
    dry_run: DryRun = False,
    json: Json = False,
    accept_changed: AcceptChanged = False,
    overwrite: Overwrite = False,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    rename_camera: RenameCamera = None,
) -> None:
    """Write one labelled dataset made of several recordings, which are only read.

    Videos are copied as they are. Labels are those that --labels or the collection file names, else
    those of the window, else the recording's own (a copy, or next.reward). v2.1 stays v2.1, v3.0
    stays v3.0; both together, and v2.0, become the newer one.
    """
    from labeler.cli.collecting import open_sources
    from labeler.collection.agreement import Choices
    from labeler.storage.merging import Repeated, Wishes

    options = options_of(
        unlabeled, trim, done, success_column, follow_links=False, rename_camera=rename_camera
    )
    choices = Choices(only_common, tuple(drop or ()), robot_type)
    wishes = Wishes(options, choices, Repeated(duplicates), accept_changed)
    with open_sources(sources, labels, frames_from, episodes_from) as collection:
        prepared = _merge(collection, out, wishes, dry_run=dry_run, overwrite=overwrite)
    _say(prepared, dry_run=dry_run, json=json)
    if not json:
        _say_next(prepared, dry_run=dry_run)


def _say_next(prepared: "PreparedMerge", *, dry_run: bool) -> None:
    from labeler.console.output import say_next, say_next_again

    if dry_run:
        say_next_again(without="--dry-run")
    else:
        first = prepared.plan.parts[0].source.dataset.root
        say_next("labeler", "check", prepared.destination, "--against", first)


def _merge(
    collection: "Collection", out: Path, wishes: "Wishes", *, dry_run: bool, overwrite: bool
) -> "PreparedMerge":
    from labeler.console.outputs import output_folder, place_aside
    from labeler.console.progress import byte_progress
    from labeler.storage.copying.destination import check_new_destination
    from labeler.storage.copying.recovery import recover
    from labeler.storage.merging import prepare_merge, write_merge

    keys = [camera.key for source in collection for camera in source.dataset.cameras]
    new = wishes.options.camera_keys
    say_of_cameras(dict.fromkeys(new.get(key, key) for key in keys), renames=True)
    place = out.expanduser().absolute()
    roots = [source.dataset.root for source in collection]
    check_new_destination(roots, place, replaces=True)
    with byte_progress() as progress:
        if dry_run:
            aside = place_aside(place, COMMAND, overwrite=overwrite, sources=roots)
            return prepare_merge(collection, place, wishes, progress, aside=aside)
        recover(place)
        written = output_folder(place, COMMAND, overwrite=overwrite, sources=roots)
        with written as aside:
            prepared = prepare_merge(collection, place, wishes, progress, aside=aside)
            write_merge(prepared, progress)
    return prepared


def _say(prepared: "PreparedMerge", *, dry_run: bool, json: bool) -> None:
    from labeler.cli.balance_text import print_balance
    from labeler.cli.summary_text import print_paste_line
    from labeler.console.output import note, say
    from labeler.labels.wording import plural, size_text

    if json:
        _print_json(prepared, written=not dry_run)
        return
    for warning in prepared.warnings:
        note(warning)
    for difference in prepared.plan.agreement.differences:
        note(difference.sentence([part.source.name for part in prepared.plan.parts]))
    print_balance(prepared.balance)
    if dry_run:
        say(
            f"Nothing was written. {prepared.destination} would be written as LeRobot "
            f"{prepared.plan.agreement.version}: {plural(len(prepared.plan.labels), 'episode')}, "
            f"{size_text(prepared.bytes_to_write)} in {plural(prepared.files_to_write, 'file')}."
        )
    else:
        print_paste_line(prepared.destination, prepared.repo_id)


def _print_json(prepared: "PreparedMerge", *, written: bool) -> None:
    from json import dumps

    plan = prepared.plan
    names = [part.source.name for part in plan.parts]
    content = {
        "format": "labeler-merge-report",
        "version": 1,
        "written": written,
        "root": str(prepared.destination),
        "repo_id": prepared.repo_id,
        "codebase_version": str(plan.agreement.version),
        "episodes": len(plan.labels),
        "frames": sum(plan.labels.lengths),
        "bytes": prepared.bytes_to_write,
        "dropped": list(plan.agreement.dropped),
        "differences": [one.sentence(names) for one in plan.agreement.differences],
        "notes": list(prepared.warnings),
        "balance": prepared.balance.to_json(),
    }
    typer.echo(dumps(content, indent=1))
