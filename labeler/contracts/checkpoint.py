"""`labeler.json`: what a checkpoint does not say in LeRobot's own files.

Crop, threshold, and where it came from.
"""

import json
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from labeler.contracts.releases import ReleaseName
from labeler.decision import Rule
from labeler.errors import UsageError

FILE = "labeler.json"
"""Beside config.json, where LeRobot does not look."""
VERSION = 1
"""Rises when a reader of the old form would misread the new one."""

_Pixel = Annotated[int, Field(ge=0)]
_Positive = Annotated[int, Field(ge=1)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CameraContract(_Record):
    """How one camera's picture is cut and resized (bilinear), in the order of feeding."""

    key: str
    height: int
    width: int
    crop: tuple[_Pixel, _Pixel, _Positive, _Positive] | None = None
    """Top, left, height, width in the recorded picture."""


class EncoderContract(_Record):
    """The encoder inside."""

    name: str
    sha256: str
    revision: str | None = None


class Contract(_Record):
    """What has to be known to use a checkpoint."""

    version: int = VERSION
    release: ReleaseName = Field(
        validation_alias=AliasChoices("release", "dialect"), serialization_alias="dialect"
    )
    """The releases of LeRobot that it is written for."""
    cameras: tuple[CameraContract, ...] = Field(min_length=1)
    normalized: bool
    """Whether the classifier normalises pixels itself; it is fed [0, 1] either way."""
    encoder: EncoderContract
    threshold: float = Field(default=0.5, ge=0, le=1)
    rule: Rule | None = None
    """When probabilities become a decision, chosen on held-out episodes; None if none was."""
    rule_figures: tuple[str, ...] = ()
    """What the rule does to held-out episodes, in sentences."""
    figures: dict[str, float] = Field(default_factory=dict)
    """Held-out figures by name."""
    refit: bool = False
    """Whether threshold and figures are those of the same training without some episodes."""
    dataset: str = ""
    """Name of the dataset that it was trained on."""

    def text(self) -> str:
        """The JSON text of the file."""
        return self.model_dump_json(indent=2, by_alias=True) + "\n"


def read_contract(folder: Path) -> Contract | None:
    """The contract of a checkpoint of ours; None for one of LeRobot's.

    Raises:
        UsageError: the file is damaged or of a newer version.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
        version = json.loads(text)["version"]
        if version != VERSION:
            raise UsageError(f"{path} is of version {version!r}, written later.", "Update Labeler.")
        return Contract.model_validate_json(text)
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise UsageError(f"{path} is damaged.", "Export the checkpoint again.") from error
