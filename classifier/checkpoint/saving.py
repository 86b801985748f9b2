"""Write `pretrained_model/` for one release of LeRobot, as a whole or not at all."""

from pathlib import Path

from safetensors.numpy import save as arrays_to_bytes
from safetensors.torch import save as tensors_to_bytes

from classifier.checkpoint.card import CARD, Card, card_text
from classifier.checkpoint.lerobot_files import (
    config_values,
    json_bytes,
    processor_files,
    statistics_tensors,
)
from classifier.config import RANDOM, TrainConfig, config_text
from classifier.model import RewardClassifier, export_state
from classifier.output import new_folder, write_file
from labeler.contracts.checkpoint import (
    FILE,
    LIKENESS_FILE,
    CameraContract,
    Contract,
    EncoderContract,
)
from labeler.contracts.classifier_releases import ReleaseName, release_of
from labeler.cures import ExportFor, ExportOrTrainOnRaw
from labeler.decision import robot_rule_text
from labeler.errors import UsageError
from labeler.resource import resource


def require_exportable(model: RewardClassifier, release: ReleaseName) -> None:
    """Refuse what a release would load and then predict wrongly.

    Raises:
        UsageError: the release feeds other pixels or has other fields than the model needs.
    """
    if model.pixels is not None and not release_of(release).normalizes_inside:
        raise UsageError(
            f"This classifier was trained on normalised pixels; {release} feeds it raw ones.",
            ExportOrTrainOnRaw("lerobot-0.3"),
        )
    sizes = {(camera.height, camera.width) for camera in model.cameras}
    if release_of(release).one_square and (len(sizes) > 1 or len(set(sizes.pop())) > 1):
        raise UsageError(
            "The fork resizes every image to one square; these cameras have other sizes.",
            ExportFor("lerobot-0.3"),
        )


def save_checkpoint(
    folder: Path,
    model: RewardClassifier,
    release: ReleaseName,
    card: Card | None = None,
    config: TrainConfig | None = None,
    model_name: str | None = None,
    *,
    with_step: bool = False,
    aside: Path | None = None,
) -> None:
    """Write a checkpoint to a new folder, usually called `pretrained_model`.

    `model_name` is what the robot's LeRobot loads the encoder by, if not as it was given here.
    `with_step` adds the decision rule as a step for LeRobot: reward_rule.py and reward_rule.json.
    What is at `folder` goes to `aside`.

    Raises:
        UsageError: as `require_exportable`, or there is no rule to add.
        StorageError: the folder exists and there is no `aside`, or writing failed; then there is no
            new folder.
    """
    with new_folder(folder, aside) as staged:
        files = checkpoint_files(model, release, card or Card(), str(folder.absolute()), model_name)
        if with_step:
            files |= step_files(card or Card())
        for name, data in files.items():
            write_file(staged / name, data)
        if config is not None:
            write_file(staged / "train_config.json", config_text(config).encode())


def step_files(card: Card) -> dict[str, bytes]:
    """The step that decides by a checkpoint's rule inside LeRobot, and the rule as it reads it.

    Raises:
        UsageError: there is no rule.
    """
    if card.rule is None:
        raise UsageError(
            "The checkpoint has no decision rule.",
            "Give a run whose training chose one, which it prints with its figures.",
        )
    step = resource("robot/reward_rule.py").read_bytes()
    told = robot_rule_text(card.rule, card.gate_entries or {})
    return {"reward_rule.py": step, "reward_rule.json": told.encode()}


def checkpoint_files(
    model: RewardClassifier,
    release: ReleaseName,
    card: Card,
    path: str = "PATH/TO/pretrained_model",
    model_name: str | None = None,
) -> dict[str, bytes]:
    """Content of each file of a checkpoint that is going to lie at `path`.

    Raises:
        UsageError: as `require_exportable`.
    """
    require_exportable(model, release)
    tensors = export_state(model)
    if release_of(release).normalizes_inside:
        tensors |= statistics_tensors(model)
    contract = _contract(model, release, card)
    name = model_name or model.source.name
    files = {
        "config.json": json_bytes(config_values(model, release_of(release), name)),
        "model.safetensors": tensors_to_bytes(tensors, {"format": "pt"}),
        CARD: card_text(contract, path).encode(),
        FILE: contract.text().encode(),
    }
    if not release_of(release).normalizes_inside:
        files |= processor_files(model)
    if card.likeness is not None:
        files[LIKENESS_FILE] = arrays_to_bytes(card.likeness.arrays())
    if (source := getattr(model.encoder, "config", None)) is not None and name != RANDOM:
        files["encoder_config.json"] = source.to_json_string().encode()
    return files


def _contract(model: RewardClassifier, release: ReleaseName, card: Card) -> Contract:
    cameras = tuple(
        CameraContract(key=c.key, height=c.height, width=c.width, crop=c.crop, recorded=c.recorded)
        for c in model.cameras
    )
    source = model.source
    encoder = EncoderContract(
        name=source.name,
        sha256=source.sha256,
        revision=source.revision,
        in_lerobot=source.in_lerobot,
    )
    return Contract(
        release=release,
        cameras=cameras,
        normalized=model.pixels is not None,
        encoder=encoder,
        threshold=card.threshold,
        figures=card.figures or {},
        dataset=card.dataset,
        refit=card.refit,
        rule=card.rule,
        rule_figures=card.rule_figures,
        rule_fps=card.rule_fps,
        gate_entries=card.gate_entries or {},
    )
