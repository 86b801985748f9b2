"""Writing a guarded copy: the options that several commands share, and what they do and say."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from labeler.dataset import Dataset
    from labeler.labels import DatasetLabels
    from labeler.storage.copying.preparation import PreparedCopy
    from labeler.storage.record.copy_record import Options


class Undecided(StrEnum):
    """Values of --unlabeled."""

    REFUSE = "refuse"
    DROP = "drop"
    ZERO = "zero"


Unlabeled = Annotated[
    Undecided,
    typer.Option(help="Unlabeled and skipped episodes: refuse, drop them, or zero reward."),
]
Trim = Annotated[bool, typer.Option("--trim", help="Remove the rows of excluded heads and tails.")]
Done = Annotated[bool, typer.Option("--done", help="Write next.done: true on the last frame.")]
SuccessColumn = Annotated[
    bool, typer.Option("--success-column", help="Write next.success, true or false per frame.")
]
FollowLinks = Annotated[
    bool,
    typer.Option(
        "--follow-links", help="Copy also what links lead to outside of the recording's folder."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")]
AcceptChanged = Annotated[
    bool, typer.Option("--accept-changed", help="Write even though the recording has changed.")
]


RenameCamera = Annotated[
    list[str] | None,
    typer.Option(
        "--rename-camera",
        metavar="OLD=NEW",
        help="Give this camera another key in the copy; repeatable. Kept when the copy is "
        "brought up to date.",
    ),
]


def require_own_copy(place: Path, command: str, *, overwrite: bool) -> None:
    """Refuse to bring a copy up to date that another command wrote.

    A copy whose writer is not known was written by the window, as `apply` does it.

    Raises:
        RefusedError: `place` holds what another command wrote.
    """
    from labeler.cures import OverwriteOrChooseAnother
    from labeler.errors import RefusedError
    from labeler.storage.program.written_files import writer_of
    from labeler.storage.record.copy_record import RECORD, is_copy

    if overwrite or not is_copy(place):
        return
    wrote = writer_of(place / RECORD) or "labeler apply"
    if wrote != command:
        raise RefusedError(f"{place} was written by `{wrote}`.", OverwriteOrChooseAnother())


def say_of_cameras(keys: "Iterable[str]", *, renames: bool = False) -> None:
    """Say of cameras that LeRobot's classifier cannot be fed, before anything takes long.

    `renames`: the command can give them other keys.
    """
    from labeler.console.output import note
    from labeler.dataset.features import unfit_cameras

    found = list(keys)
    if sentence := unfit_cameras(found):
        note(sentence)
        if renames:
            first = next(key for key in sorted(found) if unfit_cameras([key]))
            new = f"observation.images.{first.removeprefix('observation.')}"
            note(f"Add --rename-camera {first}={new} for a copy with a key that it looks for.")


def _new_keys(texts: "Iterable[str]") -> dict[str, str]:
    from labeler.errors import UsageError

    found: dict[str, str] = {}
    for text in texts:
        old, _, new = text.partition("=")
        if not old or not new or old in found:
            what = "is given twice" if old in found else f"is given as {text!r}"
            raise UsageError(
                f"The new key of camera {old!r} {what}.",
                "Write --rename-camera OLD=NEW once for each camera, for instance "
                "--rename-camera wrist_image=observation.images.wrist.",
            )
        found[old] = new
    return found


def options_of(
    unlabeled: Undecided,
    trim: bool,
    done: bool,
    success_column: bool,
    follow_links: bool = False,
    rename_camera: "Iterable[str] | None" = None,
) -> "Options":
    """How labels become a copy, from the options of a command.

    Raises:
        UsageError: a camera's new key is not written OLD=NEW.
    """
    from labeler.storage.record.copy_record import Options

    return Options.model_validate(
        {
            "unlabeled": unlabeled,
            "trim": trim,
            "done": done,
            "success_column": success_column,
            "follow_links": follow_links,
            "camera_keys": _new_keys(rename_camera or ()),
        }
    )


def write(
    dataset: "Dataset",
    labels: "DatasetLabels",
    place: Path,
    options: "Options",
    command: str,
    *,
    episodes: "Collection[int] | None" = None,
    accept_changed: bool,
    dry_run: bool,
    overwrite: bool,
) -> None:
    """Write a guarded copy, of some `episodes` only if they are given, and say what it holds."""
    from labeler.cli.lost_decisions import keeping_lost_decisions
    from labeler.console.progress import byte_progress
    from labeler.storage.copying.guarded_copy import write_copy
    from labeler.storage.copying.preparation import check_rows, prepare
    from labeler.storage.copying.recovery import recover
    from labeler.storage.program.written_files import remember_written
    from labeler.storage.record.copy_record import RECORD, keys_of_copy

    place = place.expanduser().absolute()
    require_own_copy(place, command, overwrite=overwrite)
    new = options.camera_keys or keys_of_copy(place)
    say_of_cameras((new.get(one.key, one.key) for one in dataset.cameras), renames=True)
    with byte_progress() as progress:
        if not dry_run:
            recover(place)
        prepared = prepare(
            dataset, labels, place, options,
            episodes=episodes, accept_changed=accept_changed, progress=progress,
        )  # fmt: skip
        if dry_run:
            check_rows(prepared)
        else:
            with keeping_lost_decisions(prepared):
                write_copy(prepared, progress)
            remember_written(place / RECORD, command)
    _say(prepared, dry_run=dry_run)


def _say(prepared: "PreparedCopy", *, dry_run: bool) -> None:
    from labeler.cli.summary_text import print_paste_line, print_summary
    from labeler.console.output import note, say, say_next, say_next_again
    from labeler.labels.wording import plural, size_text

    for warning in prepared.warnings:
        note(warning)
    if any(not link.followed for link in prepared.plan.links_out):
        note("Add --follow-links if what such links lead to belongs in the copy.")
    labelled = prepared.plan.columns.reward
    if labelled:
        print_summary(prepared.summary, prepared.plan.selection.kept)
    if dry_run:
        what = "brought up to date" if prepared.previous else "written"
        say(
            f"Nothing was written. {prepared.destination} would be {what}: "
            f"{size_text(prepared.bytes_to_write)} in {plural(prepared.files_to_write, 'file')}."
        )
        say_next_again(without="--dry-run")
    else:
        print_paste_line(prepared.destination, prepared.repo_id, labelled=labelled)
        source = prepared.plan.source.root
        say_next("labeler", "check", prepared.destination, "--against", source)
