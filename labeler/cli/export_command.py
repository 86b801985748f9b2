"""`labeler export`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import (
    EpisodesFrom,
    FramesFrom,
    LabelsFrom,
    LabelsRule,
    Overwrite,
    RewardAbove,
    Root,
    RuleOption,
)

if TYPE_CHECKING:
    from labeler.dataset import Dataset
    from labeler.dataset.labels_of import Rule
    from labeler.labels import DatasetLabels


ExcludeEpisodes = Annotated[
    bool,
    typer.Option(
        "--exclude-episodes",
        help="Write the skipped episodes instead, as LeRobot's --dataset.exclude_episodes.",
    ),
]


class Form(StrEnum):
    """Values of --to."""

    LABELER = "labeler"
    CUTOFFS = "cutoffs"
    RANGES = "ranges"
    CSV = "csv"


def run(
    root: Root,
    to: Annotated[Form, typer.Option("--to", help="Format of the label file.")] = Form.LABELER,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="Convert this file instead."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to this file instead of stdout."),
    ] = None,
    overwrite: Overwrite = False,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    labels_from: LabelsFrom = None,
    labels_rule: LabelsRule = RuleOption.FRAME,
    reward_above: RewardAbove = None,
    exclude_episodes: ExcludeEpisodes = False,
) -> None:
    """Write labels to a file: those made in the window, else next.reward, or those named."""
    from labeler.cli.labelling import read_for, refuse_both
    from labeler.dataset import open_dataset

    refuse_both(labels, labels_from)
    with open_dataset(root) as dataset:
        if labels is None:
            found = _labels(dataset, labels_from, labels_rule.value, reward_above)
        else:
            found = read_for(dataset, labels, frames_from, episodes_from)
        text = _exclusions(found) if exclude_episodes else _text_of(found, to, dataset)
        if out is None:
            typer.echo(text, nl=False)
            _say_next(root, text, to, exclude_episodes=exclude_episodes)
        else:
            _write(out, text, dataset.root, overwrite=overwrite)


def _say_next(root: Path, text: str, form: Form, *, exclude_episodes: bool) -> None:
    """What usually comes after labels went to stdout; on stderr, so that pipes stay clean."""
    from labeler.console.output import say_next, say_next_again

    if exclude_episodes:
        say_next("labeler-train", root, f"--dataset.exclude_episodes={text.strip()}")
    else:
        say_next_again("--out", f"labels.{'csv' if form is Form.CSV else 'json'}")


def _text_of(labels: "DatasetLabels", form: Form, dataset: "Dataset") -> str:
    from labeler.dataset.labels_of import identity_of
    from labeler.labels.dialects import Dialect, write_labels

    if form is Form.LABELER and not labels.identity.fingerprint:
        labels = labels.with_identity(identity_of(dataset))
    return write_labels(labels, Dialect(form.value), dataset_path=str(dataset.root))


def _exclusions(labels: "DatasetLabels") -> str:
    """Episodes that were left out by decision, or of which every frame was, as a JSON list."""
    from json import dumps

    from labeler.labels import FrameRange, State

    return (
        dumps(
            [
                episode
                for episode, label in labels.touched.items()
                if label.state is State.SKIPPED or label.excluded == (FrameRange(0, label.length),)
            ]
        )
        + "\n"
    )


def _write(out: Path, text: str, root: Path, *, overwrite: bool) -> None:
    from labeler.console.output import say_next
    from labeler.console.outputs import output_file
    from labeler.storage.labels.label_files import write_label_file

    with output_file(out, "labeler export", overwrite=overwrite) as place:
        write_label_file(place, text, root)
    say_next("labeler", root, "--labels", out)


def _labels(
    dataset: "Dataset", column: str | None, rule: "Rule", above: float | None
) -> "DatasetLabels":
    from labeler.cli.labelling import read_of_column, read_of_window
    from labeler.dataset.labels_of import labels_of

    if column is not None:
        return read_of_column(dataset, column, rule, above)
    made = read_of_window(dataset) if above is None else None
    return labels_of(dataset, above) if made is None else made
