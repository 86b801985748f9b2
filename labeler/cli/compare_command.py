"""`labeler compare`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Json, Overwrite

if TYPE_CHECKING:
    from labeler.review.merging import MergedLabels


class Choice(StrEnum):
    """Values of --rule; `labeler.review.merging.MergeRule` says what they mean."""

    OPEN = "open"
    FIRST = "first"
    SECOND = "second"
    NEWER = "newer"
    BOTH = "both"


First = Annotated[Path, typer.Argument(metavar="A.json", help="Labels of one operator.")]
Second = Annotated[Path, typer.Argument(metavar="B.json", help="Labels of another one.")]
Recording = Annotated[
    Path | None,
    typer.Argument(metavar="[ROOT]", help="The recording, if no file names its episodes."),
]
Within = Annotated[
    int,
    typer.Option("--within", metavar="N", min=0, help="Edges up to N frames apart are equal."),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="MERGED.json", help="Merge into one file.")
]
Settling = Annotated[
    Choice, typer.Option("--rule", help="What becomes of disagreements in MERGED.json.")
]


def run(
    first: First,
    second: Second,
    root: Recording = None,
    within: Within = 0,
    out: Out = None,
    rule: Settling = Choice.OPEN,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Measure how well two operators agree, list where they do not, and merge on request.

    In MERGED.json decisions keep their origin and author. With --rule open, disagreements are
    unlabeled and flagged; newer takes the later decision, both counts what both call success.
    """
    from labeler.cli.comparing import print_comparison, printable, read_pair
    from labeler.console.output import say_next_again
    from labeler.review.comparison import compare
    from labeler.review.merging import MergeRule, merge

    names = _names(first, second)
    one, other, dataset_root = read_pair(first, second, root, frames_from, episodes_from)
    comparison = compare(one, other, within)
    merged: MergedLabels | None = None
    if out:
        merged = merge(one, other, MergeRule(rule.value), within=within, names=names)
        _write(merged, out, dataset_root, overwrite=overwrite)
    if json:
        _print_json(printable(comparison, names, merged))
        return
    print_comparison(comparison, names)
    if merged is not None:
        _say_merged(merged, out, dataset_root, newer=rule is Choice.NEWER)
    else:
        say_next_again("--out", "merged.json")


def _write(merged: "MergedLabels", out: Path, root: Path | None, *, overwrite: bool) -> None:
    from labeler.console.outputs import output_file
    from labeler.labels.document import to_text
    from labeler.storage.labels.label_files import write_label_file

    with output_file(out, "labeler compare", overwrite=overwrite) as place:
        write_label_file(place, to_text(merged.labels), root)


def _names(first: Path, second: Path) -> tuple[str, str]:
    """What the operators are called: their files' names, as short as they can be told apart."""
    short = first.stem, second.stem
    return short if short[0] != short[1] else (str(first), str(second))


def _say_merged(
    merged: "MergedLabels", out: Path | None, root: Path | None, *, newer: bool
) -> None:
    from labeler.console.output import note, say, say_next

    parts = [f"{merged.agreed} agreed", f"{merged.one_sided} labelled by only one"]
    if merged.resolved:
        parts.append(f"{len(merged.resolved)} resolved")
    if merged.flagged:
        parts.append(f"{len(merged.flagged)} flagged, still to decide")
    say(f"Merged: {out} ({', '.join(parts)})")
    if newer and merged.flagged:
        note("Flagged are the disagreements of which no times tell the later decision.")
    for key in merged.crops_apart:
        note(f"The files have different crops of {key}; {out} has none of it.")
    command = () if merged.flagged else ("apply",)
    say_next("labeler", *command, root or "ROOT", "--labels", out)


def _print_json(values: dict[str, object]) -> None:
    from json import dumps

    typer.echo(dumps(values, indent=1))
