"""Which frames the timeline shows, and where they lie: frame i covers x(i) to x(i + 1)."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

MARGIN = 10  # pixels left and right of the first and the last frame
_FEWEST = 8  # frames in sight at the strongest zoom


class TimeScale(QObject):
    """The part of the episode that all lanes show, in frames with fractions."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.length = 1
        self.first = 0.0
        self.last = 1.0

    def open(self, length: int) -> None:
        """Show a whole episode."""
        self.length = length
        self.first, self.last = 0.0, float(length)
        self.changed.emit()

    @property
    def whole(self) -> bool:
        """Whether the whole episode is in sight."""
        return self.first <= 0 and self.last >= self.length

    def x(self, frame: float, width: int) -> float:
        """Left end of a frame in a lane of `width` pixels."""
        return MARGIN + (frame - self.first) / (self.last - self.first) * (width - 2 * MARGIN)

    def frame_at(self, x: float, width: int) -> int:
        """The frame under a pixel, kept inside the episode."""
        share = (x - MARGIN) / max(width - 2 * MARGIN, 1)
        return min(max(int(self.first + share * (self.last - self.first)), 0), self.length - 1)

    def edge_at(self, x: float, width: int) -> int:
        """The border between frames that is nearest to a pixel: 0 to length."""
        share = (x - MARGIN) / max(width - 2 * MARGIN, 1)
        return min(max(round(self.first + share * (self.last - self.first)), 0), self.length)

    def runs(self, frames: NDArray[np.bool_], width: int) -> list[tuple[int, int]]:
        """Runs of frames in sight, `start <= frame < end`, of bool (length,).

        Those that no pixel of a lane lies between are one, so there are never more than pixels.
        """
        first, last = int(self.first), math.ceil(self.last)
        bounds = np.flatnonzero(np.diff(frames[first:last], prepend=False, append=False)) + first
        if not len(bounds):
            return []
        starts, ends = bounds[::2], bounds[1::2]
        apart = starts[1:] - ends[:-1] >= (self.last - self.first) / max(width, 1)
        first_ones, last_ones = np.concatenate(([True], apart)), np.concatenate((apart, [True]))
        return list(zip(starts[first_ones].tolist(), ends[last_ones].tolist(), strict=True))

    def zoom(self, factor: float, centre: float) -> None:
        """Show fewer (factor above 1) or more frames; `centre` keeps its place."""
        span = self.last - self.first
        wanted = min(max(span / factor, min(_FEWEST, self.length)), self.length)
        left = centre - (centre - self.first) * wanted / span
        self._show(left, wanted)

    def follow(self, frame: int) -> None:
        """Move the part in sight so far that a frame is in it."""
        span = self.last - self.first
        if frame < self.first:
            self._show(frame - span * 0.1, span)
        elif frame + 1 > self.last:
            self._show(frame + 1 - span * 0.9, span)

    def scroll(self, frames: float) -> None:
        """Move the part in sight."""
        self._show(self.first + frames, self.last - self.first)

    def _show(self, left: float, span: float) -> None:
        left = min(max(left, 0.0), self.length - span)
        if (left, left + span) != (self.first, self.last):
            self.first, self.last = left, left + span
            self.changed.emit()
