"""Names of pictures, and what stands for one that cannot be shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameKey:
    """One picture: episode, camera key, frame index in the episode."""

    episode: int
    camera: str
    frame: int


@dataclass(frozen=True, slots=True)
class Missing:
    """This picture, or the whole file, cannot be shown: one sentence why, one what to do."""

    message: str
    hint: str
