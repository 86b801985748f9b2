"""Everything that is computed from scored frames, in one record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from classifier.evaluate.figures import episode_figures, figures
from classifier.evaluate.scored_frames import Integers, Numbers, ScoredFrames
from classifier.evaluate.threshold import DEFAULT_PRECISION, choose_threshold
from classifier.evaluate.threshold_table import curves
from labeler.contracts.report import (
    ChosenThreshold,
    Curves,
    EpisodeFigures,
    FrameFigures,
    FrameGroup,
)
from labeler.decision import (
    ChosenRule,
    FrameScores,
    Gate,
    GateProposal,
    choose_rule,
    propose_gates,
)
from labeler.errors import UsageError

Columns = Mapping[str, Numbers]


def _no_columns(episodes: Integers, frames: Integers) -> Columns:
    return {}


@dataclass(frozen=True)
class RuleWish:
    """What the operator says about the decision rule; the rest is chosen."""

    gates: tuple[Gate, ...] = ()
    hold: float | None = None
    """Seconds; None to choose it."""
    limit: float = 0.0
    """Share of falsely successful episodes that it may have."""
    columns: Callable[[Integers, Integers], Columns] = _no_columns
    """Of episodes and frames, int64 (n,): values of all that gates compare or could compare."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Figures of each group of frames; None for a group that is not there.

    A split by frame has a classifier of its own, whose threshold is chosen on that split:
    `frame_split` and `training` are then figures at that one, all others at `threshold`. Each group
    says its own. `basis` names the group that `threshold` was chosen on, the same that the figures
    of the episodes, the curves and `scored` are about.
    """

    basis: FrameGroup
    threshold: ChosenThreshold
    held_out: FrameFigures | None
    out_of_fold: FrameFigures | None
    frame_split: FrameFigures | None
    training: FrameFigures | None
    episodes: tuple[EpisodeFigures, ...]
    curves: Curves | None
    scored: ScoredFrames
    fps: float | None = None
    """Frames per second of the recording; None if it is not known."""
    rule: ChosenRule | None = None
    """The decision rule chosen on `scored`; None without `fps`, or where no rule is ever right."""
    no_rule: str = ""
    """Why no rule could be chosen; empty where one was, or where none was looked for."""
    columns: Columns = field(default_factory=dict)
    """What the rule's gates compare at the frames of `scored`."""
    proposals: tuple[GateProposal, ...] = ()
    """Gates that would give a better rule on the same frames."""

    def groups(self) -> dict[FrameGroup, FrameFigures]:
        """The groups that are there, by name; the one to be believed most comes first."""
        groups: dict[FrameGroup, FrameFigures | None] = {n: getattr(self, n) for n in GROUPS}
        return {name: group for name, group in groups.items() if group is not None}


GROUPS: dict[FrameGroup, str] = {
    "held_out": "held-out episodes",
    "out_of_fold": "out-of-fold frames",
    "frame_split": "frame split (leaky)",
    "training": "training frames",
}
"""What the groups are called, from the most to the least believable."""


_OF_FRAME_SPLIT = ("frame_split", "training")  # what the classifier of a split by frame predicts


def evaluate(
    *,
    held_out: ScoredFrames | None = None,
    out_of_fold: ScoredFrames | None = None,
    frame_split: ScoredFrames | None = None,
    training: ScoredFrames | None = None,
    precision: float = DEFAULT_PRECISION,
    fps: float | None = None,
    basis: FrameGroup | None = None,
    classes: int = 2,
    rule: RuleWish | None = None,
) -> Evaluation:
    """Choose threshold and decision rule on the most believable group; compute the figures.

    Args:
        held_out: frames of episodes that were kept out of training.
        out_of_fold: every episode's frames, each predicted by a classifier trained without it.
        frame_split: frames kept out of training, whose neighbours were not; never preferred.
        training: frames that were trained on.
        precision: what the threshold has to reach.
        fps, rule: of the recording (without it there is no rule), and what the operator wants.
        basis: the group to choose on, if it is there.
        classes: of the classifier; with more than two there is nothing to choose, and no rule.

    Raises:
        LabelerError: there is no group, or no labelled frame in one.
    """
    groups = _given(held_out, out_of_fold, frame_split, training)
    found = _evaluated(groups, _threshold_group(groups, basis), precision, fps, classes)
    return found if fps is None or classes > 2 else _decided(found, fps, rule or RuleWish())


def _evaluated(
    groups: dict[FrameGroup, ScoredFrames],
    basis: FrameGroup,
    precision: float,
    fps: float | None,
    classes: int,
) -> Evaluation:
    scored = groups[basis]
    chosen = choose_threshold(scored, precision, classes)
    by_group = _figures(groups, chosen.threshold, precision, classes)
    return Evaluation(
        basis=basis,
        threshold=chosen,
        held_out=by_group.get("held_out"),
        out_of_fold=by_group.get("out_of_fold"),
        frame_split=by_group.get("frame_split"),
        training=by_group.get("training"),
        episodes=episode_figures(scored, chosen.threshold),
        curves=curves(scored),
        scored=scored,
        fps=fps,
    )


def _given(*groups: ScoredFrames | None) -> dict[FrameGroup, ScoredFrames]:
    return {name: one for name, one in zip(GROUPS, groups, strict=True) if one is not None}


def _threshold_group(
    groups: dict[FrameGroup, ScoredFrames], basis: FrameGroup | None
) -> FrameGroup:
    if not groups:
        raise UsageError("There are no frames to evaluate on.", "Hold out at least one episode.")
    return basis if basis is not None and basis in groups else next(iter(groups))


def scores_of(scored: ScoredFrames, columns: Columns | None = None) -> FrameScores:
    """The same frames as decision rules take them, with what their gates compare."""
    arrays = scored.episodes, scored.frames, scored.probabilities, scored.labels
    return FrameScores(*arrays, columns or {})


def _decided(evaluation: Evaluation, fps: float, wish: RuleWish) -> Evaluation:
    """The evaluation with a decision rule, if there is one to choose."""
    scored = evaluation.scored
    known = wish.columns(scored.episodes, scored.frames)
    own = {gate.source: known[gate.source] for gate in wish.gates}
    scores = scores_of(scored, own)
    try:
        rule = choose_rule(scores, fps, limit=wish.limit, gates=wish.gates, hold=wish.hold)
    except UsageError as error:  # no success among the frames, or no threshold is ever right
        return replace(evaluation, no_rule=error.message + _asked(wish))
    others = {source: values for source, values in known.items() if source not in own}
    proposals = propose_gates(scores, rule, fps, others, hold=wish.hold)
    return replace(evaluation, rule=rule, columns=own, proposals=proposals)


def _asked(wish: RuleWish) -> str:
    """The hold and the gates that the settings ask for, behind the sentence that none will do."""
    hold = [] if wish.hold is None else [f"a hold of {wish.hold:g} s"]
    asked = [*hold, *(gate.text for gate in wish.gates)]
    return f" The settings ask for {', and '.join(asked)}." if asked else ""


def _figures(
    groups: dict[FrameGroup, ScoredFrames], threshold: float, precision: float, classes: int
) -> dict[FrameGroup, FrameFigures]:
    """Figures of each group at the threshold of the classifier that predicted it."""
    own = groups.get("frame_split")
    leaky = threshold if own is None else choose_threshold(own, precision, classes).threshold
    return {
        name: figures(group, leaky if name in _OF_FRAME_SPLIT else threshold)
        for name, group in groups.items()
    }
