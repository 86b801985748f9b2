"""How often images like those of the training are called different, and others are not.

    python -m tests.bench.likeness [CHANGE...] [--trainings 5] [--recordings 5]

Images are those of the demo's camera in front of the robot, at half LeRobot's usual size, under a
ResNet10 of random weights. Each training has episodes of its own, and so has each recording.
"""

import argparse
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from classifier.encoder import Encoder, load_encoder
from classifier.likeness import TrainingLikeness, known_frames
from classifier.model import frame_numbers
from labeler.demo.recording import lifting_at, story_of
from labeler.demo.scene import front_images
from tests.bench.families.protocol import FAMILIES

LENGTH, STEP = 16, 2
FRAMES = LENGTH // STEP
TRAINED, EPISODES = 8, 4
OTHER = "shape"
_SIDE = 64
_MOVED = 6  # pixels
_AT_ONCE = 16

Images = NDArray[np.uint8]


def front(first: int, count: int, *, brightness: float = 1.0, turn: float = 0.0) -> Images:
    """Some images of episodes of the demo, uint8 (n, 64, 64, 3)."""
    pictures = []
    for index in range(first, first + count):
        action = lifting_at(6 + index % 5)
        story = story_of(index, action, length=LENGTH, brightness=brightness, turn=turn)
        shown = list(front_images(story.motion(), story.look))[::STEP]
        pictures += [_small(picture) for picture in shown]
    return np.stack(pictures)


def _small(picture: Images) -> Images:
    return np.asarray(Image.fromarray(picture).resize((_SIDE, _SIDE), Image.Resampling.BOX))


def moved(images: Images) -> Images:
    """What a camera shows that has moved a little to the side; its image's edge is repeated."""
    wide = np.pad(images, ((0, 0), (0, 0), (0, _MOVED), (0, 0)), mode="edge")
    return wide[:, :, _MOVED:]


def other_task(first: int, count: int) -> Images:
    """The same number of images of another task."""
    make = FAMILIES[OTHER]
    pictures = [p for n in range(count) for p in make(first, n, FRAMES).images]
    return np.stack([_small(picture) for picture in pictures])


CHANGES: dict[str, Callable[[int], Images]] = {
    "unchanged": lambda first: front(first, EPISODES),
    "light at 45%": lambda first: front(first, EPISODES, brightness=0.45),
    "overexposed": lambda first: (front(first, EPISODES) * 1.6).clip(0, 255).astype(np.uint8),
    "camera moved": lambda first: moved(front(first, EPISODES)),
    "camera turned": lambda first: front(first, EPISODES, turn=0.5),
    "image flipped": lambda first: front(first, EPISODES)[:, :, ::-1],
    "another task": lambda first: other_task(first, EPISODES),
}
"""What recordings are like, by the number of their first episode."""


def numbers_of(encoder: Encoder, images: Images) -> dict[str, NDArray[np.float32]]:
    """What images are compared by."""
    pixels = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        parts = [encoder.features(part) for part in pixels.split(_AT_ONCE)]
    return frame_numbers([torch.cat(parts)], [pixels])


def training(encoder: Encoder, number: int) -> TrainingLikeness:
    """What is kept of a training."""
    episodes = np.repeat(np.arange(TRAINED), FRAMES)
    found = numbers_of(encoder, front(1000 * number, TRAINED))
    known = {name: known_frames(values, episodes) for name, values in found.items()}
    return TrainingLikeness({name: one for name, one in known.items() if one is not None})


def difference(encoder: Encoder, known: TrainingLikeness, images: Images) -> tuple[str, float, str]:
    """The kind in which a recording differs most, in units of its limit, and what is said."""
    episodes = np.split(known.distances(numbers_of(encoder, images)), EPISODES)
    return *known.largest(episodes), known.sentence(episodes)


def first_of(training_number: int, recording: int) -> int:
    """Number of the first episode of a recording, which no training has."""
    return 1000 * training_number + 100 + EPISODES * recording


def main() -> None:
    """Print a row for each change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("changes", nargs="*", default=list(CHANGES), metavar="CHANGE")
    parser.add_argument("--trainings", type=int, default=5)
    parser.add_argument("--recordings", type=int, default=5)
    chosen = parser.parse_args()
    encoder = load_encoder("random")
    pairs = [(t, r) for t in range(chosen.trainings) for r in range(chosen.recordings)]
    known = [training(encoder, number) for number in range(chosen.trainings)]
    for name in chosen.changes:
        make = CHANGES[name]
        found = [difference(encoder, known[t], make(first_of(t, r))) for t, r in pairs]
        shares = sorted(share for _, share, _ in found)
        told = sum(bool(sentence) for *_, sentence in found)
        print(
            f"{name:14} called different: {told} of {len(found)}; distance over the limit: "
            f"{shares[0]:.2f} to {shares[-1]:.2f}"
        )


if __name__ == "__main__":
    main()
