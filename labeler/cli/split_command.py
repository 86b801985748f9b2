"""`labeler split`."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Overwrite, Root
from labeler.cli.rescuing import rescue_episodes, rescues
from labeler.cli.writing import (
    AcceptChanged,
    Done,
    DryRun,
    FollowLinks,
    RenameCamera,
    SuccessColumn,
    Trim,
    Undecided,
    Unlabeled,
    options_of,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from labeler.dataset import Dataset
    from labeler.labels import DatasetLabels
    from labeler.storage.record.copy_record import Options


class States(StrEnum):
    """Values of --state."""

    SUCCESS = "success"
    NEVER = "never"
    SKIPPED = "skipped"
    UNLABELED = "unlabeled"


Out = Annotated[Path, typer.Option("--out", metavar="DEST", help="Where the chosen episodes go.")]
LabelFile = Annotated[
    Path | None,
    typer.Option("--labels", metavar="FILE", help="Default: the window's, else its own."),
]
Episodes = Annotated[
    str | None, typer.Option("--episodes", metavar="LIST", help="These, for instance 0-9,12.")
]
State = Annotated[list[States] | None, typer.Option("--state", help="In this state; repeatable.")]
ShareFrom = Annotated[
    float | None, typer.Option(metavar="0-1", help="With at least this share of success frames.")
]
ShareTo = Annotated[
    float | None, typer.Option(metavar="0-1", help="With at most this share of success frames.")
]
Task = Annotated[str | None, typer.Option(metavar="TEXT", help="With this text in their task.")]
Note = Annotated[
    str | None, typer.Option(metavar="TEXT", help="With this text in their note, such as #night.")
]
Flagged = Annotated[
    bool | None, typer.Option("--flagged/--not-flagged", help="That are flagged, or are not.")
]

Intact = Annotated[
    bool,
    typer.Option("--intact", help="That are whole: no file of theirs is missing or damaged."),
]


def run(
    root: Root,
    out: Out,
    labels: LabelFile = None,
    episodes: Episodes = None,
    state: State = None,
    share_from: ShareFrom = None,
    share_to: ShareTo = None,
    task: Task = None,
    note: Note = None,
    flagged: Flagged = None,
    intact: Intact = False,
    unlabeled: Unlabeled = Undecided.REFUSE,
    trim: Trim = False,
    done: Done = False,
    success_column: SuccessColumn = False,
    follow_links: FollowLinks = False,
    dry_run: DryRun = False,
    accept_changed: AcceptChanged = False,
    overwrite: Overwrite = False,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    rename_camera: RenameCamera = None,
) -> None:
    """Write the episodes that meet all conditions into a guarded copy, numbered from 0.

    The recording is only read. What --intact takes of one that nobody has labelled has no labels.
    """
    own = options_of(unlabeled, trim, done, success_column, follow_links, rename_camera)
    conditions = {"share_from": share_from, "share_to": share_to, "task": task, "note": note}
    changed = {"accept_changed": accept_changed, "dry_run": dry_run, "overwrite": overwrite}
    if rescues(root, intact=intact):
        given = (labels, episodes, state or None, flagged, *conditions.values())
        rescue_episodes(root, out, own, given, dry_run=dry_run, overwrite=overwrite)
        return
    narrow = {**conditions, "flagged": flagged}
    read = partial(_labels, file=labels, frames_from=frames_from, episodes_from=episodes_from)
    choose = partial(_choose, episodes=episodes, states=state, conditions=narrow)
    _split(root, out, own, read, choose, changed, intact=intact, rescued=not labels)


def _split(
    root: Path,
    out: Path,
    own: "Options",
    read: "Callable[..., DatasetLabels]",
    choose: "Callable[..., tuple[int, ...]]",
    changed: dict[str, bool],
    *,
    intact: bool,
    rescued: bool,
) -> None:
    from labeler.dataset import open_dataset

    with open_dataset(root) as dataset:
        whole = _intact(dataset) if intact else None
        wanted = read(dataset, whole=whole)
        options = _fitting(own, dataset, wanted, rescued=whole is not None and rescued)
        chosen = choose(dataset, wanted, whole=whole)
        write(dataset, wanted, out, options, "labeler split", episodes=chosen, **changed)


def _intact(dataset: "Dataset") -> tuple[int, ...]:
    from labeler.cures import RunInspect
    from labeler.errors import DamagedDatasetError
    from labeler.inspection.wholeness import intact_episodes

    found = intact_episodes(dataset)
    if not found:
        raise DamagedDatasetError(f"No episode of {dataset.root} is whole.", RunInspect())
    return found


def _labels(
    dataset: "Dataset",
    file: Path | None,
    frames_from: int | None,
    episodes_from: int | None,
    whole: tuple[int, ...] | None,
) -> "DatasetLabels":
    from labeler.console.named_labels import read_for, read_of_window
    from labeler.console.window_labels import labels_by_default
    from labeler.dataset.labels_of import labels_in_dataset

    if file is None and whole is not None:
        file = labels_by_default(dataset)  # no fingerprint: files of other episodes may be missing
        if file is None:
            return _labels_of(dataset, whole)
    if file is None:
        made = read_of_window(dataset)
        return labels_in_dataset(dataset)[0] if made is None else made
    return read_for(dataset, file, frames_from, episodes_from)


def _labels_of(dataset: "Dataset", episodes: tuple[int, ...]) -> "DatasetLabels":
    """Labels that the dataset brings along; none where its rewards do not say what succeeds."""
    from labeler.console.output import note
    from labeler.dataset.labels_of import labels_of_episodes, quick_identity
    from labeler.errors import LabelError
    from labeler.labels import DatasetLabels

    try:
        return labels_of_episodes(dataset, episodes)
    except LabelError as error:
        note(error.message)
        return DatasetLabels(dataset.lengths.tolist(), {}, quick_identity(dataset))


def _fitting(
    options: "Options", dataset: "Dataset", labels: "DatasetLabels", *, rescued: bool
) -> "Options":
    """Options that keep what is rescued of a recording without labels as it is, if none are asked
    for.
    """
    from labeler.console.output import note
    from labeler.storage.record.selection import Unlabeled

    asked = options.unlabeled is not Unlabeled.REFUSE or options.success_column
    if asked or not rescued or any(label.decided for label in labels):
        return options
    note(f"Nobody has labelled {dataset.root}: the copy has no labels either.")
    return options.model_copy(update={"unlabeled": Unlabeled.KEEP})


def _choose(
    dataset: "Dataset",
    labels: "DatasetLabels",
    episodes: str | None,
    states: list[States] | None,
    conditions: dict[str, "str | float | bool | None"],
    whole: tuple[int, ...] | None,
) -> tuple[int, ...]:
    from labeler.console.output import say
    from labeler.errors import UsageError
    from labeler.labels import State
    from labeler.labels.episode_filter import EpisodeFilter
    from labeler.labels.episode_list import episode_numbers
    from labeler.labels.wording import episodes_text

    given = [episodes, states or None, whole, *conditions.values()]
    if all(value is None for value in given):
        raise UsageError("No condition is given.", "Add --episodes 0-9, --state success, ….")
    numbers = None if episodes is None else episode_numbers(episodes, len(dataset))
    wanted = EpisodeFilter(
        numbers,
        tuple(State(one.value) for one in states or ()),
        **conditions,  # type: ignore[arg-type]
    )
    chosen = wanted.choose(labels, dataset.layout.all_tasks())
    if whole is not None:
        chosen = tuple(sorted({*chosen} & {*whole}))
    say(f"{len(chosen)} of {len(dataset)}: {episodes_text(chosen)}.")
    return chosen
