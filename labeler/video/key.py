"""Names of images, and what stands for one that cannot be shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameKey:
    """One image: episode, camera key, frame index in the episode."""

    episode: int
    camera: str
    frame: int


@dataclass(frozen=True, slots=True)
class Missing:
    """This image, or the whole file, cannot be shown: one sentence why, one what to do."""

    message: str
    hint: str


def defect(key: FrameKey, error: Exception) -> Missing:
    """Says that an image is missing because of a defect of this program."""
    return Missing(
        f"Frame {key.frame} of episode {key.episode} ({key.camera}) cannot be shown because of a "
        f"bug in this program: {type(error).__name__}: {error}.",
        "Please report it; the episode can be labelled by its other frames.",
    )
