"""The same decisions one frame at a time, for images that come one by one."""

from collections.abc import Mapping

from labeler.decision.rule import Rule

_SLACK = 1e-6  # s: times are sums of rounded ones


class Decider:
    """Decides each frame of an episode in order, as the step on the robot does.

    Frames may be dropped in between: what counts is the time for which the probability stays high.
    `rule` may be replaced between two frames.
    """

    def __init__(self, rule: Rule, fps: float) -> None:
        self.rule, self._fps = rule, fps
        self._since: float | None = None
        self._success = False

    def __call__(
        self, seconds: float, probability: float, values: Mapping[str, float] | None = None
    ) -> bool:
        """Whether success is decided at a moment, `seconds` after the episode's start.

        `values` are what the gates compare, by `Gate.source`; without them no gate is looked at.
        """
        rule = self.rule
        is_open = rule.is_open(values)
        high = is_open and probability >= rule.threshold
        if not high:
            self._since = None
        elif self._since is None:
            self._since = seconds
        wait = (rule.hold_frames(self._fps) - 1) / self._fps - _SLACK
        fires = self._since is not None and seconds - self._since >= wait
        release = rule.threshold if rule.release is None else rule.release
        self._success = is_open and probability >= release and (self._success or fires)
        return self._success
