"""Recordings on which rules are chosen and reported, and which is which.

How a rule is chosen may be changed by looking at the tasks in `CHOOSING`, as often as one likes;
figures in docs are of those in `REPORTING`, which nothing was chosen on. The first are the families
for choosing of `tests.bench.families.protocol`. In every task half of the episodes never succeed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import count, islice
from pathlib import Path

import numpy as np

from labeler.dataset import open_dataset
from labeler.dataset.labels_of import identity_of, labels_of
from labeler.demo.motion import closing_on_air, slipping
from labeler.demo.recording import GRIPPER, Action, lifting_at, story_of, write_stories
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.document import to_text
from labeler.labels.rewards import from_rewards
from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    write_recording,
)
from tests.bench.classifier.recordings import SIDE, Episode
from tests.bench.families import protocol

LENGTH = 40
HEAD = "observation.images.head"
_SHARED = Path(__file__).parents[4] / "shared"
LAMP = _SHARED / "recordings" / "lamp-128"
_EARLIEST = 5  # frames before success, so that an episode without it has as many

Task = Callable[[Path, int], tuple[Path, Path, str]]
"""Folder and number of episodes -> root of a recording, its label file, its camera."""


def _of_family(make: protocol.Make, folder: Path, wanted: int) -> tuple[Path, Path, str]:
    """Two of four episodes end before their first success, so that they have none."""
    found = list(islice(_usable(make), wanted))
    lengths = [int(np.argmax(one.success)) if n % 4 > 1 else LENGTH for n, one in enumerate(found)]
    spec = RecordingSpec(
        version="v3.0",
        cameras=(CameraSpec(GRIPPER, SIDE, SIDE, codec="h264", preset="veryfast"),),
        columns=(ColumnSpec("observation.state", shape=(6,)),),
        fps=10,
    )
    frames = (
        EpisodeFrames(
            "bring it where it belongs",
            {"observation.state": np.zeros((length, 6), np.float32)},
            {GRIPPER: islice(one.images, length)},
        )
        for one, length in zip(found, lengths, strict=True)
    )
    write_recording(folder / "recording", spec, frames)
    success = [one.success[:length] for one, length in zip(found, lengths, strict=True)]
    return _with_labels(folder, success)


def _usable(make: protocol.Make) -> Iterator[Episode]:
    for index in count():
        episode = make(0, index, LENGTH)
        if episode.success.any() and np.argmax(episode.success) >= _EARLIEST:
            yield episode


def _with_labels(folder: Path, success: list[np.ndarray]) -> tuple[Path, Path, str]:
    lengths = [len(one) for one in success]
    labels = {n: from_rewards(one, EpisodeLabel(len(one))) for n, one in enumerate(success)}
    with open_dataset(folder / "recording") as dataset:
        known = DatasetLabels(lengths, labels, identity_of(dataset))
    (folder / "labels.json").write_text(to_text(known))
    return folder / "recording", folder / "labels.json", GRIPPER


def action(number: int) -> Action:
    """Half of the episodes lift the cube; of the others it closes on air or the cube slips out."""
    frame = 14 + number % 9
    if number % 4 < 2:
        return lifting_at(frame)
    if number % 8 in (2, 7):  # of both halves that are compared
        return lambda place, length: closing_on_air(place, frame, length)
    return lambda place, length: slipping(place, frame, length)


def _lifting(
    first: int, look: Callable[[int], Mapping[str, float]], folder: Path, wanted: int
) -> tuple[Path, Path, str]:
    stories = [story_of(first + n, action(n), length=LENGTH, **look(n)) for n in range(wanted)]
    write_stories(folder / "recording", stories, "v3.0")
    return _with_labels(folder, [story.motion().lifted for story in stories])


def lamp(folder: Path, wanted: int) -> tuple[Path, Path, str]:
    """The sample recording's first episodes with the rewards that it brings along."""
    with open_dataset(LAMP) as dataset:
        known = labels_of(dataset)
    few = replace(known, touched={n: known[n] for n in range(min(wanted, len(known)))})
    (folder / "labels.json").write_text(to_text(few))
    return LAMP, folder / "labels.json", HEAD


def sample(name: str, folder: Path, wanted: int) -> tuple[Path, Path, str]:
    """The first episodes of a recording that LeRobot wrote, all of which succeed."""
    cutoffs = json.loads((_SHARED / "datasets" / f"{name}.cutoffs.json").read_text())
    few = {episode: frame for episode, frame in cutoffs.items() if int(episode) < wanted}
    (folder / "labels.json").write_text(json.dumps(few))
    return _SHARED / "datasets" / name, folder / "labels.json", GRIPPER


CHOOSING: dict[str, Task] = {
    name: partial(_of_family, make) for name, make in protocol.CHOOSING.items()
}
REPORTING: dict[str, Task] = {
    "steady": partial(_lifting, 4000, lambda n: {}),
    "changing light": partial(_lifting, 5000, lambda n: {"brightness": (1.0, 0.7, 0.45)[n % 3]}),
    "turned camera": partial(_lifting, 6000, lambda n: {"turn": (0.0, 0.25, 0.5)[n % 3]}),
    "lamp-128 (real)": lamp,
    "v3.0-pick_lift (sample)": partial(sample, "v3.0-pick_lift"),
    **{name: partial(_of_family, make) for name, make in protocol.REPORTING.items()},
}
TASKS: dict[str, Task] = {**CHOOSING, **REPORTING}
