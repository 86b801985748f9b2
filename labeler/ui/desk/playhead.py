"""Which episode and frame are shown, and how they move: stepping, true-time playback, loops."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

LADDER = (-8.0, -4.0, -2.0, -1.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Speeds of playback, as multiples of real time."""
_FASTEST = 1000 / 60  # ms between two images: more are not seen


@dataclass(frozen=True, slots=True)
class Loop:
    """Frames `start <= frame < stop` that playback repeats."""

    start: int
    stop: int


class Playhead(QObject):
    """The place that is shown: the one value that video, timeline and inspector agree on.

    `ready(episode, frame)` says whether the images of a frame are there, so that playback keeps
    true time and counts what it had to drop, or, with `every_frame`, waits for each frame.
    """

    moved = Signal()
    """Episode or frame changed."""
    episode_changed = Signal(int)
    playing_changed = Signal()
    """Playing, speed, loop or the number of dropped frames changed."""

    def __init__(
        self, fps: float, ready: Callable[[int, int], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.episode = -1
        self.frame = 0
        self.length = 1
        self.fps = fps
        self.speed = 1.0
        self.direction = 1
        self.dropped = 0
        self.has_moved = False
        """Whether somebody has chosen a frame since the episode was opened."""
        self.every_frame = False
        self.loop: Loop | None = None
        self._by_itself = False  # the loop began with the episode, and nobody has touched it
        self._ready = ready
        self._clock = QElapsedTimer()
        self._origin = 0.0  # frame, with fraction, at the start of the clock
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether the place moves by itself."""
        return self._timer.isActive()

    @property
    def loops_by_itself(self) -> bool:
        """Whether it repeats what was repeated since the episode opened: nobody has moved."""
        return self._by_itself

    @property
    def seconds(self) -> float:
        """Time of the frame since the start of the episode."""
        return self.frame / self.fps

    def open(self, episode: int, length: int, frame: int = 0, loop: Loop | None = None) -> None:
        """Show another episode; playback stops, or repeats some frames until somebody moves.

        That nobody has chosen a frame so far holds for such a loop, too.
        """
        self.pause()
        self.loop = None
        self.dropped = 0
        self.has_moved = False
        self.episode, self.length = episode, length
        self.frame = min(max(frame, 0), length - 1)
        self.episode_changed.emit(episode)
        self.moved.emit()
        if loop is not None:
            self.loop = loop
            self.play(abs(self.speed))
            self._by_itself = True

    def go(self, frame: int) -> None:
        """Show another frame of the episode; ends of the episode are not passed."""
        if self._by_itself:
            self.pause()
        frame = min(max(frame, 0), self.length - 1)
        self.has_moved = True
        if frame == self.frame:
            return
        self.direction = 1 if frame > self.frame else -1
        self.frame = frame
        self._restart()
        self.moved.emit()

    def step(self, frames: int) -> None:
        """Move by some frames and stop playing."""
        self.pause()
        self.go(self.frame + frames)

    def toggle(self) -> None:
        """Play or pause; from the last frame it starts again."""
        if self.playing:
            self.pause()
            return
        if self.frame == self.length - 1 and self.loop is None:
            self.go(0)
        self.play(abs(self.speed))

    def play(self, speed: float) -> None:
        """Play at a multiple of real time; backwards where it is negative."""
        self.speed = speed
        self.dropped = 0
        self._by_itself = False
        self._restart()
        period = 1000 / (self.fps * abs(speed))
        self._timer.start(max(round(min(period / 2, _FASTEST)), 4))
        self.playing_changed.emit()

    def pause(self) -> None:
        """Stop at the frame that is shown; a loop that began with the episode is over."""
        if self._by_itself:
            self._by_itself, self.loop = False, None
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit()

    def set_speed(self, speed: float) -> None:
        """Play at another multiple of real time, from now on or once it plays."""
        if self.playing:
            self.play(speed)
        else:
            self.speed = speed
            self.playing_changed.emit()

    def shuttle(self, direction: int) -> None:
        """J or L: one step down or up the ladder of speeds; from a stop, real time either way."""
        if not self.playing:
            self.play(float(direction))
            return
        step = LADDER.index(self.speed) + direction
        self.play(LADDER[min(max(step, 0), len(LADDER) - 1)])

    def repeat(self, loop: Loop | None) -> None:
        """Play some frames over and over; None plays on normally."""
        self.loop = loop
        if loop is not None:
            self.go(loop.start)
            self.play(abs(self.speed))
        self.playing_changed.emit()

    def _restart(self) -> None:
        self._origin = float(self.frame)
        self._clock.restart()

    def _tick(self) -> None:
        """Show the frame whose time has come, if its image is there."""
        due = self._origin + self._clock.elapsed() / 1000 * self.fps * self.speed
        forward = self.speed > 0
        target = floor(due) if forward else -floor(-due)
        if self.every_frame and target != self.frame:
            target = self.frame + (1 if forward else -1)
        first, last = (self.loop.start, self.loop.stop - 1) if self.loop else (0, self.length - 1)
        if not first <= target <= last:
            self._at_end(first, last)
            return
        if target == self.frame:
            return
        if self._ready(self.episode, target):
            self._show(target)
        elif not self.every_frame and abs(target - self.frame) > 1:
            self._show_latest(target)

    def _show(self, target: int) -> None:
        self.direction = 1 if self.speed > 0 else -1
        self.frame = target
        self.has_moved = self.has_moved or not self._by_itself
        if self.every_frame:
            self._restart()
        self.moved.emit()

    def _show_latest(self, target: int) -> None:
        """The image that is due is late: show the last one that is there, count the others."""
        step = 1 if target > self.frame else -1
        self.dropped += 1
        self.playing_changed.emit()
        for frame in range(target - step, self.frame, -step):
            if self._ready(self.episode, frame):
                self._show(frame)
                return
        # Nothing between is there: ask for the one that is due, and go on when it has come.
        self._show(target)

    def _at_end(self, first: int, last: int) -> None:
        if self.loop is not None:
            self.frame = first if self.speed > 0 else last
            self._restart()
            self.moved.emit()
            return
        end = last if self.speed > 0 else first
        self.pause()
        self.go(end)
