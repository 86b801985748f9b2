"""Writes new recordings in the layout of LeRobot's own writers: v2.0, v2.1 and v3.0."""

from labeler.dataset import Version
from labeler.storage.recording.encoding import can_encode
from labeler.storage.recording.specification import (
    DONE,
    REWARD,
    CameraSpec,
    Codec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
)
from labeler.storage.recording.writer import write_recording

__all__ = [
    "DONE",
    "REWARD",
    "CameraSpec",
    "Codec",
    "ColumnSpec",
    "EpisodeFrames",
    "RecordingSpec",
    "Version",
    "can_encode",
    "write_recording",
]
