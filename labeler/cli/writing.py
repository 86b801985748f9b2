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
    bool, typer.Option("--accept-changed", help="Write although the recording has changed.")
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


def say_of_cameras(datasets: "Iterable[Dataset]") -> None:
    """Say of cameras that LeRobot's classifier cannot be fed, before anything takes long."""
    from labeler.console.output import note
    from labeler.dataset.features import unfit_cameras

    if sentence := unfit_cameras(camera for dataset in datasets for camera in dataset.cameras):
        note(sentence)


def options_of(
    unlabeled: Undecided, trim: bool, done: bool, success_column: bool, follow_links: bool = False
) -> "Options":
    """How labels become a copy, from the options of a command."""
    from labeler.storage.record.copy_record import Options

    return Options.model_validate(
        {
            "unlabeled": unlabeled,
            "trim": trim,
            "done": done,
            "success_column": success_column,
            "follow_links": follow_links,
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
    from labeler.storage.record.copy_record import RECORD

    require_own_copy(place, command, overwrite=overwrite)
    say_of_cameras([dataset])
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
        note("Add --follow-links if what such links lead to belongs into the copy.")
    print_summary(prepared.summary, prepared.plan.selection.kept)
    if dry_run:
        what = "brought up to date" if prepared.previous else "written"
        say(
            f"Nothing was written. {prepared.destination} would be {what}: "
            f"{size_text(prepared.bytes_to_write)} in {plural(prepared.files_to_write, 'file')}."
        )
        say_next_again(without="--dry-run")
    else:
        print_paste_line(prepared.destination, prepared.repo_id)
        source = prepared.plan.source.root
        say_next("labeler", "check", prepared.destination, "--against", source)
