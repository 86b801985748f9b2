"""`labeler audit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Json, Overwrite, Root
from labeler.cli.window import Window
from labeler.console.heartbeat import pause
from labeler.console.label_options import LabelsFrom, LabelsRule, RewardAbove, RuleOption

if TYPE_CHECKING:
    from labeler.cli.auditing import AuditQuestion
    from labeler.review.audit import Audit

Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="Labels to audit; default: the window's, else its own.",
    ),
]
Episodes = Annotated[
    int, typer.Option("--episodes", metavar="N", min=1, help="Size of the sample.")
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Which sample is drawn.")
]
Scores = Annotated[
    Path | None,
    typer.Option(
        "--scores",
        metavar="FILE",
        help="What `labeler-train predict` wrote, to sample by what is predicted, too.",
    ),
]
Answers = Annotated[
    Path | None,
    typer.Option(
        "--answers",
        metavar="FILE",
        help="The auditor's own label file; continued if it exists.  "
        "Default: NAME.audit.json beside the labels.",
    ),
]
Within = Annotated[
    int,
    typer.Option("--within", metavar="N", min=0, help="Edges up to N frames apart are equal."),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write the result as JSON.")
]
Headless = Annotated[
    bool, typer.Option("--headless", help="Open no window: count the answers so far.")
]


def run(
    context: typer.Context,
    root: Root,
    labels: Labels = None,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    labels_from: LabelsFrom = None,
    labels_rule: LabelsRule = RuleOption.FRAME,
    reward_above: RewardAbove = None,
    episodes: Episodes = 60,
    seed: Seed = 0,
    scores: Scores = None,
    answers: Answers = None,
    within: Within = 5,
    out: Out = None,
    headless: Headless = False,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Estimate from a sample how many labels are wrong, by labelling it again without seeing them.

    The sample is spread over tasks, operators, days and outcomes. The window shows its episodes
    alone, without labels and suggestions; close it at any time and run it again to continue.
    With --headless, or where there is no screen, the answers are those of the label file --answers.
    """
    from labeler.cli.auditing import AuditQuestion, prepare_sample
    from labeler.console.named_labels import NamedLabels

    counted = frames_from, episodes_from
    named = NamedLabels(labels, labels_from, labels_rule.value, reward_above, *counted)
    place = _answers_place(root, labels, answers)
    question = AuditQuestion(root, named, episodes, seed, scores, within, place)
    window: Window | None = context.obj
    may_open = not headless and not json and window is not None and window.possible()
    waiting = prepare_sample(question)
    if waiting and may_open and window is not None:
        with pause():
            window.open(root.expanduser().absolute(), question.answers, None)
    _tell(question, out, overwrite=overwrite, json=json)


def _tell(question: "AuditQuestion", out: Path | None, *, overwrite: bool, json: bool) -> None:
    from labeler.cli.audit_text import print_audit
    from labeler.cli.auditing import audit

    found = audit(question)
    values = _values(found, question)
    if out is not None:
        _write(out, values, overwrite=overwrite)
    if json:
        typer.echo(_text(values))
    else:
        print_audit(found, question)
        _say_next(found, question)


def _answers_place(root: Path, labels: Path | None, answers: Path | None) -> Path:
    if answers is not None:
        return answers.expanduser().absolute()
    if labels is not None:
        place = labels.expanduser().absolute()
        return place.with_name(f"{place.stem}.audit.json")
    return Path(f"{root.expanduser().absolute().name}.audit.json").absolute()


def _say_next(found: "Audit", question: "AuditQuestion") -> None:
    from labeler.console.output import say_next, say_next_again

    root, named, answers = question.root, question.named, question.answers
    if found.left:
        say_next_again(without="--headless")
    elif named.file is None and named.column is None:
        say_next("labeler", "balance", root)
    elif found.wrong.count and named.file is not None:
        counted = named.options[2:]
        say_next("labeler", "compare", named.file, answers, root, *counted)
    else:
        say_next("labeler", "apply", root, *named.options)


def _values(found: "Audit", question: "AuditQuestion") -> dict[str, object]:
    from labeler.review.audit import audit_values

    return {
        "format": "labeler-audit",
        "version": 1,
        "seed": question.seed,
        "within": question.within,
        "answers": str(question.answers),
        **audit_values(found),
    }


def _write(out: Path, values: dict[str, object], *, overwrite: bool) -> None:
    from labeler.console.outputs import output_file
    from labeler.storage.program.config_files import write_config_file

    with output_file(out, "labeler audit", overwrite=overwrite) as place:
        write_config_file(place, f"{_text(values)}\n", overwrite=True)


def _text(values: dict[str, object]) -> str:
    from json import dumps

    return dumps(values, indent=1)
