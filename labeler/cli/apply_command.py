"""`labeler apply`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Overwrite
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
from labeler.console.label_options import LabelsFrom, LabelsRule, RewardAbove, RuleOption

COMMAND = "labeler apply"

if TYPE_CHECKING:
    from labeler.console.named_labels import NamedLabels
    from labeler.dataset import Dataset
    from labeler.labels import DatasetLabels
    from labeler.storage.record.copy_record import Options

Source = Annotated[Path, typer.Argument(metavar="SOURCE", help="Folder of the recording.")]
Labels = Annotated[
    Path | None,
    typer.Option("--labels", metavar="FILE", help="Label file.  [default: the window's labels]"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DEST", help="Where the copy goes.  [default: SOURCE_labeled]"),
]


def run(
    source: Source,
    labels: Labels = None,
    out: Out = None,
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
    labels_from: LabelsFrom = None,
    labels_rule: LabelsRule = RuleOption.FRAME,
    reward_above: RewardAbove = None,
    rename_camera: RenameCamera = None,
) -> None:
    """Write labels as next.reward into a guarded copy. The recording is only read.

    A copy that is there is brought up to date; it has the old or the new labels at any instant.
    """
    from labeler.console.named_labels import NamedLabels

    counted = frames_from, episodes_from
    named = NamedLabels(
        labels, labels_from, labels_rule.value, reward_above, *counted, falls_back_on_reward=False
    )
    options = options_of(unlabeled, trim, done, success_column, follow_links, rename_camera)
    with _opened(source, options) as dataset:
        wanted = _labels(dataset, named)
        place = _place(dataset.root, out)
        write(
            dataset, wanted, place, options, COMMAND,
            accept_changed=accept_changed, dry_run=dry_run, overwrite=overwrite,
        )  # fmt: skip
        if not dry_run:
            _hand_over(dataset, wanted, given=labels is not None or labels_from is not None)


@contextmanager
def _opened(source: Path, options: "Options") -> "Iterator[Dataset]":
    """The recording; that a camera cannot be renamed is told before anything about its labels."""
    from labeler.dataset import open_dataset
    from labeler.storage.record.camera_keys import check_new_keys

    with open_dataset(source) as dataset:
        check_new_keys(dataset, options.camera_keys)
        yield dataset


def _place(root: Path, out: Path | None) -> Path:
    from labeler.console.output import note
    from labeler.storage.copying.destination import check_destination, default_destination
    from labeler.storage.record.copy_record import is_labelled_copy

    place = (out or default_destination(root)).expanduser().absolute()
    check_destination(root, place)
    if is_labelled_copy(root):
        note(f"{root} is a labelled copy itself; to change its labels, apply them to its source.")
    return place


def _hand_over(dataset: "Dataset", labels: "DatasetLabels", *, given: bool) -> None:
    from labeler.console.window_labels import hand_to_window
    from labeler.dataset.labels_of import identity_of

    if given:  # else they are the window's own
        hand_to_window(dataset, labels.with_identity(identity_of(dataset)), COMMAND)


def _labels(dataset: "Dataset", named: "NamedLabels") -> "DatasetLabels":
    from labeler.console.named_labels import read_of_window
    from labeler.cures import GiveLabels, TakeLabelsFrom
    from labeler.dataset.success_columns import success_columns
    from labeler.errors import LabelError
    from labeler.storage.record.copy_record import is_labelled_copy

    if (given := named.read_given(dataset, of_any=True)) is not None:
        return given
    if is_labelled_copy(dataset.root):
        raise LabelError(
            f"{dataset.root} is a labelled copy itself.",
            "To change its labels, apply them to its source.",
        )
    found = read_of_window(dataset)
    if found is None:
        others = [TakeLabelsFrom(column.name) for column in success_columns(dataset)]
        raise LabelError(
            f"Nobody has labelled {dataset.root} in the window yet.", GiveLabels(), *others
        )
    return found
