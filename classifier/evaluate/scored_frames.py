"""Frames with what a person and what the classifier say about them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeler.errors import LabelerError

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

_DTYPES = {
    "episodes": np.int64,
    "frames": np.int64,
    "labels": np.bool_,
    "probabilities": np.float64,
}


@dataclass(frozen=True, eq=False)
class ScoredFrames:
    """Labelled frames and their probabilities of success, sorted by (episode, frame).

    Excluded and unlabelled frames are not among them.

    Raises:
        ValueError: the arrays are not parallel, of another dtype, or not sorted without repetition.
        LabelerError: a probability is not a number in [0, 1].
    """

    episodes: Integers
    """Episode index, int64 (n,)."""
    frames: Integers
    """0-based frame index inside the episode, int64 (n,)."""
    labels: Mask
    """Whether the frame is a success, bool (n,)."""
    probabilities: Numbers
    """The classifier's probability of success, in [0, 1], float64 (n,)."""

    def __post_init__(self) -> None:
        shape = self.episodes.shape
        for name, dtype in _DTYPES.items():
            array: NDArray[np.generic] = getattr(self, name)
            if array.ndim != 1 or array.shape != shape or array.dtype != dtype:
                wanted = f"{np.dtype(dtype)} ({len(self)},)"
                raise ValueError(f"{name} has to be {wanted}, not {array.dtype} {array.shape}")
        steps = np.diff(self.episodes)
        if not np.all((steps > 0) | ((steps == 0) & (np.diff(self.frames) > 0))):
            raise ValueError("frames have to be sorted by (episode, frame), none twice")
        self._check_probabilities()

    def _check_probabilities(self) -> None:
        # NaN fails both comparisons. A training run that diverged ends here.
        bad = ~((self.probabilities >= 0) & (self.probabilities <= 1))
        if bad.any():
            at = int(np.argmax(bad))
            raise LabelerError(
                f"The classifier's answer for frame {self.frames[at]} of episode "
                f"{self.episodes[at]} is {self.probabilities[at]}, not a probability.",
                "Train again with a smaller learning rate.",
            )

    def __len__(self) -> int:
        return len(self.episodes)

    def select(self, mask: Mask) -> "ScoredFrames":
        """The frames for which `mask`, bool (n,), is true."""
        if mask.dtype != np.bool_ or mask.shape != self.labels.shape:
            raise ValueError(f"mask has to be bool ({len(self)},), not {mask.dtype} {mask.shape}")
        return ScoredFrames(
            self.episodes[mask], self.frames[mask], self.labels[mask], self.probabilities[mask]
        )

    def successes(self, threshold: float) -> Mask:
        """Which frames the classifier takes for a success, bool (n,).

        As in `predict_reward` of LeRobot (rewards/classifier/modeling_classifier.py), the
        probability has to be above the threshold, not equal to it.
        """
        return self.probabilities > threshold

    def by_episode(self) -> dict[int, "ScoredFrames"]:
        """The frames of each episode, in the order of the episodes."""
        return {int(e): self.select(self.episodes == e) for e in np.unique(self.episodes)}


def require_frames(scored: ScoredFrames) -> None:
    """Refuse to compute anything from no frame at all.

    Raises:
        LabelerError: there is no frame.
    """
    if not len(scored):
        raise LabelerError(
            "There is no labelled frame to evaluate the classifier on.",
            "Label at least one of these episodes, or choose other episodes.",
        )


def runs(scored: ScoredFrames, mask: Mask) -> list[Integers]:
    """Positions, each int64 (k,), of every longest run of frames for which `mask` (n,) is true.

    Frames of a run have one episode and consecutive frame indices; a frame that is excluded or
    unlabelled ends it.
    """
    chosen = np.flatnonzero(mask).astype(np.int64)
    if not len(chosen):
        return []
    broken = (np.diff(scored.episodes[chosen]) != 0) | (np.diff(scored.frames[chosen]) != 1)
    return np.split(chosen, np.flatnonzero(broken) + 1)
