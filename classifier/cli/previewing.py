"""A preview as the command shows it: a line that changes, JSON lines, a video, a summary."""

import math
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.live import Live
from rich.text import Text

from classifier import output
from classifier.checkpoint import LoadedCheckpoint
from classifier.cli.completing import say_next_of, whole_key
from classifier.cli.predicting import rule_notes
from classifier.preview import (
    LiveShots,
    Prediction,
    Predictor,
    Shot,
    annotate,
    episode_moments,
    episode_shots,
    is_device,
    jpeg_images,
    video_moments,
    video_shots,
)
from classifier.preview.drawing import TRACE
from classifier.train.stopping import Stop, signals
from labeler.console.heartbeat import describe, pause
from labeler.console.output import messages, note, results, say
from labeler.console.outputs import output_file
from labeler.contracts.events import Event, FramePredicted, PreviewStarted, line
from labeler.dataset import open_dataset
from labeler.errors import UsageError
from labeler.labels.wording import exact_text

_BAR = 30  # characters
_THRESHOLD = 0.5
_COMPARED = 30
"""Images before a live preview says that they differ from the training."""
_FPS = 30.0
"""Of the images, where nothing says it; a hold in seconds is counted in frames by it."""


@dataclass(frozen=True)
class PreviewOptions:
    """What is to be previewed and how; see the command's options."""

    checkpoint: Path
    source: Path
    episode: int | None
    camera: str | None
    threshold: float | None
    out: Path | None
    overwrite: bool
    live: bool
    seconds: float | None
    events: bool
    images: int | None
    """Rows of the images that go with events; None for no images."""
    thresholds: bool
    """Whether stdin gives further thresholds."""


def preview(checkpoint: LoadedCheckpoint, options: PreviewOptions) -> None:
    """Predict everything that comes, until the source or somebody ends it.

    Raises:
        UsageError: the source does not fit the classifier.
        DamagedDatasetError: the source cannot be read to its end; the video is not kept.
        StorageError: the video cannot be written.
    """
    predictor, notes = _predictor(checkpoint, options)
    for sentence in notes:
        note(sentence)
    predictions: list[Prediction] = []
    past: deque[Prediction] = deque()
    with ExitStack() as stack:
        stop = stack.enter_context(signals())
        if options.thresholds:
            follow_thresholds(predictor, stop)
        video = stack.enter_context(_video(options))
        shots = stack.enter_context(_shots(predictor, options, stop))
        show = stack.enter_context(_display(options, predictor))
        if options.events:
            _print(_start_event(predictor, options, notes))
        for shot in shots:
            if options.seconds is not None and shot.seconds >= options.seconds:
                break
            prediction = predictor(shot)
            predictions.append(prediction)
            _remember(past, prediction)
            show(shot, prediction, getattr(shots, "dropped", 0), predictor.threshold)
            if video is not None:
                cameras = checkpoint.model.cameras
                video.add(annotate(shot, cameras, list(past), predictor.threshold), shot.seconds)
            if stop:
                break  # the usual end of a live preview
    _summarize(predictions, predictor, options)
    if not options.events:
        say_next_of(options.checkpoint)


def _predictor(
    checkpoint: LoadedCheckpoint, options: PreviewOptions
) -> tuple[Predictor, tuple[str, ...]]:
    """What decides by the checkpoint's rule, and what is to be said of that."""
    contract = checkpoint.contract
    rule = None if contract is None else contract.rule
    own = _THRESHOLD if contract is None else contract.threshold
    threshold = own if rule is None else rule.threshold
    threshold = threshold if options.threshold is None else options.threshold
    fps, notes = (contract and contract.rule_fps) or _FPS, []
    if _is_dataset(options.source):
        with open_dataset(options.source) as dataset:
            fps, notes = dataset.fps, rule_notes(contract, dataset)
    elif rule is not None and rule.gates:
        gates = " and ".join(gate.text for gate in rule.gates)
        notes = [f"{options.source} has no state of the robot, so {gates} is taken to hold."]
    predictor = Predictor(checkpoint.model, threshold, rule, fps, checkpoint.likeness)
    return predictor, tuple(notes)


def _is_dataset(source: Path) -> bool:
    return (source / "meta" / "info.json").is_file()


def _remember(past: deque[Prediction], prediction: Prediction) -> None:
    past.append(prediction)
    while prediction.seconds - past[0].seconds > TRACE:
        past.popleft()


@contextmanager
def _video(options: PreviewOptions) -> Iterator[output.VideoWriter | None]:
    if options.out is None:
        yield None
        return
    output.require_outside_datasets(options.out)
    with (
        output_file(options.out, "labeler-train preview", overwrite=options.overwrite) as place,
        output.new_video(place, overwrite=True) as video,
    ):
        yield video


@contextmanager
def _shots(
    predictor: Predictor, options: PreviewOptions, stop: Stop
) -> Iterator["Iterator[Shot] | LiveShots"]:
    source = options.source
    if _is_dataset(source):
        gates = () if predictor.rule is None else predictor.rule.gates
        if options.episode is None:
            raise UsageError(f"{source} is a dataset.", "Name an episode with --episode N.")
        with open_dataset(source) as dataset:
            if not options.live:
                yield episode_shots(dataset, predictor.keys, options.episode, gates)
                return
            moments = episode_moments(dataset, predictor.keys, options.episode, gates)
            with LiveShots(moments, lambda: not stop) as live:
                yield live
        return
    if options.episode is not None:
        raise UsageError(f"{source} is not a dataset.", "Leave out --episode.")
    key = _only_camera(predictor, options)
    if options.live or is_device(source):
        played = not is_device(source)
        with LiveShots(video_moments(source, key), lambda: not stop, played=played) as live:
            yield live
    else:
        yield video_shots(source, key)


def _only_camera(predictor: Predictor, options: PreviewOptions) -> str:
    if len(predictor.keys) > 1:
        raise UsageError(
            f"The classifier needs the images of {len(predictor.keys)} cameras at once: "
            f"{', '.join(predictor.keys)}.",
            "Preview an episode of a recording with these cameras, with --episode N.",
        )
    named = options.camera
    if named is not None and whole_key(named, predictor.keys) not in predictor.keys:
        raise UsageError(
            f"The classifier has no camera {options.camera!r}.",
            f"Its camera is {predictor.keys[0]}.",
        )
    return predictor.keys[0]


@contextmanager
def _display(
    options: PreviewOptions, predictor: Predictor
) -> Iterator[Callable[[Shot, Prediction, int, float], None]]:
    """What is told of each frame: a function of it, what it was predicted, dropped, threshold."""
    if options.events:
        yield lambda shot, prediction, dropped, threshold: _print(
            _event(shot, prediction, dropped, options, predictor.difference(_COMPARED))
        )
        return
    if not messages.is_terminal:
        seconds = 0.0

        def follow(shot: Shot, *more: object) -> None:
            nonlocal seconds
            seconds = shot.seconds

        with describe(lambda: f"Predicted up to {seconds:.1f} s"):
            yield follow
        return
    with pause(), Live(console=messages, transient=True, refresh_per_second=20) as shown:
        yield lambda shot, prediction, dropped, threshold: shown.update(
            _line(prediction, dropped, threshold)
        )


def _line(prediction: Prediction, dropped: int, threshold: float) -> Text:
    filled, mark = round(prediction.probability * _BAR), min(round(threshold * _BAR), _BAR - 1)
    bar = ["█" if place < filled else "░" for place in range(_BAR)]
    bar[mark] = "┃"
    late = f", {dropped} dropped" if dropped else ""
    return Text(
        f"{prediction.seconds:7.2f} s  {''.join(bar)} {prediction.probability:.3f}  "
        f"{prediction.rate:.0f} fps, {prediction.latency * 1000:.0f} ms{late}",
        style="green" if prediction.success else "red",
    )


def _start_event(
    predictor: Predictor, options: PreviewOptions, notes: tuple[str, ...]
) -> PreviewStarted:
    model = predictor.model
    return PreviewStarted(
        source=str(options.source),
        device=str(next(model.parameters()).device),
        threshold=predictor.threshold,
        rule=predictor.own_rule,
        fps=predictor.fps,
        notes=notes,
        cameras={c.key: None if c.crop is None else list(c.crop) for c in model.cameras},
    )


def _event(
    shot: Shot, prediction: Prediction, dropped: int, options: PreviewOptions, difference: str
) -> FramePredicted:
    images = {} if options.images is None else jpeg_images(shot.images, options.images)
    return FramePredicted(
        frame=prediction.index,
        seconds=prediction.seconds,
        probability=prediction.probability,
        success=prediction.success,
        gates_open=prediction.gates_open,
        latency_ms=prediction.latency * 1000,
        frames_per_second=prediction.rate,
        dropped=dropped,
        difference=difference,
        images=images,
    )


def _print(event: Event) -> None:
    sys.stdout.write(f"{line(event)}\n")
    sys.stdout.flush()


def _summarize(
    predictions: list[Prediction], predictor: Predictor, options: PreviewOptions
) -> None:
    console = messages if options.events else results
    if not predictions:
        say("No image arrived.", console)
        return
    latency = np.percentile([one.latency * 1000 for one in predictions], (50, 95))
    success = [one for one in predictions if one.success]
    if (rule := predictor.rule) is None:
        decided = f"above {exact_text(predictor.threshold)}"
    else:
        decided = f"decided success: {rule.text}"
    say(f"{len(predictions):,} frames, {len(success):,} {decided}.", console)
    if success:
        first = success[0]
        say(f"First success: frame {first.index}, at {first.seconds:.2f} s.", console)
    say(
        f"{predictions[-1].rate:.1f} frames per second; latency {latency[0]:.1f} ms, "
        f"95% below {latency[1]:.1f} ms.",
        console,
    )
    if different := predictor.difference():
        note(different)
    if options.out is not None and predictions:
        say(f"Video: {options.out}", console)


_STDIN = 0
_BLOCK = 4096


def follow_thresholds(predictor: Predictor, stop: Stop) -> None:
    """Take thresholds from stdin in a thread; a line that is none is left out."""
    threading.Thread(target=_follow, args=(predictor, stop), name="stdin", daemon=True).start()


def _follow(predictor: Predictor, stop: Stop) -> None:
    for typed in _lines():
        with suppress(ValueError):
            value = float(typed)
            if math.isfinite(value) and 0 <= value <= 1:
                predictor.threshold = value
    stop.number = signal.SIGTERM


def _lines() -> Iterator[str]:
    """Read by the system's own call: a buffered reader held by a thread fails at the end."""
    half = b""
    with suppress(OSError):
        while block := os.read(_STDIN, _BLOCK):
            *lines, half = (half + block).split(b"\n")
            for line in lines:
                yield line.decode("ascii", "replace")
