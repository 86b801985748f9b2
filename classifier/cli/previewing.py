"""A preview as the command shows it: a line that changes, JSON lines, a film, a summary."""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.live import Live
from rich.text import Text

from classifier import output
from classifier.checkpoint import Checkpoint
from classifier.cli.thresholds import follow_thresholds
from classifier.preview import (
    Judge,
    Judged,
    LiveShots,
    Shot,
    annotated,
    episode_moments,
    episode_shots,
    film_moments,
    film_shots,
    is_device,
    sent,
)
from classifier.preview.drawing import TRACE
from classifier.train.stopping import Stop, signals
from labeler.console.output import messages, results, say
from labeler.console.outputs import output_file
from labeler.contracts.events import Event, FrameJudged, PreviewStarted, line
from labeler.dataset import open_dataset
from labeler.errors import UsageError

_BAR = 30  # characters
_THRESHOLD = 0.5


@dataclass(frozen=True)
class Wish:
    """What is to be previewed and how; see the command's options."""

    source: Path
    episode: int | None
    camera: str | None
    threshold: float | None
    out: Path | None
    overwrite: bool
    live: bool
    seconds: float | None
    events: bool
    pictures: int | None
    """Rows of the pictures that go with events; None for no pictures."""
    thresholds: bool
    """Whether stdin gives further thresholds."""


def preview(checkpoint: Checkpoint, wish: Wish) -> None:
    """Judge everything that comes, until the source or somebody ends it.

    Raises:
        UsageError: the source does not fit the classifier.
        DamagedDatasetError: the source cannot be read to its end; the film is not kept.
        StorageError: the film cannot be written.
    """
    contract = checkpoint.contract
    chosen = contract.threshold if contract is not None else _THRESHOLD
    judge = Judge(checkpoint.model, chosen if wish.threshold is None else wish.threshold)
    all_judged: list[Judged] = []
    past: deque[Judged] = deque()
    with ExitStack() as stack:
        stop = stack.enter_context(signals())
        if wish.thresholds:
            follow_thresholds(judge, stop)
        film = stack.enter_context(_film(wish))
        shots = stack.enter_context(_shots(judge, wish, stop))
        show = stack.enter_context(_shown(wish))
        if wish.events:
            _print(_started(judge, wish))
        for shot in shots:
            if wish.seconds is not None and shot.seconds >= wish.seconds:
                break
            judged = judge(shot)
            all_judged.append(judged)
            _remember(past, judged)
            show(shot, judged, getattr(shots, "dropped", 0), judge.threshold)
            if film is not None:
                cameras = checkpoint.model.cameras
                film.add(annotated(shot, cameras, list(past), judge.threshold), shot.seconds)
            if stop:
                break  # the usual end of a live preview
    _summarize(all_judged, judge.threshold, wish)


def _remember(past: deque[Judged], judged: Judged) -> None:
    past.append(judged)
    while judged.seconds - past[0].seconds > TRACE:
        past.popleft()


@contextmanager
def _film(wish: Wish) -> Iterator[output.VideoFile | None]:
    if wish.out is None:
        yield None
        return
    output.require_outside_datasets(wish.out)
    with (
        output_file(wish.out, "labeler-train preview", overwrite=wish.overwrite) as place,
        output.new_video(place, overwrite=True) as film,
    ):
        yield film


@contextmanager
def _shots(judge: Judge, wish: Wish, stop: Stop) -> Iterator["Iterator[Shot] | LiveShots"]:
    source = wish.source
    if (source / "meta" / "info.json").is_file():
        if wish.episode is None:
            raise UsageError(f"{source} is a dataset.", "Name an episode with --episode N.")
        with open_dataset(source) as dataset:
            if not wish.live:
                yield episode_shots(dataset, judge.keys, wish.episode)
                return
            moments = episode_moments(dataset, judge.keys, wish.episode)
            with LiveShots(moments, lambda: not stop) as live:
                yield live
        return
    if wish.episode is not None:
        raise UsageError(f"{source} is no dataset.", "Leave out --episode.")
    key = _only_camera(judge, wish)
    if wish.live or is_device(source):
        played = not is_device(source)
        with LiveShots(film_moments(source, key), lambda: not stop, played=played) as live:
            yield live
    else:
        yield film_shots(source, key)


def _only_camera(judge: Judge, wish: Wish) -> str:
    if len(judge.keys) > 1:
        raise UsageError(
            f"The classifier wants the images of {len(judge.keys)} cameras at once: "
            f"{', '.join(judge.keys)}.",
            "Preview an episode of a recording with these cameras, with --episode N.",
        )
    if wish.camera not in (None, *judge.keys):
        raise UsageError(
            f"The classifier has no camera {wish.camera!r}.", f"Its camera is {judge.keys[0]}."
        )
    return judge.keys[0]


@contextmanager
def _shown(wish: Wish) -> Iterator[Callable[[Shot, Judged, int, float], None]]:
    """What is told of each frame: a function of it, what it was judged, dropped, threshold."""
    if wish.events:
        yield lambda shot, judged, dropped, threshold: _print(_event(shot, judged, dropped, wish))
        return
    if not messages.is_terminal:
        yield lambda shot, judged, dropped, threshold: None
        return
    with Live(console=messages, transient=True, refresh_per_second=20) as shown:
        yield lambda shot, judged, dropped, threshold: shown.update(
            _line(judged, dropped, threshold)
        )


def _line(judged: Judged, dropped: int, threshold: float) -> Text:
    filled, mark = round(judged.probability * _BAR), min(round(threshold * _BAR), _BAR - 1)
    bar = ["█" if place < filled else "░" for place in range(_BAR)]
    bar[mark] = "┃"
    late = f", {dropped} dropped" if dropped else ""
    return Text(
        f"{judged.seconds:7.2f} s  {''.join(bar)} {judged.probability:.3f}  "
        f"{judged.rate:.0f} fps, {judged.latency * 1000:.0f} ms{late}",
        style="green" if judged.success else "red",
    )


def _started(judge: Judge, wish: Wish) -> PreviewStarted:
    model = judge.model
    return PreviewStarted(
        source=str(wish.source),
        device=str(next(model.parameters()).device),
        threshold=judge.threshold,
        cameras={c.key: None if c.crop is None else list(c.crop) for c in model.cameras},
    )


def _event(shot: Shot, judged: Judged, dropped: int, wish: Wish) -> FrameJudged:
    pictures = {} if wish.pictures is None else sent(shot.pictures, wish.pictures)
    return FrameJudged(
        frame=judged.index,
        seconds=judged.seconds,
        probability=judged.probability,
        success=judged.success,
        latency_ms=judged.latency * 1000,
        frames_per_second=judged.rate,
        dropped=dropped,
        pictures=pictures,
    )


def _print(event: Event) -> None:
    sys.stdout.write(f"{line(event)}\n")
    sys.stdout.flush()


def _summarize(judged: list[Judged], threshold: float, wish: Wish) -> None:
    console = messages if wish.events else results
    if not judged:
        say("No image arrived.", console)
        return
    latency = np.percentile([one.latency * 1000 for one in judged], (50, 95))
    success = [one for one in judged if one.success]
    say(f"{len(judged):,} frames, {len(success):,} above {threshold:.3g}.", console)
    if success:
        first = success[0]
        say(f"First success: frame {first.index}, at {first.seconds:.2f} s.", console)
    say(
        f"{judged[-1].rate:.1f} frames per second; latency {latency[0]:.1f} ms, "
        f"95 % below {latency[1]:.1f} ms.",
        console,
    )
    if wish.out is not None and judged:
        say(f"Video: {wish.out}", console)
