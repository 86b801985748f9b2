"""What a checkpoint asks of the robot's images, from its JSON files alone.

`labeler.json` is what Labeler writes beside LeRobot's files (labeler.contracts.checkpoint); for a
checkpoint that LeRobot wrote, config.json tells the cameras and their sizes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from labeler.contracts.checkpoint import (
    CameraContract,
    Contract,
    EncoderContract,
    crop_of_both,
    final_checkpoint,
    read_contract,
)
from labeler.contracts.classifier_releases import release_of
from labeler.decision import Rule
from labeler.errors import UsageError
from labeler.hilserl.reading import read_config
from labeler.labels import Crop

CONFIG, PREPROCESSOR = "config.json", "classifier_preprocessor.json"
STEP = "reward_rule.py"
_RAW = (
    "It was trained on normalised pixels, but LeRobot 0.4 and later feed the robot's classifier "
    "raw ones in [0, 1]: its probabilities are not those of training."
)


@dataclass(frozen=True)
class CameraNeed:
    """How one camera's image is cut and resized (bilinear).

    crop: of the recording that was trained on
    recorded_size: height and width of that recording's images; None where it is not known
    cut_before: what LeRobot's crop tool had cut out of the robot's images for that recording
    """

    key: str
    height: int
    width: int
    crop: Crop | None = None
    recorded_size: tuple[int, int] | None = None
    cut_before: Crop | None = None

    @property
    def robot_crop(self) -> Crop | None:
        """The same crop in the robot's images."""
        if self.cut_before is None or self.recorded_size is None:
            return self.crop
        return crop_of_both(self.cut_before, self.crop, self.recorded_size)


_CLASSES = (
    "The checkpoint has {} classes: LeRobot rewards frames whose likeliest class is 1 and does not "
    "look at success_threshold."
)


@dataclass(frozen=True)
class Checkpoint:
    """A reward classifier in a folder `pretrained_model`.

    wrapper: whether it is for LeRobot 0.3, whose configuration has `wrapper`
    threshold: chosen on held-out episodes; None where it is not known
    crops_known: false for a checkpoint of LeRobot, which does not say how images were cut
    warnings: sentences about its pixels
    rule: its decision rule, for which a configuration has no place; None without one
    encoder: as far as `labeler.json` tells; None for a checkpoint of LeRobot
    """

    folder: Path
    cameras: tuple[CameraNeed, ...]
    wrapper: bool
    threshold: float | None
    crops_known: bool = True
    warnings: tuple[str, ...] = ()
    rule: Rule | None = None
    encoder: EncoderContract | None = None

    @property
    def has_step(self) -> bool:
        """Whether the step that applies the rule in LeRobot lies beside the checkpoint."""
        return (self.folder / STEP).is_file()


def read_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint in a folder `pretrained_model`, in that folder's parent, or of a run.

    Raises:
        UsageError: there is none, it is not a reward classifier, or its files are damaged.
    """
    folder = final_checkpoint(folder.expanduser())
    inner = folder / "pretrained_model"
    folder = (inner if inner.is_dir() else folder).resolve()
    if not (folder / CONFIG).is_file():
        raise UsageError(
            f"{folder} holds no checkpoint: there is no {CONFIG}.",
            "Give the folder of a run, or a folder `pretrained_model` in it.",
        )
    config = read_config(folder / CONFIG)[0]
    if config.get("type") != "reward_classifier":
        what = f"{folder} holds a {config.get('type')!r}, which is not a reward classifier."
        raise UsageError(what, "Give the checkpoint of a reward classifier.")
    try:
        if (contract := read_contract(folder)) is not None:
            found = _of_contract(folder, contract)
        else:
            found = _of_config(folder, config)
        classes = int(str(config.get("num_classes", 2)))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise UsageError(f"{folder} is damaged: {error}.", "Export it again.") from error
    if classes == 2:
        return found
    return replace(found, warnings=(*found.warnings, _CLASSES.format(classes)))


def _of_contract(folder: Path, contract: Contract) -> Checkpoint:
    cameras = tuple(_need(camera) for camera in contract.cameras)
    wrapper = release_of(contract.release).wrapper
    return Checkpoint(
        folder,
        cameras,
        wrapper,
        contract.threshold,
        rule=contract.rule,
        encoder=contract.encoder,
    )


def _need(camera: CameraContract) -> CameraNeed:
    need = CameraNeed(camera.key, camera.height, camera.width, camera.crop)
    if (seen := camera.recorded) is None:
        return need
    return replace(need, recorded_size=camera.recorded_size, cut_before=seen.cut_before)


def _of_config(folder: Path, values: Mapping[str, Any]) -> Checkpoint:
    """LeRobot normalises in processors from 0.4 on, before that inside the model."""
    features = cast("dict[str, Any]", values["input_features"] or {})
    square = values.get("image_size")
    cameras = []
    for key, feature in features.items():
        if key.startswith("observation.image"):
            _, height, width = feature["shape"]
            cameras.append(CameraNeed(key, int(square or height), int(square or width)))
    if not cameras:
        raise UsageError(f"{folder} names no camera.", f"Fix input_features in its {CONFIG}.")
    wrapper = not (folder / PREPROCESSOR).is_file()
    modes = cast("dict[str, Any]", values.get("normalization_mapping") or {})
    raw = not wrapper and modes.get("VISUAL", "MEAN_STD") != "IDENTITY"
    return Checkpoint(folder, tuple(cameras), wrapper, None, False, (_RAW,) if raw else ())
