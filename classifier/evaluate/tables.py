"""The tables of a report."""

from collections.abc import Iterable, Sequence
from html import escape
from statistics import median

from classifier.evaluate.evaluation import GROUPS, Evaluation, scores_of
from classifier.evaluate.wording import NONE, number, percent, quantity, with_sign
from labeler.contracts.report import Confusion, EpisodeFigures, FrameFigures, FrameGroup
from labeler.decision import GateProposal, Rule, RuleFigures, rule_figures
from labeler.labels.wording import exact_text


def key_figures(evaluation: Evaluation) -> str:
    """What is looked at first, as a list of terms."""
    basis = evaluation.groups()[evaluation.basis]
    confusion = basis.confusion
    terms = [
        ("Threshold", exact_text(evaluation.threshold.threshold), "success if above"),
        ("Precision", percent(basis.precision), "of predicted successes"),
        ("Recall", percent(basis.recall), "of labelled successes"),
        ("F1", percent(basis.f1), "of both"),
        (
            "False positives",
            f"{confusion.fp:,}",
            f"of {confusion.fp + confusion.tn:,} failure frames",
        ),
        ("Delay, median", *_delay(evaluation.episodes)),
    ]
    parts = (f"<div><dt>{t}</dt><dd>{v}<small>{s}</small></dd></div>" for t, v, s in terms)
    return f'<dl class="keys">{"".join(parts)}</dl>'


def _delay(episodes: tuple[EpisodeFigures, ...]) -> tuple[str, str]:
    delays = [entry.delay for entry in episodes if entry.delay is not None]
    if not delays:
        return NONE, "no episode with both"
    middle = median(delays)
    text = with_sign(int(middle)) if middle == int(middle) else f"{middle:+.1f}".replace("-", "−")
    return text, f"frames; {with_sign(min(delays))} to {with_sign(max(delays))}"


def group_table(groups: dict[FrameGroup, FrameFigures]) -> str:
    """One row for each group of frames, so that they can be compared."""
    names = ["Accuracy", "Precision", "Recall", "F1", "Average precision", "ROC AUC"]
    head = _head(["", "Threshold", *names, "Frames", "Success"])
    rows = [_row(GROUPS[name].capitalize(), _cells(group)) for name, group in groups.items()]
    return _table(head, rows)


def _cells(group: FrameFigures) -> list[str]:
    shares = [percent(v) for v in (group.accuracy, group.precision, group.recall, group.f1)]
    ranking = [number(value) for value in (group.average_precision, group.roc_auc)]
    return [
        exact_text(group.threshold),
        *shares,
        *ranking,
        f"{group.frames:,}",
        f"{group.positives:,}",
    ]


def confusion_table(confusion: Confusion) -> str:
    """Two by two: rows are labels, columns are predictions."""
    head = _head(["Labelled", "Predicted failure", "Predicted success"])
    failure = _row("Failure", [f"{confusion.tn:,}", _wrong(confusion.fp)])
    success = _row("Success", [_wrong(confusion.fn), f"{confusion.tp:,}"])
    return _table(head, [failure, success], wide=False)


def episode_table(episodes: tuple[EpisodeFigures, ...]) -> str:
    """One row for each episode."""
    names = ["Episode", "Frames", "Succeeds at", "Predicted success from", "Delay"]
    names += ["False positives", "Longest false-positive run", "Misses"]
    rows = [_row(str(entry.episode), _of_episode(entry)) for entry in episodes]
    return _table(_head(names), rows)


def _of_episode(entry: EpisodeFigures) -> list[str]:
    first = [NONE if f is None else f"{f}" for f in (entry.first_success, entry.first_predicted)]
    run = quantity(entry.longest_false_run, "frame") if entry.longest_false_run else "0"
    wrong = [_wrong(entry.false_positives), run, _wrong(entry.misses)]
    return [f"{entry.frames:,}", *first, with_sign(entry.delay), *wrong]


def rule_table(evaluation: Evaluation) -> str:
    """What LeRobot's threshold, the chosen threshold and the chosen rule do to whole episodes."""
    assert evaluation.rule is not None and evaluation.fps is not None
    scores, fps = scores_of(evaluation.scored, evaluation.columns), evaluation.fps
    rules = {
        "LeRobot's default": Rule(threshold=0.5),
        "Threshold for the precision wanted": Rule(threshold=evaluation.threshold.threshold),
        "Chosen rule": evaluation.rule.rule,
    }
    false = ["Falsely successful, no success", "Falsely successful, too early"]
    head = _head(["", "Rule", *false, "Missed", "Delay, median", "Delay, 95%"])
    rows = [
        _row(name, [escape(rule.text), *_of_rule(rule_figures(scores, rule, fps))])
        for name, rule in rules.items()
    ]
    return _table(head, rows)


def _of_rule(found: RuleFigures) -> list[str]:
    late = [found.delay_seconds(quantile) for quantile in (0.5, 0.95)]
    delays = [NONE if seconds is None else f"{seconds:.2f} s" for seconds in late]
    shares = found.false_never, found.false_early, found.missed
    return [*(escape(share.text) for share in shares), *delays]


def gate_table(proposals: tuple[GateProposal, ...]) -> str:
    """What each gate that could be taken would change."""
    head = _head(["Gate", "Falsely successful", "Missed", "Delay, median", "Rule with it"])
    rows = [_row(one.gate.text, _of_gate(one)) for one in proposals]
    return _table(head, rows)


def _of_gate(proposal: GateProposal) -> list[str]:
    before, after = proposal.before.figures, proposal.after.figures
    late = [found.delay_seconds(0.5) for found in (before, after)]
    pairs = [
        (str(before.false.count), str(after.false.count)),
        (str(before.missed.count), str(after.missed.count)),
        tuple(NONE if seconds is None else f"{seconds:.2f} s" for seconds in late),
    ]
    return [*(f"{was} → {now}" for was, now in pairs), escape(proposal.after.rule.text)]


def plain_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain texts; the first column names the rows."""
    return _table(_head(list(head)), [_row(row[0], [escape(t) for t in row[1:]]) for row in rows])


def _wrong(count: int) -> str:
    return f'<span class="wrong">{count:,}</span>' if count else "0"


def _head(names: list[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(n)}</th>' if n else "<td></td>" for n in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _row(name: str, cells: list[str]) -> str:
    """`cells` are HTML already."""
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{inner}</tr>'


def _table(head: str, rows: list[str], wide: bool = True) -> str:
    kind = ' class="wide"' if wide else ""
    return f'<div class="scroll"><table{kind}>{head}<tbody>{"".join(rows)}</tbody></table></div>'
