"""One label file out of those of two operators."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np

from labeler.labels import DatasetLabels, EpisodeLabel, State
from labeler.labels.collection import Crop
from labeler.labels.episode import with_success
from labeler.labels.rewards import from_rewards, success_mask
from labeler.review.comparison import LabelDifference, compare

_EARLIEST = datetime.min.replace(tzinfo=UTC)


class MergeRule(StrEnum):
    """What becomes of an episode that two operators label differently.

    OPEN: unlabeled and flagged with what both say, for somebody to decide
    FIRST, SECOND: one operator is right
    NEWER: the later decision; open where the times of both do not tell which that is
    BOTH: success only where both say so, excluded where either does; skipped if either skips
    """

    OPEN = "open"
    FIRST = "first"
    SECOND = "second"
    NEWER = "newer"
    BOTH = "both"


@dataclass(frozen=True)
class MergedLabels:
    """Labels of two operators in one; `flagged` are the episodes left to decide.

    `crops_apart` are the cameras of which both have a crop, and not the same: they get none.
    """

    labels: DatasetLabels
    agreed: int
    one_sided: int
    resolved: tuple[int, ...]
    flagged: tuple[int, ...]
    crops_apart: tuple[str, ...]


def merge(
    first: DatasetLabels,
    second: DatasetLabels,
    rule: MergeRule = MergeRule.OPEN,
    *,
    within: int = 0,
    names: tuple[str, str] = ("first", "second"),
) -> MergedLabels:
    """Labels on which both agree, labels that only one gave, and the rest by `rule`.

    A label keeps its origin, author and time. Where both agree (edges at most `within` frames
    apart) the first one's label is taken, with the authors of both. Notes of both are kept.

    Raises:
        LabelError: the labels are of different recordings.
    """
    comparison = compare(first, second, within)
    differing = {found.episode: found for found in comparison.differences}
    rules = {episode: _rule_for(found, rule) for episode, found in differing.items()}
    labels = {
        episode: _settle(differing[episode], rules[episode], names)
        if episode in differing
        else _agreement(one, other)
        for episode, (one, other) in enumerate(zip(first, second, strict=True))
    }
    told = tuple(sorted(differing))
    flagged = tuple(episode for episode in told if rules[episode] is MergeRule.OPEN)
    crops, apart = _crops(first, second)
    identity = first.identity if first.identity.fingerprint else second.identity
    one_sided = len(comparison.one_sided)
    silent = comparison.states.get((State.UNLABELED, State.UNLABELED), 0)
    return MergedLabels(
        DatasetLabels(first.lengths, labels, identity, crops),
        agreed=comparison.episodes - len(told) - one_sided - silent,
        one_sided=one_sided,
        resolved=tuple(episode for episode in told if episode not in flagged),
        flagged=flagged,
        crops_apart=apart,
    )


def _crops(first: DatasetLabels, second: DatasetLabels) -> tuple[dict[str, Crop], tuple[str, ...]]:
    """Crops of which no other is known, and the cameras of which both have one and another."""
    crops = {**second.crops, **first.crops}
    apart = tuple(key for key in sorted(crops) if second.crops.get(key, crops[key]) != crops[key])
    return {key: crop for key, crop in crops.items() if key not in apart}, apart


def _rule_for(found: LabelDifference, rule: MergeRule) -> MergeRule:
    """The rule that settles an episode: nobody knows the later of decisions without times."""
    times = {found.first.time, found.second.time}
    untold = None in times or len(times) == 1
    return MergeRule.OPEN if rule is MergeRule.NEWER and untold else rule


def _agreement(one: EpisodeLabel, other: EpisodeLabel) -> EpisodeLabel:
    label = other if one.state is State.UNLABELED else one
    excluded = label.excluded
    if State.UNLABELED in (one.state, other.state):
        excluded = (*one.excluded, *other.excluded)  # the one who decided nothing may have cut
        authors = label.author
    else:
        authors = ", ".join(dict.fromkeys(filter(None, (one.author, other.author))))
    return replace(
        label, excluded=excluded, author=authors, note=_notes(one, other), flag=_flag(one, other)
    )


def _notes(one: EpisodeLabel, other: EpisodeLabel) -> str:
    return "\n".join(dict.fromkeys(filter(None, (one.note, other.note))))


def _flag(one: EpisodeLabel, other: EpisodeLabel) -> str | None:
    flags = dict.fromkeys(label.flag for label in (one, other) if label.flag is not None)
    return "; ".join(filter(None, flags)) if flags else None


def _settle(found: LabelDifference, rule: MergeRule, names: tuple[str, str]) -> EpisodeLabel:
    label, flag = _RULES[rule](found), _flag(found.first, found.second)
    if rule is MergeRule.OPEN:
        flag = "; ".join(filter(None, (found.words(names), flag)))
    return replace(label, note=_notes(found.first, found.second), flag=flag)


def _open(found: LabelDifference) -> EpisodeLabel:
    """No decision; what both leave out stays left out."""
    both = set(found.first.excluded) & set(found.second.excluded)
    return EpisodeLabel(found.first.length, excluded=tuple(both))


def _newer(found: LabelDifference) -> EpisodeLabel:
    times = [label.time or _EARLIEST for label in (found.first, found.second)]
    return found.second if times[1] > times[0] else found.first


def _both(found: LabelDifference) -> EpisodeLabel:
    one, other = found.first, found.second
    for label in (one, other):
        if label.state is State.SKIPPED:
            return label
    excluded = (*one.excluded, *other.excluded)
    blank = replace(_newer(found), state=State.UNLABELED, success=())
    common = from_rewards(np.asarray(success_mask(one) & success_mask(other)), blank)
    return replace(with_success(common, common.success), excluded=excluded)


_RULES: dict[MergeRule, Callable[[LabelDifference], EpisodeLabel]] = {
    MergeRule.OPEN: _open,
    MergeRule.FIRST: lambda found: found.first,
    MergeRule.SECOND: lambda found: found.second,
    MergeRule.NEWER: _newer,
    MergeRule.BOTH: _both,
}
