"""What a training has told so far: where it is, its curves, how it ended. Knows no window."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from labeler.contracts.events import (
    Encoding,
    Event,
    Failed,
    Finished,
    HeldOutEvaluation,
    Started,
    TrainingStep,
    Warned,
)


class Phase(Enum):
    """Where a training is; the value is what the window says."""

    STARTING = "starting"
    ENCODING = "encoding"
    TRAINING = "training"
    FOLDS = "cross-validating"
    REFIT = "training on all"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    DIED = "cut off"

    @property
    def over(self) -> bool:
        """Whether nothing more will be told."""
        return self in (Phase.FINISHED, Phase.STOPPED, Phase.FAILED, Phase.DIED)


@dataclass
class Story:
    """Events of one run put together; a run that was resumed goes on in the same story."""

    phase: Phase = Phase.STARTING
    started: Started | None = None
    encoding: Encoding | None = None
    steps: list[TrainingStep] = field(default_factory=list)
    evaluations: list[HeldOutEvaluation] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    aside: TrainingStep | None = None
    """The latest step of a round of cross-validation, or of the training on all episodes."""
    finished: Finished | None = None
    failed: Failed | None = None
    _first: TrainingStep | None = None  # of the present process

    def tell(self, events: Iterable[Event]) -> bool:
        """Go on with events; whether there were any."""
        told = False
        for event in events:
            self._take(event)
            told = True
        return told

    def process_ended(self, *, asked_to_stop: bool) -> None:
        """The process is gone; if it did not say why, the story says that."""
        if not self.phase.over:
            self.phase = Phase.STOPPED if asked_to_stop else Phase.DIED

    def process_began(self) -> None:
        """A process takes the run up again."""
        self.phase, self.finished, self.failed, self.aside = Phase.STARTING, None, None, None

    @property
    def best(self) -> HeldOutEvaluation | None:
        """The evaluation with the lowest held-out loss."""
        return next((one for one in reversed(self.evaluations) if one.best), None)

    @property
    def figures(self) -> dict[str, float | None]:
        """Held-out figures: of the end, or of the best evaluation so far."""
        if self.finished is not None and self.finished.figures:
            return self.finished.figures
        if self.best is None:
            return {}
        return {"accuracy": self.best.accuracy, "f1": self.best.f1}

    @property
    def seconds_left(self) -> float | None:
        """How long the present part will take at most; None where that is not known."""
        if self.phase is Phase.ENCODING and self.encoding is not None:
            rate = self.encoding.frames_per_second
            return (self.encoding.total - self.encoding.done) / rate if rate > 0 else None
        if self.phase is not Phase.TRAINING or not self.started or not self._first:
            return None
        last, first = self.steps[-1], self._first
        done, took = last.step - first.step, last.seconds - first.seconds
        return (self.started.steps - last.step) * took / done if done > 0 and took >= 0 else None

    @property
    def share(self) -> float:
        """How much of the present part is done, from 0 to 1."""
        if self.phase is Phase.ENCODING and self.encoding is not None:
            return self.encoding.done / max(self.encoding.total, 1)
        aside = self.phase in (Phase.FOLDS, Phase.REFIT)
        step = self.aside if aside else (self.steps[-1] if self.steps else None)
        if step is None or self.started is None:
            return 0.0
        return min(step.step / max(self.started.steps, 1), 1.0)

    def _take(self, event: Event) -> None:
        match event:
            case Started():
                self._begin(event)
            case Encoding():
                self.phase, self.encoding = Phase.ENCODING, event
            case TrainingStep():
                self._step(event)
            case HeldOutEvaluation() if event.fold is None:
                self.evaluations.append(event)
            case Warned():
                if event.message not in self.warnings:
                    self.warnings.append(event.message)
            case Finished():
                self.finished = event
                self.phase = Phase.STOPPED if event.reason == "stopped" else Phase.FINISHED
            case Failed():
                self.failed, self.phase = event, Phase.FAILED

    def _begin(self, event: Started) -> None:
        """What an earlier process did after the checkpoint that is gone on from was lost."""
        self.process_began()
        self.started, self._first, self.encoding = event, None, None
        self.steps = [one for one in self.steps if one.step <= event.first_step]
        kept = [one for one in self.evaluations if one.step <= event.first_step]
        self.evaluations = kept

    def _step(self, event: TrainingStep) -> None:
        if event.fold is not None or event.refit:
            self.phase, self.aside = Phase.REFIT if event.refit else Phase.FOLDS, event
            return
        self.phase = Phase.TRAINING
        self._first = self._first or event
        self.steps.append(event)
