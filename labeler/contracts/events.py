"""The line protocol between a training process and whoever listens: one JSON object a line.

`{"version": 1, "event": "step", …}`. Lines of a newer version, and events that are not known, are
no error for a listener: `parse` gives None for them. No torch here, so that a window can read it.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
)

from labeler.cures import Cure
from labeler.decision import Rule

VERSION = 1


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Started(_Event):
    """The run has passed all checks."""

    event: Literal["started"] = "started"
    output_dir: str
    device: str
    encoder: str
    train_frames: int
    held_out_frames: int
    train_episodes: int
    held_out_episodes: int
    steps: int
    """Optimiser steps if it is not stopped early."""
    first_step: int = 0
    """Steps that an earlier run had done, which this one resumes."""


class Encoding(_Event):
    """Frames decoded and encoded, of those that the cache lacked."""

    event: Literal["encoding"] = "encoding"
    done: int
    total: int
    frames_per_second: float


class TrainingStep(_Event):
    """Training since the last such line."""

    event: Literal["step"] = "step"
    step: int
    epoch: float
    loss: float
    """Mean of the batches since the last such line."""
    learning_rate: float
    seconds: float
    """Since the first step of this process."""
    fold: int | None = None
    refit: bool = False
    """Whether this is the training on all frames, after the one that is evaluated."""


class HeldOutEvaluation(_Event):
    """Held-out frames predicted with the weights of this step."""

    event: Literal["evaluation"] = "evaluation"
    step: int
    epoch: float
    loss: float
    accuracy: float
    precision: float
    recall: float
    f1: float
    best: bool
    """Whether the held-out loss was never lower."""
    fold: int | None = None


class RuleChosen(_Event):
    """The decision rule that goes into the final checkpoint."""

    event: Literal["rule"] = "rule"
    rule: str
    """In words."""
    sentence: str
    """How it came about."""
    gates: dict[str, str] = Field(default_factory=dict)
    """Gates, as they are typed, that are not part of it and would improve it, with what they do."""


class CheckpointSaved(_Event):
    """A checkpoint lies on disk."""

    event: Literal["checkpoint"] = "checkpoint"
    step: int
    path: str
    best: bool
    refit: bool = False
    """Whether it was trained on every labelled frame."""


class Warned(_Event):
    """Something the user should know; training goes on."""

    event: Literal["warning"] = "warning"
    message: str


class Finished(_Event):
    """The run is over, as planned, early, or because it was told to stop."""

    event: Literal["finished"] = "finished"
    output_dir: str
    reason: Literal["steps", "early stopping", "stopped"]
    step: int
    best_step: int
    figures: dict[str, float | None] = Field(default_factory=dict)
    """Held-out figures of the best checkpoint by name."""


_KINDS: Mapping[str, type[Cure]] = {kind.__name__: kind for kind in Cure.__subclasses__()}


def _values(what: tuple[Cure, ...]) -> list[dict[str, object]]:
    """Cures as JSON has them: `{"cure": "CheckRevision", "setting": ""}`."""
    return [{"cure": type(one).__name__, **vars(one)} for one in what]


def _cures(values: Any) -> tuple[Cure, ...]:  # noqa: ANN401 - JSON
    """Cures of a line; one that is not known here, or has other fields, is left out."""
    found: list[Cure] = []
    for one in values if isinstance(values, list | tuple) else ():
        if isinstance(one, Cure):
            found.append(one)
        elif isinstance(one, dict) and (kind := _KINDS.get(str(one.get("cure")))) is not None:
            fields = {name: value for name, value in one.items() if name != "cure"}
            with suppress(ValidationError):
                found.append(TypeAdapter(kind).validate_python(fields))
    return tuple(found)


Cures = Annotated[tuple[Any, ...], BeforeValidator(_cures), PlainSerializer(_values)]


class Failed(_Event):
    """A command ended with an error; of a run, the last checkpoint is whole.

    What would help is told as data, and whoever listens says it in words of its own.
    """

    event: Literal["failed"] = "failed"
    message: str
    cures: Cures = ()
    setting: str = ""
    """Key of the setting that the error is about, as `train.folds`; empty if about none."""


class PreviewStarted(_Event):
    """`labeler-train preview` is ready to predict."""

    event: Literal["preview started"] = "preview started"
    source: str
    device: str
    threshold: float
    """In use, whatever that of the rule is."""
    rule: Rule | None = None
    """The checkpoint's; None where one probability above the threshold decides."""
    fps: float = 30.0
    """Frames per second by which a hold is counted."""
    notes: tuple[str, ...] = ()
    """What is to be said of it once."""
    cameras: dict[str, list[int] | None]
    """Crop (top, left, height, width) of each camera's image; null for the whole image."""


class JpegImage(BaseModel):
    """What a camera showed; height and width are those of the source, in which crops are told."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    jpeg: str
    """A JPEG file in base64, which may be smaller than the source's image."""
    height: int
    width: int


class FramePredicted(_Event):
    """One moment of a preview."""

    event: Literal["frame"] = "frame"
    frame: int
    seconds: float
    """Time in the source."""
    probability: float
    success: bool
    """Whether success is decided."""
    gates_open: bool = True
    """Whether all gates of the rule hold."""
    latency_ms: float
    """From when the image had come until it was predicted."""
    frames_per_second: float
    dropped: int = 0
    """Images of a live source that came and went unseen so far."""
    difference: str = ""
    """How the images of late differ from those of the training; empty where they do not."""
    images: dict[str, JpegImage] = Field(default_factory=dict)
    """By camera key, where they were asked for."""


Event = (
    Started
    | Encoding
    | TrainingStep
    | HeldOutEvaluation
    | RuleChosen
    | CheckpointSaved
    | Warned
    | Finished
    | Failed
    | PreviewStarted
    | FramePredicted
)

_ANY: TypeAdapter[Event] = TypeAdapter(
    Annotated[Event, Field(discriminator="event")], config=ConfigDict(defer_build=True)
)


def line(event: Event) -> str:
    """An event as a line, without the line's end. Numbers that are not finite become null."""
    return json.dumps({"version": VERSION, **event.model_dump(mode="json")}, ensure_ascii=False)


def parse(text: str) -> Event | None:
    """The event of a line; None for a line cut off by a kill, and for what is not known here."""
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or values.get("version") != VERSION:
            return None
        return _ANY.validate_python(values)
    except (ValueError, ValidationError, RecursionError):
        return None
