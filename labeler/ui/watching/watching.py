"""One preview at a time: `labeler-train preview`, and what it has told so far."""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labeler.contracts.events import Event, FramePredicted, PreviewStarted
from labeler.decision import Decider, Rule
from labeler.runs.failure import Failure
from labeler.ui.kit.processes import Tool

TRACE = 5.0
"""Seconds of what was scored that are drawn."""
_DECIDED = 10_000
"""Frames, the newest ones, that are decided anew when another threshold is tried."""
_ROWS = 480  # of the images that come with the events
_PATIENCE = 5000  # ms in which a video that is being recorded may be finished


@dataclass(frozen=True)
class WatchWish:
    """What is to be watched.

    source: folder of a recording, a video, or a camera of the system
    episode: of a recording; record: video to write; threshold: None for that of the checkpoint
    """

    checkpoint: Path
    source: Path
    episode: int | None = None
    record: Path | None = None
    threshold: float | None = None

    def arguments(self) -> list[str]:
        """What `labeler-train` is told."""
        told = ["preview", str(self.checkpoint), str(self.source), "--live", "--events=-"]
        told += [f"--images={_ROWS}", "--thresholds=-"]
        if self.episode is not None:
            told.append(f"--episode={self.episode}")
        if self.record is not None:
            told += [f"--out={self.record}", "--overwrite"]
        if self.threshold is not None:
            told.append(f"--threshold={self.threshold:.4f}")
        return told


@dataclass
class _Trial:
    """What would be decided with another threshold, as far as frames were looked at.

    frames: how many of all that were scored
    """

    threshold: float
    decide: Decider
    frames: int = 0
    success: bool = False


class Watching(QObject):
    """Starts and ends the process; its events become what can be drawn.

    The process ends by itself when nothing more comes to its stdin, and keeps the video.
    """

    began = Signal()
    """The classifier is loaded."""
    scored = Signal()
    """`now` is another moment."""
    ended = Signal()
    """The process is gone; `failure` says what went wrong, if anything."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tool = Tool(self, name="preview program")
        self.wish: WatchWish | None = None
        self.started: PreviewStarted | None = None
        self.now: FramePredicted | None = None
        self.past: deque[FramePredicted] = deque()
        self.count = 0
        self._decided: deque[tuple[float, float]] = deque(maxlen=_DECIDED)
        self._trial: _Trial | None = None
        self.ending = False
        self.failure: Failure | None = None

    @property
    def running(self) -> bool:
        """Whether a process is at work, or about to end."""
        return self.tool.running

    def start(self, wish: WatchWish) -> None:
        """Begin; nothing else may be at work."""
        self.wish, self.started, self.now, self.failure = wish, None, None, None
        self.past.clear()
        self._decided.clear()
        self._trial = None
        self.count, self.ending = 0, False
        self.tool.start(wish.arguments(), self._on_end, self._hear)

    def use_threshold(self, threshold: float) -> None:
        """Another threshold, for the video that is recorded, too."""
        self.tool.write(f"{threshold:.4f}\n")

    def rule(self, threshold: float | None) -> Rule | None:
        """The rule that decides, of the checkpoint or with another threshold; None without one."""
        own = None if self.started is None else self.started.rule
        return own if own is None or threshold is None else own.at(threshold)

    def decision(self, threshold: float | None) -> bool:
        """Whether success is decided at `now`, had another threshold been there from the start."""
        if self.started is None or self.now is None:
            return False
        if threshold is None:
            return self.now.success
        if (rule := self.rule(threshold)) is None:
            return self.now.probability > threshold
        trial = self._trial
        if trial is None or trial.threshold != threshold:
            decide = Decider(rule.model_copy(update={"gates": ()}), self.started.fps)
            trial = self._trial = _Trial(threshold, decide)
        new = min(self.count - trial.frames, len(self._decided))
        newest = list(islice(reversed(self._decided), new))  # from that end: mostly it is one
        for seconds, probability in reversed(newest):
            trial.success = trial.decide(seconds, probability)
        trial.frames = self.count
        return trial.success

    def end(self) -> None:
        """Let it come to its end; `ended` follows."""
        if self.running:
            self.ending = True
            self.tool.finish()

    def close(self) -> None:
        """Wait for its end: nothing is at work when this returns."""
        self.tool.close(_PATIENCE)

    def _hear(self, event: Event) -> None:
        if isinstance(event, PreviewStarted):
            self.started = event
            self.began.emit()
        elif isinstance(event, FramePredicted) and not self.ending:
            self._take(event)

    def _take(self, event: FramePredicted) -> None:
        self.now = event
        self.count += 1
        # A closed gate decides as a probability below every threshold does.
        self._decided.append((event.seconds, event.probability if event.gates_open else -1.0))
        # Images are large, and only the latest is drawn.
        self.past.append(event.model_copy(update={"images": {}}))
        while event.seconds - self.past[0].seconds > TRACE:
            self.past.popleft()
        self.scored.emit()

    def _on_end(self, failure: Failure | None) -> None:
        self.failure = failure
        self.ended.emit()
