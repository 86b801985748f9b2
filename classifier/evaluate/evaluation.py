"""Everything that is computed from scored frames, in one record."""

from dataclasses import dataclass

from classifier.evaluate.figures import episode_figures, figures
from classifier.evaluate.scored_frames import ScoredFrames
from classifier.evaluate.sweep import curves
from classifier.evaluate.threshold import DEFAULT_PRECISION, choose_threshold
from labeler.contracts.report import (
    ChosenThreshold,
    Curves,
    EpisodeFigures,
    FrameFigures,
    FrameGroup,
)
from labeler.decision import ChosenRule, FrameScores, choose_rule
from labeler.errors import UsageError


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
) -> Evaluation:
    """Choose threshold and decision rule on the most believable group; compute the figures.

    Args:
        held_out: frames of episodes that were kept out of training.
        out_of_fold: every episode's frames, each predicted by a classifier trained without it.
        frame_split: frames kept out of training, whose neighbours were not; never preferred.
        training: frames that were trained on.
        precision: what the threshold has to reach.
        fps: frames per second of the recording; without it there is no rule.
        basis: the group to choose on, if it is there.
        classes: of the classifier; with more than two there is nothing to choose, and no rule.

    Raises:
        LabelerError: there is no group, or no labelled frame in one.
    """
    given = zip(GROUPS, (held_out, out_of_fold, frame_split, training), strict=True)
    groups = {name: scored for name, scored in given if scored is not None}
    scored = groups[chosen_on := _threshold_group(groups, basis)]
    chosen = choose_threshold(scored, precision, classes)
    return Evaluation(
        basis=chosen_on,
        threshold=chosen,
        **(dict.fromkeys(GROUPS) | _figures(groups, chosen.threshold, precision, classes)),
        episodes=episode_figures(scored, chosen.threshold),
        curves=curves(scored),
        scored=scored,
        fps=fps,
        rule=None if fps is None or classes > 2 else _rule(scored, fps),
    )


def _threshold_group(
    groups: dict[FrameGroup, ScoredFrames], basis: FrameGroup | None
) -> FrameGroup:
    if not groups:
        raise UsageError("There are no frames to evaluate on.", "Hold out at least one episode.")
    return basis if basis is not None and basis in groups else next(iter(groups))


def scores_of(scored: ScoredFrames) -> FrameScores:
    """The same frames as decision rules take them."""
    return FrameScores(scored.episodes, scored.frames, scored.probabilities, scored.labels)


def _rule(scored: ScoredFrames, fps: float) -> ChosenRule | None:
    try:
        return choose_rule(scores_of(scored), fps)
    except UsageError:  # no success among the frames, or no threshold that is ever right
        return None


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
