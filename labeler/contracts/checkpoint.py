"""`labeler.json`: what a checkpoint does not say in LeRobot's own files.

Crop, threshold, and where it came from.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from labeler.contracts.releases import ReleaseName
from labeler.decision import Rule
from labeler.errors import LabelerError, UsageError

FILE = "labeler.json"
"""Beside config.json, where LeRobot does not look."""
CARD = "README.md"
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


_HEADING, _FENCE, _END = "## HIL-SERL", "```json\n", "\n```"


def hil_serl_section(values: Mapping[str, Any]) -> str:
    """The part of a checkpoint's card with the JSON to paste into a HIL-SERL configuration."""
    return f"{_HEADING}\n\n{_FENCE}{json.dumps(values, indent=2)}{_END}\n"


def read_hil_serl_config(card: Path) -> str:
    """The JSON to paste into a HIL-SERL configuration, from a checkpoint's card.

    Raises:
        LabelerError: there is none in it.
    """
    try:
        text = card.read_text(encoding="utf-8")
    except OSError as error:
        raise LabelerError(f"{card} cannot be read: {error.strerror}.") from error
    _, _, section = text.partition(_HEADING)
    _, fence, block = section.partition(_FENCE)
    block, end, _ = block.partition(_END)
    if not fence or not end:
        raise LabelerError(f"{card} has no block for HIL-SERL.", "Train again.")
    return block.strip() + "\n"
