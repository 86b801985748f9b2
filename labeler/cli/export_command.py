"""`labeler export`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Overwrite, RewardAbove, Root


class Form(StrEnum):
    """Values of --to."""

    LABELER = "labeler"
    CUTOFFS = "cutoffs"
    RANGES = "ranges"
    CSV = "csv"


def run(
    root: Root,
    to: Annotated[Form, typer.Option("--to", help="Form of the label file.")] = Form.LABELER,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="Convert this file instead."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here, not to stdout.")
    ] = None,
    overwrite: Overwrite = False,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    reward_above: RewardAbove = None,
) -> None:
    """Write labels to a file: those of the next.reward column, or those of another label file."""
    from labeler.cli.labelling import read_for
    from labeler.console.outputs import output_file
    from labeler.dataset import open_dataset
    from labeler.dataset.labels_of import identity_of, labels_of
    from labeler.labels.dialects import Dialect, write_labels
    from labeler.storage.labels.label_files import write_label_file

    with open_dataset(root) as dataset:
        if labels is None:
            found = labels_of(dataset, reward_above)
        else:
            found = read_for(dataset, labels, frames_from, episodes_from)
        if to is Form.LABELER and not found.identity.fingerprint:
            found = found.with_identity(identity_of(dataset))
        text = write_labels(found, Dialect(to.value), dataset_path=str(dataset.root))
        if out is None:
            typer.echo(text, nl=False)
            return
        with output_file(out, "labeler export", overwrite=overwrite) as place:
            write_label_file(place, text, dataset.root)
