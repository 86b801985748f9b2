"""What a rule does to whole episodes: falsely successful, missed, and how late.

The unit that counts is the episode: HIL-SERL ends one with reward 1 at its first success, whether
that is true or not.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from labeler.decision.firing import FrameScores, first_at, first_successes
from labeler.decision.rule import Rule

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A share of `of` episodes, with its interval at 95%.

    `exact` is that of Clopper and Pearson (1934), `wilson` that of E. B. Wilson (1927), which is
    shorter and holds on average.
    """

    count: int
    of: int
    method: Literal["exact", "wilson"] = "exact"

    @property
    def share(self) -> float | None:
        """The share seen; None of no episode."""
        return self.count / self.of if self.of else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Lowest and highest share that go with what was seen; None of no episode.

        Two-sided; the exact one of a share of 0 or 1 is one-sided, since only one side is open.
        """
        if not self.of:
            return None
        from scipy.stats import binomtest  # half a second, for those who look at figures only

        one_sided = {0: "less", self.of: "greater"} if self.method == "exact" else {}
        kind = one_sided.get(self.count, "two-sided")
        test = binomtest(self.count, self.of, alternative=kind)
        found = test.proportion_ci(CONFIDENCE, method=self.method)
        return float(found.low), float(found.high)

    @property
    def text(self) -> str:
        """`0 of 12: below 22% with 95% confidence`."""
        if (bounds := self.bounds) is None:
            return "no such episode: nothing can be said"
        low, high = bounds
        sure = f"with {CONFIDENCE:.0%} confidence"
        if self.count == 0:
            return f"0 of {self.of}: below {_percent(high)} {sure}"
        if self.count == self.of:
            return f"{self.count} of {self.of}: above {_percent(low)} {sure}"
        return f"{self.count} of {self.of}: {_percent(low)} to {_percent(high)} {sure}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens in one episode, which ends at the first frame that is decided a success."""

    episode: int
    cutoff: int | None
    """First frame labelled success; None in an episode without one."""
    fired: int | None
    """First frame decided a success; None if there is none."""
    false: bool
    """Whether the frame at which it fired is not labelled success."""

    @property
    def missed(self) -> bool:
        """Whether an episode with a success ends without any."""
        return self.cutoff is not None and self.fired is None

    @property
    def delay(self) -> int | None:
        """Frames from the labelled success to the decision, if that is right."""
        if self.false or self.cutoff is None or self.fired is None:
            return None
        return self.fired - self.cutoff


@dataclass(frozen=True)
class RuleFigures:
    """Figures of a rule over episodes."""

    false_never: Interval
    """Falsely successful, of the episodes without a success."""
    false_early: Interval
    """Successful before the labelled success, of the episodes with one."""
    missed: Interval
    """Without a decision, of the episodes with a success."""
    delays: tuple[int, ...]
    """Frames, of the episodes decided rightly, ascending."""
    fps: float

    @property
    def false(self) -> Interval:
        """Falsely successful, of all episodes."""
        return Interval(
            self.false_never.count + self.false_early.count,
            self.false_never.of + self.false_early.of,
        )

    def delay(self, quantile: float) -> float | None:
        """A quantile of the delays in frames, linear between two; None without any."""
        return float(np.quantile(self.delays, quantile)) if self.delays else None

    def delay_seconds(self, quantile: float) -> float | None:
        """The same in seconds."""
        return None if (frames := self.delay(quantile)) is None else frames / self.fps

    def delay_bounds(self, quantile: float) -> tuple[int, int | None] | None:
        """Between which delays in frames a quantile lies with 95% confidence; None without any.

        Two of the delays seen, whatever their distribution (H. A. David and H. N. Nagaraja, Order
        statistics, 2003, section 7.1). There is no upper bound where too few were seen.
        """
        if not self.delays:
            return None
        from scipy.stats import binom

        tail = (1 - CONFIDENCE) / 2
        few, many = binom.ppf([tail, 1 - tail], len(self.delays), quantile)
        last = self.delays[int(many)] if many < len(self.delays) else None
        return self.delays[int(few) - 1] if few else 0, last

    def _delay_text(self, quantile: float) -> str:
        frames, bounds = self.delay(quantile), self.delay_bounds(quantile)
        assert frames is not None and bounds is not None
        low, high = bounds[0] / self.fps, None if bounds[1] is None else bounds[1] / self.fps
        between = f"at least {low:.2f} s" if high is None else f"{low:.2f} to {high:.2f} s"
        return f"{frames_text(frames)} ({frames / self.fps:.2f} s; {between})"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The figures in words, with their intervals."""
        lines = [
            f"Falsely successful, episodes without success: {self.false_never.text}",
            f"Falsely successful, before the labelled success: {self.false_early.text}",
            f"Missed: {self.missed.text}",
        ]
        if self.delays:
            right = f"{len(self.delays)} of {self.missed.of} episodes decided correctly"
            lines.append(
                f"Delay: median {self._delay_text(0.5)}, 95% within {self._delay_text(0.95)}, "
                f"of {right}; intervals with {CONFIDENCE:.0%} confidence"
            )
        return tuple(lines)


def outcomes(scores: FrameScores, rule: Rule, fps: float) -> tuple[Outcome, ...]:
    """What happens in each episode, in their order."""
    fired = first_successes(scores, rule, fps)
    cutoffs = first_at(scores, scores.labels)
    return tuple(
        Outcome(
            int(scores.episodes[start]),
            None if cutoff < 0 else int(scores.frames[cutoff]),
            None if fire < 0 else int(scores.frames[fire]),
            bool(fire >= 0 and not scores.labels[fire]),
        )
        for start, cutoff, fire in zip(scores.starts, cutoffs, fired, strict=True)
    )


def rule_figures(scores: FrameScores, rule: Rule, fps: float) -> RuleFigures:
    """Figures of a rule on these frames."""
    found = outcomes(scores, rule, fps)
    never = [one for one in found if one.cutoff is None]
    success = [one for one in found if one.cutoff is not None]
    return RuleFigures(
        Interval(sum(one.false for one in never), len(never)),
        Interval(sum(one.false for one in success), len(success)),
        Interval(sum(one.missed for one in success), len(success)),
        tuple(sorted(one.delay for one in success if one.delay is not None)),
        fps,
    )


def frames_text(frames: float) -> str:
    """`1 frame`, `2 frames`, `1.5 frames`."""
    return "1 frame" if frames == 1 else f"{frames:g} frames"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.1 else f"{100 * share:.1f}%"
