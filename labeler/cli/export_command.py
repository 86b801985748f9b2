"""`labeler export`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Overwrite, Root
from labeler.console.label_options import LabelsFrom, LabelsRule, RewardAbove, RuleOption

if TYPE_CHECKING:
    from labeler.dataset import Dataset
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
    TABLE = "table"
    PARQUET = "parquet"


To = Annotated[
    Form,
    typer.Option(
        "--to",
        help="Format of the label file; table and parquet hold one row per episode, with flags "
        "and notes, for other programs.",
    ),
]
_FOR_OTHERS = (Form.TABLE, Form.PARQUET)


def run(
    root: Root,
    to: To = Form.LABELER,
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
    """Write labels to a file: those made in the window, else its own, or those named."""
    from labeler.console.named_labels import NamedLabels
    from labeler.dataset import open_dataset

    counted = frames_from, episodes_from
    named = NamedLabels(labels, labels_from, labels_rule.value, reward_above, *counted)
    _require_file(to, out)
    with open_dataset(root) as dataset:
        found = named.read(dataset, of_any=True)
        content = _exclusions(found) if exclude_episodes else _content(found, to, dataset)
        if isinstance(content, str) and out is None:
            typer.echo(content, nl=False)
            _say_next(root, content, to, exclude_episodes=exclude_episodes)
        elif out is not None:
            read_back = not exclude_episodes and to not in _FOR_OTHERS
            _write(out, content, dataset.root, overwrite=overwrite, read_back=read_back)


def _require_file(form: Form, out: Path | None) -> None:
    from labeler.cures import GiveFileName
    from labeler.errors import UsageError

    if form is Form.PARQUET and out is None:
        raise UsageError("A parquet file cannot be written to the screen.", GiveFileName())


def _say_next(root: Path, text: str, form: Form, *, exclude_episodes: bool) -> None:
    """What usually comes after labels went to stdout; on stderr, so that pipes stay clean."""
    from labeler.console.output import say_next, say_next_again

    if exclude_episodes:
        say_next("labeler-train", root, f"--dataset.exclude_episodes={text.strip()}")
    else:
        say_next_again("--out", f"labels.{'csv' if form in (Form.CSV, Form.TABLE) else 'json'}")


def _content(labels: "DatasetLabels", form: Form, dataset: "Dataset") -> str | bytes:
    from labeler.dataset.labels_of import identity_of
    from labeler.labels.dialects import Dialect, write_labels
    from labeler.labels.label_rows import TableForm
    from labeler.storage.labels.label_files import table_of_labels

    if form in _FOR_OTHERS:
        return table_of_labels(labels, TableForm(form.value))
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


def _write(
    out: Path, content: str | bytes, root: Path, *, overwrite: bool, read_back: bool
) -> None:
    from labeler.console.output import say_next
    from labeler.console.outputs import output_file
    from labeler.storage.labels.label_files import write_label_file

    with output_file(out, "labeler export", overwrite=overwrite) as place:
        write_label_file(place, content, root)
    if read_back:
        say_next("labeler", root, "--labels", out)
