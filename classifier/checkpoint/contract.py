"""What a checkpoint does not say in LeRobot's own files: crop, threshold, where it came from."""

import json
from pathlib import Path

from pydantic import Field, ValidationError

from classifier.config.dataset import Crop
from classifier.config.record import Record
from classifier.config.train_section import Dialect
from labeler.errors import UsageError

FILE = "labeler.json"
"""Beside config.json, where LeRobot does not look."""


class CameraContract(Record):
    """How one camera's picture is cut and resized (bilinear), in the order of feeding."""

    key: str
    height: int
    width: int
    crop: Crop | None = None
    """Top, left, height, width in the recorded picture."""


class EncoderContract(Record):
    """The encoder inside."""

    name: str
    sha256: str
    revision: str | None = None


class Contract(Record):
    """What has to be known to use a checkpoint."""

    version: int = 1
    dialect: Dialect
    cameras: tuple[CameraContract, ...]
    normalized: bool
    """Whether the classifier normalises pixels itself; it is fed [0, 1] either way."""
    encoder: EncoderContract
    threshold: float = Field(default=0.5, ge=0, le=1)
    figures: dict[str, float] = Field(default_factory=dict)
    """Held-out figures by name."""
    refit: bool = False
    """Whether threshold and figures are those of the same training without some episodes."""
    dataset: str = ""
    """Name of the dataset that it was trained on."""

    def text(self) -> str:
        """The JSON text of the file."""
        return self.model_dump_json(indent=2) + "\n"


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
        if version != 1:
            raise UsageError(f"{path} is of version {version}, written later.", "Update Labeler.")
        return Contract.model_validate_json(text)
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise UsageError(f"{path} is damaged.", "Export the checkpoint again.") from error
