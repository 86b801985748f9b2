"""What a checkpoint's rule decided, as its predictions say, against the labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from labeler.contracts.scores import recording_in_metadata
from labeler.decision import FrameScores, Rule, RuleFigures, outcomes, rule_figures
from labeler.labels import EpisodeLabel
from labeler.labels.rewards import exclusion_mask, success_mask
from labeler.labels.wording import episodes_text

_COLUMN = "decision"


@dataclass(frozen=True)
class DecidedEpisodes:
    """Labelled episodes as a rule ends them: the first frame that is decided counts."""

    rule: str
    """In words."""
    figures: RuleFigures
    false: tuple[int, ...]
    """Falsely successful: without success, or before it."""
    missed: tuple[int, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What it does, each figure with its interval, and the episodes that it ends wrongly."""
        lines = [f"Decided by the checkpoint's rule: {self.rule}.", *self.figures.sentences]
        for name, episodes in (("falsely successful", self.false), ("missed", self.missed)):
            if episodes:
                lines.append(f"Look at what is {name}: {episodes_text(episodes)}.")
        return tuple(lines)


def decided_episodes(
    path: Path, lengths: Sequence[int], labels: Mapping[int, EpisodeLabel], fps: float
) -> DecidedEpisodes | None:
    """What the decisions in a file of scores do to labelled episodes; None where it has none.

    Frames that are excluded are left out. `path` has been read as scores of this recording.
    """
    with pq.ParquetFile(path) as file:
        scored = recording_in_metadata(file.schema_arrow.metadata)
        if scored is None or not scored.rule or _COLUMN not in file.schema_arrow.names:
            return None
        table = file.read(["episode", "frame", _COLUMN])
    starts = np.concatenate(([0], np.cumsum(lengths)))
    decisions = np.zeros(int(starts[-1]), np.bool_)
    there = np.zeros(int(starts[-1]), np.bool_)
    places = starts[table["episode"].to_numpy()] + table["frame"].to_numpy()
    decisions[places] = table[_COLUMN].to_numpy()
    there[places] = True
    parts = []
    for episode, label in sorted(labels.items()):
        part = slice(int(starts[episode]), int(starts[episode + 1]))
        kept = np.flatnonzero(there[part] & ~exclusion_mask(label))
        if label.decided and len(kept):
            number = np.full_like(kept, episode)
            success = success_mask(label)[kept]
            parts.append((number, kept, decisions[part][kept].astype(np.float64), success))
    if not parts:
        return None
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    scores = FrameScores(joined[0], joined[1], joined[2], joined[3].astype(np.bool_))
    told = outcomes(scores, Rule(), fps)  # a decision is a probability of 0 or 1
    return DecidedEpisodes(
        scored.rule,
        rule_figures(scores, Rule(), fps),
        tuple(one.episode for one in told if one.false),
        tuple(one.episode for one in told if one.missed),
    )
