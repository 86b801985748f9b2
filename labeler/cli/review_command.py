"""`labeler review`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import (
    Json,
    LabelsFrom,
    LabelsRule,
    Overwrite,
    RewardAbove,
    Root,
    RuleOption,
)

if TYPE_CHECKING:
    from labeler.labels import DatasetLabels
    from labeler.review.decided import DecidedEpisodes
    from labeler.review.disagreement import Disagreements

Scores = Annotated[
    Path, typer.Option("--scores", metavar="FILE", help="What `labeler-train predict` wrote.")
]
Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="Label file; default: the window's, else next.reward.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write the labels, these episodes flagged."),
]


def run(
    root: Root,
    scores: Scores,
    labels: Labels = None,
    labels_from: LabelsFrom = None,
    labels_rule: LabelsRule = RuleOption.FRAME,
    reward_above: RewardAbove = None,
    out: Out = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """List the labels that a classifier speaks against, those most probably wrong first.

    The labels may be rewards that an older classifier gave in an RL run. With --out they become a
    label file in which the episodes listed are flagged with the reason, for the window. Give that
    file as --labels, too, to review it again after it was corrected.
    """
    from labeler.cli.labelling import read_any, refuse_both
    from labeler.dataset import open_dataset
    from labeler.labels.document import to_text
    from labeler.review import read_scores
    from labeler.review.decided import decided_episodes
    from labeler.review.disagreement import Disagreements

    refuse_both(labels, labels_from)
    with open_dataset(root) as dataset:
        told = read_any(dataset, labels, labels_from, labels_rule.value, reward_above)
        identity = told.identity.fingerprint
        lengths = dataset.lengths.tolist()
        read = read_scores(scores, lengths, identity)
        found = Disagreements(read, dict(enumerate(told)))
        ended = decided_episodes(scores, lengths, dict(enumerate(told)), dataset.fps)
        if out is not None:
            text = to_text(_flag(told, found))
            _write(out, text, dataset.root, labels, overwrite=overwrite)
    if json:
        _print_json(found, ended)
    else:
        _print(found, ended)
        _say_next(root, scores, labels, out, found)


def _say_next(
    root: Path, scores: Path, labels: Path | None, out: Path | None, found: "Disagreements"
) -> None:
    from labeler.console.output import say, say_next

    if out is not None:
        say(f"Flagged in {out}")
        say_next("labeler", root, "--labels", out)
    elif len(found.worth_a_look()):
        given = ["--labels", labels] if labels else []
        say_next("labeler", "review", root, "--scores", scores, *given, "--out", "review.json")
    elif labels is not None:
        say_next("labeler", "apply", root, "--labels", labels)
    else:
        say_next("labeler", "balance", root)


def _write(out: Path, text: str, root: Path, labels: Path | None, *, overwrite: bool) -> None:
    """Write the flagged labels; into the label file itself if it was given as the labels."""
    from labeler.console.outputs import output_file
    from labeler.labels.dialects import Dialect, dialect_of
    from labeler.storage.labels.label_files import write_label_file

    same = labels is not None and out.exists() and labels.expanduser().samefile(out)
    continues = same and dialect_of(out) is Dialect.LABELER
    again = f"Add --labels {out} to continue with the labels in it."
    with output_file(
        out, "labeler review", overwrite=overwrite, continues=continues, cures=(again,)
    ) as place:
        write_label_file(place, text, root)


def _flag(labels: "DatasetLabels", found: "Disagreements") -> "DatasetLabels":
    for episode in found.worth_a_look().tolist():
        label = labels[episode]
        reasons = filter(None, (label.flag, found.reason(episode)))
        labels = labels.with_label(episode, replace(label, flag="; ".join(reasons)))
    return labels


def _print(found: "Disagreements", ended: "DecidedEpisodes | None") -> None:
    from rich.table import Table

    from labeler.console.output import results, say
    from labeler.labels.wording import episodes_text, plural

    checked = int((found.decided & found.scored).sum())
    doubtful = found.worth_a_look().tolist()
    say(f"{plural(checked, 'label')} checked, {len(doubtful)} probably wrong.")
    if doubtful:
        table = Table("episode", "nats", "", box=None, padding=(0, 2))
        for episode in doubtful:
            severity = f"{found.severity[episode]:.1f}"
            table.add_row(str(episode), severity, found.reason(episode))
        results.print(table, markup=False)
    if absent := _episodes_without_scores(found):
        say(f"Labelled, but without scores: {episodes_text(absent)}.")
    for sentence in () if ended is None else ended.sentences:
        say(sentence)


def _episodes_without_scores(found: "Disagreements") -> list[int]:
    """Labelled episodes that the file of scores leaves out."""
    episodes: list[int] = (found.decided & ~found.scored).nonzero()[0].tolist()
    return episodes


def _print_json(found: "Disagreements", ended: "DecidedEpisodes | None") -> None:
    from json import dumps

    values: dict[str, object] = {
        "format": "labeler-review",
        "version": 1,
        "judged": int((found.decided & found.scored).sum()),
        "unscored": _episodes_without_scores(found),
        "doubtful": [
            {
                "episode": episode,
                "severity": round(float(found.severity[episode]), 3),
                "reason": found.reason(episode),
            }
            for episode in found.worth_a_look().tolist()
        ],
    }
    if ended is not None:
        values["decided"] = {
            "rule": ended.rule,
            "falsely_successful": list(ended.false),
            "missed": list(ended.missed),
        }
    typer.echo(dumps(values, indent=1))
