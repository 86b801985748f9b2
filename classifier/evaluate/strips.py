"""One small drawing per episode: probability against frame, over the labels."""

from html import escape

import numpy as np

from classifier.evaluate.scored_frames import Mask, ScoredFrames, runs
from classifier.evaluate.wording import quantity, with_sign
from labeler.contracts.report import EpisodeFigures

MOST_STRIPS = 20
_HEIGHT = 64  # of the plot, in units of the drawing; the row of mistakes comes below
_MISTAKES = 8
_EDGE = 2  # keeps half of a line along the border from being cut off


def strips(scored: ScoredFrames, episodes: tuple[EpisodeFigures, ...], threshold: float) -> str:
    """HTML of up to `MOST_STRIPS` episodes, those with most mistakes, in their order."""
    worst = sorted(episodes, key=lambda e: (-(e.false_positives + e.misses), e.episode))
    shown = sorted(worst[:MOST_STRIPS], key=lambda e: e.episode)
    frames = scored.by_episode()
    parts = [_strip(frames[entry.episode], entry, threshold) for entry in shown]
    if len(shown) < len(episodes):
        parts[:0] = [f"<p>The {len(shown)} of {len(episodes)} episodes with most mistakes.</p>"]
    return "\n".join(parts)


def _strip(scored: ScoredFrames, entry: EpisodeFigures, threshold: float) -> str:
    first, last = int(scored.frames[0]), int(scored.frames[-1])
    return (
        f'<figure class="strip"><figcaption><b>Episode {entry.episode}</b> '
        f"<span>{escape(_caption(entry))}</span></figcaption>"
        f"{_drawing(scored, entry, threshold)}"
        f'<div class="ends"><span>frame {first}</span><span>{last}</span></div></figure>'
    )


def _caption(entry: EpisodeFigures) -> str:
    start = "never succeeds"
    if entry.first_success is not None:
        start = f"succeeds at frame {entry.first_success}"
    fires = "predicted failure throughout"
    if entry.first_predicted is not None:
        fires = f"predicted success from {entry.first_predicted}"
        if entry.delay is not None:
            fires += f" ({with_sign(entry.delay)})"
    wrong = f"{quantity(entry.false_positives, 'false positive')}, {miss_count(entry.misses)}"
    return f"{start}, {fires}; {wrong}"


def miss_count(misses: int) -> str:
    """`1 miss`, `2 misses`."""
    return f"{misses:,} miss" if misses == 1 else f"{misses:,} misses"


def _drawing(scored: ScoredFrames, entry: EpisodeFigures, threshold: float) -> str:
    first, width = int(scored.frames[0]), int(scored.frames[-1] - scored.frames[0]) + 1
    predicted = scored.successes(threshold)
    level = _HEIGHT * (1 - threshold)
    everything = np.ones(len(scored), np.bool_)
    below = (_HEIGHT + 2, _MISTAKES)
    parts = [
        _bars(scored, everything, "labelled", (0, _HEIGHT)),
        _bars(scored, scored.labels, "success", (0, _HEIGHT)),
        f'<line x1="0" x2="{width}" y1="{level:.2f}" y2="{level:.2f}" class="threshold"/>',
        *(_line(scored.select(_at(run, len(scored))), first) for run in runs(scored, everything)),
        _bars(scored, predicted & ~scored.labels, "positive", below),
        _bars(scored, ~predicted & scored.labels, "missed", below),
    ]
    label = f"Probability of success in episode {entry.episode} by frame"
    height = _HEIGHT + 2 + _MISTAKES
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 {-_EDGE} {width} {height + 2 * _EDGE}" '
        f'preserveAspectRatio="none">{"".join(parts)}</svg>'
    )


def _at(positions: np.ndarray[tuple[int, ...], np.dtype[np.int64]], count: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    mask[positions] = True
    return mask


def _bars(scored: ScoredFrames, mask: Mask, kind: str, place: tuple[int, int]) -> str:
    """A rectangle over each run of frames; `place` is its top and height."""
    top, height = place
    first = scored.frames[0] if len(scored) else 0
    return "".join(
        f'<rect x="{scored.frames[run[0]] - first}" y="{top}" width="{len(run)}" '
        f'height="{height}" class="{kind}"/>'
        for run in runs(scored, mask)
    )


def _line(scored: ScoredFrames, first: int) -> str:
    """A line through the middles of the frames; one frame alone gets a line of its width."""
    heights = _HEIGHT * (1 - scored.probabilities)
    middles = scored.frames - first + 0.5
    points = [f"{x:.1f},{y:.2f}" for x, y in zip(middles, heights, strict=True)]
    if len(points) == 1:
        points = [f"{middles[0] + side:.1f},{heights[0]:.2f}" for side in (-0.5, 0.5)]
    return f'<polyline points="{" ".join(points)}" class="probability"/>'
