"""`labeler apply`."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Overwrite
from labeler.cli.writing import (
    AcceptChanged,
    Done,
    DryRun,
    SuccessColumn,
    Trim,
    Undecided,
    Unlabeled,
    options_of,
    write,
)

Source = Annotated[Path, typer.Argument(metavar="SOURCE", help="Folder of the recording.")]
Labels = Annotated[Path, typer.Option("--labels", metavar="FILE", help="Label file.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DEST", help="Where the copy goes.  [default: SOURCE_labeled]"),
]


def run(
    source: Source,
    labels: Labels,
    out: Out = None,
    unlabeled: Unlabeled = Undecided.REFUSE,
    trim: Trim = False,
    done: Done = False,
    success_column: SuccessColumn = False,
    dry_run: DryRun = False,
    accept_changed: AcceptChanged = False,
    overwrite: Overwrite = False,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
) -> None:
    """Write labels as next.reward into a guarded copy. The recording is only read.

    A copy that is there already is brought up to date; it has the old or the new labels at any
    instant.
    """
    from labeler.cli.labelling import read_for
    from labeler.dataset import open_dataset
    from labeler.storage.copying.destination import check_destination, default_destination

    options = options_of(unlabeled, trim, done, success_column)
    with open_dataset(source) as dataset:
        wanted = read_for(dataset, labels, frames_from, episodes_from)
        place = (out or default_destination(dataset.root)).expanduser().absolute()
        check_destination(dataset.root, place)
        write(
            dataset, wanted, place, options, "labeler apply",
            accept_changed=accept_changed, dry_run=dry_run, overwrite=overwrite,
        )  # fmt: skip
