"""`labeler.json`: what a checkpoint does not say in LeRobot's own files.

Crop, threshold, and where it came from.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from labeler.contracts.classifier_releases import ReleaseName
from labeler.decision import Rule
from labeler.errors import LabelerError, UsageError

FILE = "labeler.json"
"""Beside config.json, where LeRobot does not look."""
LIKENESS_FILE = "labeler_training.safetensors"
"""What the frames that were trained on look like to the encoder; LeRobot does not look there."""
CARD = "README.md"
VERSION = 1
"""Rises when a reader of the old form would misread the new one."""

_Pixel = Annotated[int, Field(ge=0)]
_Positive = Annotated[int, Field(ge=1)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


_Crop = tuple[_Pixel, _Pixel, _Positive, _Positive]
"""Top, left, height, width."""


class RecordedImages(_Record):
    """What the images of one camera were like in the recording that was trained on."""

    height: _Positive
    width: _Positive
    cut_before: _Crop | None = None
    """What LeRobot's crop tool had cut out of the robot's images (meta/crop_params.json)."""
    matrix: Literal["", "bt601", "bt709", "bt2020"] = ""
    """How the video says that its colours are coded, and what every reader here goes by."""
    color_range: Literal["", "limited", "full"] = ""
    """Whether its values fill all 8 bits; empty where the video does not say."""
    turned: bool = False
    """Whether its metadata ask to turn the images, which was not done."""


class CameraContract(_Record):
    """How one camera's image is cut and resized (bilinear), in the order of feeding."""

    key: str
    height: int
    width: int
    crop: _Crop | None = None
    """Top, left, height, width in the recorded image."""
    recorded: RecordedImages | None = None
    """None in a checkpoint that was written before this was kept."""

    @property
    def robot_crop(self) -> tuple[int, int, int, int] | None:
        """The same crop in the robot's images."""
        before = None if self.recorded is None else self.recorded.cut_before
        if self.recorded_size is None or before is None:
            return self.crop
        return crop_of_both(before, self.crop, self.recorded_size)

    @property
    def recorded_size(self) -> tuple[int, int] | None:
        """Height and width of the recorded images."""
        return None if self.recorded is None else (self.recorded.height, self.recorded.width)


def crop_of_both(
    before: tuple[int, int, int, int],
    crop: tuple[int, int, int, int] | None,
    size: tuple[int, int],
) -> tuple[int, int, int, int]:
    """What two crops together leave of the first image.

    `before` was cut out and resized to `size`, height and width; `crop` is cut out of the result.
    """
    if crop is None:
        return before
    rows, columns = before[2] / size[0], before[3] / size[1]
    top, left = before[0] + round(crop[0] * rows), before[1] + round(crop[1] * columns)
    height, width = round(crop[2] * rows), round(crop[3] * columns)
    bottom, right = before[0] + before[2], before[1] + before[3]
    return top, left, max(min(height, bottom - top), 1), max(min(width, right - left), 1)


def final_checkpoint(folder: Path) -> Path:
    """The classifier to use out of a run's folder; any other folder comes back as it is.

    That is the one trained on all frames, or the best one where there is no such.
    """
    for name in ("refit", "best", "last"):
        found = folder / "checkpoints" / name / "pretrained_model"
        if found.is_dir():
            return found
    return folder


def weights_folder(folder: Path) -> Path:
    """The folder `pretrained_model` in a folder, or that itself."""
    inside = folder / "pretrained_model"
    return inside if inside.is_dir() else folder


def require_checkpoint(folder: Path) -> Path:
    """The file with the settings of a checkpoint, `config.json` in its folder.

    Raises:
        UsageError: there is none.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise UsageError(
            f"{folder} holds no checkpoint: there is no config.json.",
            "Give the folder of a run, or a folder `pretrained_model` in it.",
        )
    return path


class EncoderContract(_Record):
    """The encoder inside."""

    name: str
    sha256: str
    revision: str | None = None
    in_lerobot: bool = True
    """Whether LeRobot's classifier can load it; if not, the checkpoint is for no robot."""

    def require_lerobot(self) -> None:
        """Refuse what is for a robot.

        Raises:
            UsageError: LeRobot's classifier cannot load this encoder.
        """
        if not self.in_lerobot:
            raise UsageError(
                f"The checkpoint has an encoder that LeRobot's classifier cannot load "
                f"({self.name}): it can be used in Labeler, but on no robot.",
                "Train with a ResNet10 or another encoder of the transformers library.",
            )


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
    rule_fps: float | None = Field(default=None, gt=0)
    """Frames per second of the recording that the rule was chosen on."""
    gate_entries: dict[str, int | None] = Field(default_factory=dict)
    """Number of the entry that each of the rule's gates compares, by its source."""
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
            raise UsageError(
                f"{path} has version {version!r}, from a newer Labeler.", "Update Labeler."
            )
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
        raise LabelerError(
            f"{card} cannot be read: {error.strerror}.", "Check its permissions and the disk."
        ) from error
    _, _, section = text.partition(_HEADING)
    _, fence, block = section.partition(_FENCE)
    block, end, _ = block.partition(_END)
    if not fence or not end:
        raise LabelerError(f"{card} has no block for HIL-SERL.", "Train again.")
    return block.strip() + "\n"
