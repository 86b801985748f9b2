"""Write `pretrained_model/` for one generation of LeRobot, as a whole or not at all."""

from pathlib import Path

from safetensors.torch import save as tensors_to_bytes

from classifier.checkpoint.card import Card, card_text
from classifier.checkpoint.contract import FILE, CameraContract, Contract, EncoderContract
from classifier.checkpoint.dialect import (
    INSIDE,
    config_values,
    json_bytes,
    processor_files,
    statistics_tensors,
)
from classifier.config import RANDOM, TrainConfig, printed
from classifier.config.train_section import Dialect
from classifier.model import RewardClassifier, exported_state
from classifier.output import new_folder, write_file
from labeler.errors import UsageError


def require_exportable(model: RewardClassifier, dialect: Dialect) -> None:
    """Refuse what a generation would load and then judge wrongly.

    Raises:
        UsageError: the generation feeds other pixels or has other fields than the model needs.
    """
    if model.pixels is not None and dialect not in INSIDE:
        raise UsageError(
            f"This classifier was trained on normalised pixels; {dialect} feeds it raw ones.",
            "Export it for lerobot-0.3, or train it with "
            '--reward_model.normalization_mapping=\'{"VISUAL": "IDENTITY"}\'.',
        )
    sizes = {(camera.height, camera.width) for camera in model.cameras}
    if dialect == "fork" and (len(sizes) > 1 or len(set(sizes.pop())) > 1):
        raise UsageError(
            "The fork resizes every image to one square; these cameras have other sizes.",
            "Export it for lerobot-0.3.",
        )


def save_checkpoint(
    folder: Path,
    model: RewardClassifier,
    dialect: Dialect,
    card: Card | None = None,
    config: TrainConfig | None = None,
    model_name: str | None = None,
) -> None:
    """Write a checkpoint to a new folder, usually called `pretrained_model`.

    `model_name` is what the robot's LeRobot loads the encoder by, if not as it was given here.

    Raises:
        UsageError: as `require_exportable`.
        StorageError: the folder exists, or writing failed; then there is no folder.
    """
    with new_folder(folder) as staged:
        files = checkpoint_files(model, dialect, card or Card(), str(folder.absolute()), model_name)
        for name, data in files.items():
            write_file(staged / name, data)
        if config is not None:
            write_file(staged / "train_config.json", printed(config).encode())


def checkpoint_files(
    model: RewardClassifier,
    dialect: Dialect,
    card: Card,
    path: str = "PATH/TO/pretrained_model",
    model_name: str | None = None,
) -> dict[str, bytes]:
    """Content of each file of a checkpoint that is going to lie at `path`.

    Raises:
        UsageError: as `require_exportable`.
    """
    require_exportable(model, dialect)
    tensors = exported_state(model)
    if dialect in INSIDE:
        tensors |= statistics_tensors(model)
    contract = _contract(model, dialect, card)
    name = model_name or model.source.name
    files = {
        "config.json": json_bytes(config_values(model, dialect, name)),
        "model.safetensors": tensors_to_bytes(tensors, {"format": "pt"}),
        "README.md": card_text(contract, path).encode(),
        FILE: contract.text().encode(),
    }
    if dialect not in INSIDE:
        files |= processor_files(model)
    if (source := getattr(model.encoder, "config", None)) is not None and name != RANDOM:
        files["encoder_config.json"] = source.to_json_string().encode()
    return files


def _contract(model: RewardClassifier, dialect: Dialect, card: Card) -> Contract:
    cameras = tuple(
        CameraContract(key=c.key, height=c.height, width=c.width, crop=c.crop)
        for c in model.cameras
    )
    source = model.source
    return Contract(
        dialect=dialect,
        cameras=cameras,
        normalized=model.pixels is not None,
        encoder=EncoderContract(name=source.name, sha256=source.sha256, revision=source.revision),
        threshold=card.threshold,
        figures=card.figures or {},
        dataset=card.dataset,
        refit=card.refit,
    )
