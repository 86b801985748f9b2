"""The record that becomes `report.json`."""

from classifier.evaluate.evaluation import Evaluation, scores_of
from classifier.evaluate.report import ReportContent
from classifier.evaluate.verdict import headline, warnings
from labeler.contracts.report import RunReport
from labeler.contracts.reported_rule import ProposedGate, ReportedRule, RuleCell, outcome_of
from labeler.decision import (
    ChosenRule,
    GateProposal,
    outcomes,
    rule_figures,
    rules_around,
)


def run_report(report: ReportContent) -> RunReport:
    """The report without its images."""
    evaluation = report.evaluation
    return RunReport(
        tool=report.tool,
        time=report.time.replace(microsecond=0),
        headline=headline(report),
        warnings=tuple(warnings(report)),
        dataset=report.dataset,
        encoder=report.encoder,
        split=report.split,
        threshold=evaluation.threshold,
        basis=evaluation.basis,
        rule=None if evaluation.rule is None else _rule(evaluation.rule),
        gates=tuple(_gate(one) for one in evaluation.proposals),
        rule_cells=_cells(evaluation),
        calibration=report.calibration,
        figures=evaluation.groups(),
        episodes=evaluation.episodes,
        curves=evaluation.curves,
        mistakes=tuple(worst.mistake for worst in report.mistakes),
        record_next=tuple(one.group for one in report.record_next),
        history=report.history,
        config=dict(report.config),
    )


def _cells(evaluation: Evaluation) -> tuple[RuleCell, ...]:
    chosen, fps = evaluation.rule, evaluation.fps
    if chosen is None or fps is None:
        return ()
    scores = scores_of(evaluation.scored, evaluation.columns)
    cells = []
    for rule in rules_around(scores, chosen.rule, fps):
        found = outcomes(scores, rule, fps)
        figures = rule_figures(scores, rule, fps)
        cells.append(
            RuleCell(
                threshold=rule.threshold,
                hold=rule.hold,
                false=tuple(
                    (one.episode, one.fired) for one in found if one.false and one.fired is not None
                ),
                missed=tuple(one.episode for one in found if one.missed),
                median_delay=figures.delay_seconds(0.5),
                sentences=figures.sentences,
            )
        )
    return tuple(cells)


def _gate(proposal: GateProposal) -> ProposedGate:
    return ProposedGate(proposal.gate.text, proposal.text, _rule(proposal.after))


def _rule(chosen: ChosenRule) -> ReportedRule:
    rule = chosen.rule
    return ReportedRule(
        threshold=rule.threshold,
        hold=rule.hold,
        release=rule.release,
        gates=rule.gates,
        sentence=chosen.sentence,
        figures=outcome_of(chosen.figures),
    )
