"""What a file of probabilities says of its recording, in the metadata of its parquet schema."""

import json
from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

KEY = b"labeler"
"""The key of the schema's metadata under which it stands, as JSON."""


class ScoredRecording(BaseModel):
    """The recording whose frames were scored.

    fingerprint: that of `labeler.dataset.files`
    lengths: frames of each episode
    rule: the decision rule behind the column `decision`, in words; empty without that column
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    format: Literal["labeler-scores"] = "labeler-scores"
    version: Literal[1] = 1
    fingerprint: str
    lengths: tuple[int, ...]
    rule: str = ""

    def to_metadata(self) -> dict[bytes, bytes]:
        """The schema's metadata that say this."""
        return {KEY: self.model_dump_json().encode()}


SIGNALS = "lerobot.scores"
"""LeRobot's prefix of what it says of frame signals in the schema's metadata (after 0.6.1)."""
SIGNALS_FORMAT, SIGNALS_VERSION = b"lerobot.frame_signals", b"1"
PLACES = ("index", "episode_index", "frame_index")
"""LeRobot's columns that say of which frame a row is; every other one is a signal."""
_DESCRIPTIONS = {
    "episode": "Episode, as episode_index.",
    "frame": "Frame of the episode, as frame_index.",
    "probability": "Probability that the task is achieved in this frame.",
    "progress_sparse": "The probability again, where LeRobot looks for progress.",
    "distance": "How far the image is from those of the training; above 1 it is unlike them.",
    "decision": "Whether the decision rule of the checkpoint says success in this frame.",
}
_RISING = ("probability", "progress_sparse", "decision")


def signal_metadata(columns: Collection[str]) -> dict[bytes, bytes]:
    """What LeRobot reads of our columns; empty where its own `PLACES` are not among them.

    Its reader wants a descriptor for each column but those.
    """
    if not set(PLACES) <= set(columns):
        return {}
    descriptors = {
        name: {
            "description": _DESCRIPTIONS[name],
            "direction": "higher" if name in _RISING else "none",
            "allow_nan": False,
            "bounds": [0.0, 1.0] if name in _RISING[:2] else None,
        }
        for name in columns
        if name not in PLACES
    }
    return {
        f"{SIGNALS}.format".encode(): SIGNALS_FORMAT,
        f"{SIGNALS}.schema_version".encode(): SIGNALS_VERSION,
        f"{SIGNALS}.provenance".encode(): json.dumps({"scoring": {"tool": "labeler"}}).encode(),
        f"{SIGNALS}.descriptors".encode(): json.dumps(descriptors, sort_keys=True).encode(),
    }


def recording_in_metadata(metadata: Mapping[bytes, bytes] | None) -> ScoredRecording | None:
    """What the metadata of a schema say; None where they say nothing that is understood here."""
    try:
        return ScoredRecording.model_validate_json((metadata or {})[KEY])
    except (KeyError, ValidationError):
        return None
