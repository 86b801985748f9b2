"""What a file of probabilities says of its recording, in the metadata of its parquet schema."""

from collections.abc import Mapping
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


def recording_in_metadata(metadata: Mapping[bytes, bytes] | None) -> ScoredRecording | None:
    """What the metadata of a schema say; None where they say nothing that is understood here."""
    try:
        return ScoredRecording.model_validate_json((metadata or {})[KEY])
    except (KeyError, ValidationError):
        return None
