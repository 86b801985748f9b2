"""`labeler review`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Json, Overwrite, Root
from labeler.console.label_options import LabelsFrom, LabelsRule, RewardAbove, RuleOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.console.named_labels import NamedLabels
    from labeler.dataset import Dataset
    from labeler.labels import DatasetLabels
    from labeler.review.decided import DecidedEpisodes
    from labeler.review.disagreement import Disagreements
    from labeler.review.worth import Worth

Scores = Annotated[
    list[Path] | None,
    typer.Option(
        "--scores",
        metavar="FILE",
        help="What `labeler-train predict` or a reward model of LeRobot wrote; repeatable, to "
        "compare them.",
    ),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint",
        metavar="RUN",
        help="Score every frame first, with the classifier of this run.",
    ),
]
ScoresTo = Annotated[
    Path | None,
    typer.Option(
        "--scores-to",
        metavar="FILE",
        help="Where the scores of --checkpoint are written; default: scores.parquet.",
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="PLACE",
        help="Who computes them: local, dask, tcp://HOST:8786, a scheduler's file, or a queue's.",
    ),
]
Device = Annotated[
    str | None,
    typer.Option("--device", help="cuda, mps or cpu; default: the fastest."),
]
Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="Label file; default: the window's, else its own.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write the labels, these episodes flagged."),
]


def run(
    root: Root,
    scores: Scores = None,
    checkpoint: Checkpoint = None,
    labels: Labels = None,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    labels_from: LabelsFrom = None,
    labels_rule: LabelsRule = RuleOption.FRAME,
    reward_above: RewardAbove = None,
    out: Out = None,
    scores_to: ScoresTo = None,
    on: On = None,
    device: Device = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """List the labels that a classifier contradicts, those most probably wrong first.

    The labels may be rewards that an older classifier gave in an RL run. --out writes them as a
    label file that flags these episodes with the reason; give it as --labels to review it again.
    """
    from labeler.console.named_labels import NamedLabels
    from labeler.dataset import local_root, open_dataset

    counts = frames_from, episodes_from
    named = NamedLabels(labels, labels_from, labels_rule.value, reward_above, *counts)
    _require_scores(scores, checkpoint, scores_to, on, device)
    with open_dataset(local_root(root)) as dataset:
        known = named.read(dataset)
        if checkpoint is not None:
            written = _predict(checkpoint, root, scores_to, on, device, overwrite, quiet=json)
            scores = [*(scores or ()), written]
        found = _compare(dataset, known, scores or ())
        _write(out, _flag(known, found[0]), dataset.root, labels, overwrite=overwrite)
    if json:
        _print_json(*found)
    else:
        _print(*found)
        _say_next(root, scores or (), named, out, found[0])


def _require_scores(
    scores: "Sequence[Path] | None",
    checkpoint: Path | None,
    scores_to: Path | None,
    on: str | None,
    device: str | None,
) -> None:
    """Refuse a review without scores, or options of a prediction that is not asked for."""
    from labeler.errors import UsageError

    if checkpoint is not None:
        return
    if not scores:
        raise UsageError(
            "There is nothing to compare the labels with.",
            "Give --scores FILE, or --checkpoint RUN to have the frames scored first.",
        )
    given = {"--scores-to": scores_to, "--on": on, "--device": device}
    for option in (name for name, value in given.items() if value is not None):
        raise UsageError(
            f"{option} only applies to scores that are predicted first.",
            "Add --checkpoint RUN, or leave it out.",
        )


def _predict(
    checkpoint: Path,
    root: Path,
    out: Path | None,
    on: str | None,
    device: str | None,
    overwrite: bool,
    *,
    quiet: bool,
) -> Path:
    """The scores of every frame of the dataset, written by the trainer's program."""
    from labeler.cli.training import train

    place = out or Path("scores.parquet")
    options = [f"{name}={value}" for name, value in (("--on", on), ("--device", device)) if value]
    options += ["--overwrite"] if overwrite else []
    words = ["predict", str(checkpoint), str(root), "--out", str(place), *options]
    train(words, quiet=quiet, first=True)
    return place


def _compare(
    dataset: "Dataset", labels: "DatasetLabels", files: "Sequence[Path]"
) -> tuple["Disagreements", "DecidedEpisodes | None", list["Worth"]]:
    """The labels beside the best scores, by AUC; the worth of all; how the best's rule decides."""
    from labeler.review.decided import decided_episodes
    from labeler.review.disagreement import Disagreements
    from labeler.review.score_files import read_sources
    from labeler.review.worth import fit, worth_of

    by_episode, lengths = dict(enumerate(labels)), dataset.lengths.tolist()
    identity = labels.identity.fingerprint
    sources = [
        (file, fit(one, by_episode))
        for file in files
        for one in read_sources(file, lengths, identity)
    ]
    worth = [worth_of(one, by_episode) for _, one in sources]
    best = max(range(len(worth)), key=lambda place: worth[place].auc or 0.0)
    file, scores = sources[best]
    ended = decided_episodes(file, lengths, by_episode, dataset.fps)
    return Disagreements(scores, by_episode), ended, worth


def _say_next(
    root: Path,
    scores: "Sequence[Path]",
    named: "NamedLabels",
    out: Path | None,
    found: "Disagreements",
) -> None:
    from labeler.console.output import say, say_next
    from labeler.remote import remote_url

    if out is not None:
        say(f"Flagged in {out}")
    if remote_url(root) is not None:  # neither the window nor `apply` takes it
        say_next("labeler-train", root, *(named.options if named.file else ()))
    elif out is not None:
        say_next("labeler", root, "--labels", out)
    elif len(found.worth_a_look()):
        files = [word for file in scores for word in ("--scores", file)]
        say_next("labeler", "review", root, *files, *named.options, "--out", "review.json")
    elif named.file is not None or named.column is not None:
        say_next("labeler", "apply", root, *named.options)
    else:
        say_next("labeler", "balance", root)


def _write(
    out: Path | None, flagged: "DatasetLabels", root: Path, labels: Path | None, *, overwrite: bool
) -> None:
    """Write the flagged labels, if they are wanted; into the label file if that was given."""
    from labeler.console.outputs import output_file
    from labeler.labels.dialects import Dialect, dialect_of
    from labeler.labels.document import to_text
    from labeler.storage.labels.label_files import write_label_file

    if out is None:
        return
    same = labels is not None and out.exists() and labels.expanduser().samefile(out)
    continues = same and dialect_of(out) is Dialect.LABELER
    again = f"Add --labels {out} to continue with the labels in it."
    with output_file(
        out, "labeler review", overwrite=overwrite, continues=continues, cures=(again,)
    ) as place:
        write_label_file(place, to_text(flagged), root)


def _flag(labels: "DatasetLabels", found: "Disagreements") -> "DatasetLabels":
    for episode in found.worth_a_look().tolist():
        label = labels[episode]
        reasons = filter(None, (label.flag, found.reason(episode)))
        labels = labels.with_label(episode, replace(label, flag="; ".join(reasons)))
    return labels


def _print(
    found: "Disagreements", ended: "DecidedEpisodes | None", worth: "Sequence[Worth]"
) -> None:
    from rich.table import Table

    from labeler.console.output import results, say
    from labeler.labels.wording import episodes_text, plural

    for one in worth:
        say(one.sentence)
    if len(worth) > 1:
        say(f"The labels are compared with {found.scores.name}, which has the highest AUC.")
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


def _print_json(
    found: "Disagreements", ended: "DecidedEpisodes | None", worth: "Sequence[Worth]"
) -> None:
    from dataclasses import asdict
    from json import dumps

    from labeler.contracts.reported_rule import outcome_of

    values: dict[str, object] = {
        "format": "labeler-review",
        "version": 1,
        "judged": int((found.decided & found.scored).sum()),
        "sources": [asdict(one) for one in worth],
        "compared_with": found.scores.name,
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
            "figures": asdict(outcome_of(ended.figures)),
            "falsely_successful": list(ended.false),
            "missed": list(ended.missed),
        }
    typer.echo(dumps(values, indent=1))
