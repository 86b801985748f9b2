"""What `report.json` says of decision rules: the chosen one, and what others would do."""

from dataclasses import dataclass

from pydantic import ConfigDict, computed_field

from labeler.decision import Interval, Rule, RuleFigures


@dataclass(frozen=True)
class EpisodeShare:
    """So many of so many episodes."""

    count: int
    of: int


@dataclass(frozen=True)
class DelaySeconds:
    """Quantiles of the delay of right decisions in seconds; None without any."""

    median: float | None
    p95: float | None


@dataclass(frozen=True)
class RuleOutcome:
    """What a decision rule does to the episodes that it was chosen on."""

    false_never: EpisodeShare
    """Falsely successful, of the episodes without a success."""
    false_early: EpisodeShare
    """Successful before the labelled success, of the episodes with one."""
    missed: EpisodeShare
    """Without a decision, of the episodes with a success."""
    delay_seconds: DelaySeconds
    sentences: tuple[str, ...] = ()
    """The same in words, each figure with its interval; of older versions none."""


def outcome_of(figures: RuleFigures) -> RuleOutcome:
    """Figures of a rule, as programs read them."""
    return RuleOutcome(
        false_never=_share(figures.false_never),
        false_early=_share(figures.false_early),
        missed=_share(figures.missed),
        delay_seconds=DelaySeconds(figures.delay_seconds(0.5), figures.delay_seconds(0.95)),
        sentences=figures.sentences,
    )


def _share(interval: Interval) -> EpisodeShare:
    return EpisodeShare(interval.count, interval.of)


class ReportedRule(Rule):
    """A decision rule with its figures."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    sentence: str
    """How the rule came about."""
    figures: RuleOutcome

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorator above a property
    @property
    def text(self) -> str:
        """The rule in words; written for people, not read."""
        return super().text


@dataclass(frozen=True)
class ProposedGate:
    """A gate with which a better rule could be chosen on the same frames."""

    gate: str
    """As it is typed."""
    sentence: str
    """What it changes."""
    rule: ReportedRule
    """The rule that would be chosen with it."""


@dataclass(frozen=True)
class RuleCell:
    """What a rule with another threshold or hold does to the same episodes."""

    threshold: float
    hold: float
    """Seconds."""
    false: tuple[tuple[int, int], ...]
    """Falsely successful episodes, each with the frame at which success is decided."""
    missed: tuple[int, ...]
    median_delay: float | None
    """Seconds from the labelled success to a right decision; None without any."""
    sentences: tuple[str, ...] = ()
    """The same in words, each figure with its interval; of older versions none."""
