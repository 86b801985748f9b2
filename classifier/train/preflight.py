"""Everything that can go wrong is looked at before any work: a run that starts can end."""

import copy
import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from pydantic import BaseModel

from classifier import output
from classifier.checkpoint import require_exportable
from classifier.config import CameraInput, TrainConfig, camera_inputs, dataset_root, values_of
from classifier.data import (
    LabelledFrames,
    Split,
    folds_for_choosing,
    folds_of,
    folds_up_to,
    labelled_frames,
    labels_asked_for,
    last_frame_note,
    recorded_images,
    require_gates,
    split_of,
)
from classifier.encoder import Encoder, load_encoder, require_grid, require_robot_encoder
from classifier.model import PixelStatistics, RewardClassifier
from classifier.train.device import choose_device, use_threads
from labeler.contracts.classifier_releases import release_of
from labeler.contracts.scores import ScoredRecording
from labeler.cures import Advice, MoveToAnotherDisk
from labeler.dataset import Dataset, open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.decision import Gate, Rule, read_gate
from labeler.errors import LabelError, NoRoomError, UsageError
from labeler.labels import DatasetLabels
from labeler.labels.wording import size_text

_MOST_CHANGED = 500
"""Frames of the labelled episodes up to which a convex problem has a changed view of each, too."""
_DISTANCES = "a classifier is trained on colours, not on distances"
_OF_STEPS = (
    "steps", "batch_size", "learning_rate", "weight_decay", "dropout_rate", "grad_clip_norm",
    "epochs", "patience", "schedule", "balance", "mixup",
)  # fmt: skip
_NOT_DATA = {"output_dir", "resume", "job_name", "log_freq", "save_freq", "wandb", "num_workers"}
_NOT_NUMBERS = {  # of the section `train`
    "threads", "cache_gib", "trackers", "labels", "suggest",
    "labels_from", "labels_rule", "reward_above", "for_robot",
}  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """All that a run needs, checked."""

    config: TrainConfig
    dataset: Dataset
    frames: LabelledFrames
    gates: tuple[Gate, ...]
    """Those that the operator wants in the decision rule."""
    split: Split
    folds: tuple[Split, ...]
    cameras: tuple[CameraInput, ...]
    encoder: Encoder
    device: torch.device
    notes: tuple[str, ...]
    fingerprint: str
    name: str
    """Digest of data, labels and settings: of two runs that must give the same numbers."""

    @property
    def recording(self) -> ScoredRecording:
        """What scores of its frames are bound to."""
        lengths = tuple(self.dataset.lengths.tolist())
        return ScoredRecording(fingerprint=self.fingerprint, lengths=lengths)

    @property
    def views(self) -> int:
        """Changed views of each frame that are encoded and learnt from, too.

        Few frames of few episodes leave it open what matters in an image, and cost little.
        """
        config = self.config
        if not config.convex or config.train.suggestions_only:
            return config.views
        frames = int(self.dataset.lengths[self.frames.episode_list()].sum())
        return 1 if frames <= _MOST_CHANGED else 0

    def lengths(self, episodes: Iterable[int]) -> dict[int, int]:
        """Frames of episodes."""
        return {episode: int(self.dataset.lengths[episode]) for episode in episodes}

    def episodes_without_labels(self) -> list[int]:
        """Episodes without a labelled frame."""
        labelled = set(self.frames.episode_list())
        return [episode for episode in range(len(self.dataset)) if episode not in labelled]

    def new_model(self) -> RewardClassifier:
        """An untrained classifier, the same one each time."""
        torch.manual_seed(self.config.seed)
        encoder = self.encoder
        if self.config.train.unfreeze:  # each training moves an encoder of its own
            encoder = replace(encoder, network=copy.deepcopy(encoder.network))
        model = RewardClassifier(
            encoder, self.cameras, self.config.reward_model, pixels_of(self.config)
        )
        if self.config.train.unfreeze:
            model.unfreeze()
        return model.to(self.device)


def prepare(config: TrainConfig, download: bool = False) -> Prepared:
    """Check settings, dataset, labels, cameras, encoder, split and device.

    `download` allows fetching the encoder from the Hub.

    Raises:
        LabelerError: the first thing that is wrong, with its cure.
    """
    root = dataset_root(config)
    device = choose_device(config.reward_model.device)
    use_threads(config.train.threads)
    dataset = open_dataset(root)
    _cameras(dataset, config)  # those that do not fit are refused before labels are read
    labels, notes = labels_asked_for(dataset, config)
    config, notes = _with_crops(config, labels, notes)
    cameras = _cameras(dataset, config)
    frames = labelled_frames(dataset, labels, config)
    gates, of_rule = _gates(dataset, frames, config)
    split, folds = _splits(frames, config)
    encoder = _encoder_of(config, cameras, download)
    said = fingerprint(dataset)
    before = _notes_before(encoder.note, last_frame_note(dataset, frames), config)
    config = _pin_encoder(config, encoder)
    prepared = Prepared(
        config=config,
        dataset=dataset,
        frames=frames,
        gates=gates,
        split=split,
        folds=folds,
        cameras=cameras,
        encoder=encoder,
        device=device,
        notes=tuple(filter(None, (*notes, *of_rule, _depth_note(dataset, config), *before))),
        fingerprint=said,
        name=_name(config, said, frames, encoder),
    )
    require_exportable(prepared.new_model(), config.train.export_for)
    return prepared


def _cameras(dataset: Dataset, config: TrainConfig) -> tuple[CameraInput, ...]:
    """The cameras that the classifier is fed, with what their recorded images are like."""
    recorded = {camera.key: (camera.height, camera.width) for camera in dataset.cameras}
    return tuple(
        replace(camera, recorded=recorded_images(dataset, camera.key))
        for camera in camera_inputs(config, recorded, _depth_of(dataset))
    )


def _depth_of(dataset: Dataset) -> list[str]:
    return [camera.key for camera in dataset.cameras if camera.is_depth]


def _depth_note(dataset: Dataset, config: TrainConfig) -> str:
    """That cameras were left out which nobody named."""
    depth = _depth_of(dataset)
    if not depth or config.train.cameras or config.reward_model.input_features:
        return ""
    return f"{' and '.join(depth)} {'is' if len(depth) == 1 else 'are'} left out: {_DISTANCES}."


def _gates(
    dataset: Dataset, frames: LabelledFrames, config: TrainConfig
) -> tuple[tuple[Gate, ...], tuple[str, ...]]:
    """Gates of the settings, and what is to be said of them.

    Raises:
        UsageError: a gate means nothing in this recording, or no episode is as long as the hold.
    """
    gates = tuple(read_gate(text) for text in config.train.gates)
    notes = require_gates(dataset, gates, frames)
    longest = int(dataset.lengths[frames.episode_list()].max())
    hold = config.train.hold
    if hold is not None and Rule(hold=hold).hold_frames(dataset.fps) > longest:
        raise UsageError(
            f"A hold of {hold:g} s is longer than any labelled episode ({longest} frames at "
            f"{dataset.fps:g} frames per second), so success would never be decided.",
            Advice("Give a shorter one, or none, to have it chosen.", setting="train.hold"),
        )
    return gates, notes


def _splits(frames: LabelledFrames, config: TrainConfig) -> tuple[Split, tuple[Split, ...]]:
    """The split that a run is predicted by, and those of its cross-validation."""
    told = config.train
    if told.suggestions_only:
        folds = folds_up_to(frames, told.folds, config.seed)
        return folds[0], tuple(folds)
    split = split_of(frames, told.split, told.held_out, config.seed)
    if told.folds:
        return split, tuple(folds_of(frames, told.folds, config.seed))
    if config.convex:
        with suppress(LabelError):
            return split, tuple(folds_for_choosing(frames))
    return split, ()


def _encoder_of(config: TrainConfig, cameras: tuple[CameraInput, ...], download: bool) -> Encoder:
    encoder = load_encoder(
        config.reward_model.model_name,
        config.reward_model.model_type,
        revision=config.train.encoder_revision,
        sha256=config.train.encoder_sha256,
        download=download,
    )
    if config.train.for_robot:
        require_robot_encoder(encoder)
    if config.train.for_robot or not config.train.any_grid:
        require_grid(encoder, cameras)
    return encoder


def _pin_encoder(config: TrainConfig, encoder: Encoder) -> TrainConfig:
    """The settings with commit and digest of an encoder of the Hub, whose `main` may move."""
    if encoder.revision is None:
        return config
    pins = {"encoder_revision": encoder.revision, "encoder_sha256": encoder.sha256}
    return config.model_copy(update={"train": config.train.model_copy(update=pins)})


def _with_crops(
    config: TrainConfig, labels: DatasetLabels, notes: tuple[str, ...]
) -> tuple[TrainConfig, tuple[str, ...]]:
    """The settings with the label file's crops, where they leave it to that file."""
    if config.dataset.crop_params_dict is not None or not labels.crops:
        return config, notes
    source = config.dataset.model_copy(update={"crop_params_dict": dict(labels.crops)})
    note = (
        f"Crops are those of the label file: {dict(labels.crops)}. "
        "Give dataset.crop_params_dict={} for whole images."
    )
    return config.model_copy(update={"dataset": source}), (*notes, note)


def pixels_of(config: TrainConfig) -> PixelStatistics | None:
    """How pixels are normalised: inside the model for releases that do so on the robot, else not.

    From 0.4 on LeRobot feeds raw [0, 1] pixels to a classifier on the robot.
    """
    inside = release_of(config.train.export_for).normalizes_inside
    return PixelStatistics() if inside and config.reward_model.normalizes is not False else None


def _pixel_notes(config: TrainConfig) -> str:
    if pixels_of(config) is None and config.reward_model.normalizes:
        return (
            f"normalization_mapping has no effect: {config.train.export_for} feeds raw pixels on "
            "the robot, so the classifier is trained on raw pixels."
        )
    return ""


def _notes_before(encoder: str, labels: str, config: TrainConfig) -> tuple[str, ...]:
    """What is to be said before training: of the encoder, of the labels, and of settings."""
    notes = encoder, labels, _pixel_notes(config), _method_notes(config), _class_notes(config)
    return tuple(note for note in notes if note)


def _class_notes(config: TrainConfig) -> str:
    if config.reward_model.num_classes == 2:
        return ""
    return (
        f"With {config.reward_model.num_classes} classes, LeRobot's step on the robot rewards "
        "frames whose likeliest class is 1, whatever the threshold: all other classes count as "
        "failure in every figure here, and there is no decision rule."
    )


def _method_notes(config: TrainConfig) -> str:
    """Which settings of training by steps were given although there are no steps."""
    if not config.convex or config.train.suggestions_only:
        return ""
    groups = {"": config, "reward_model.": config.reward_model, "train.": config.train}
    given = [
        f"{prefix}{name}"
        for prefix, group in groups.items()
        for name in _OF_STEPS
        if name in group.model_fields_set and _differs(group, name)
    ]
    if not given:
        return ""
    verb = "has" if len(given) == 1 else "have"
    return (
        f"{', '.join(given)} {verb} no effect: the classifier is found by solving a convex "
        "problem. Set train.method to network to train all layers step by step."
    )


def _differs(group: BaseModel, name: str) -> bool:
    """A window gives every setting; only what is not the default was meant."""
    default = type(group).model_fields[name].get_default(call_default_factory=True)
    return bool(getattr(group, name) != default)


def require_room(prepared: Prepared, run: Path, cache: Path, views: int) -> None:
    """Refuse to begin where the disk is too full for features and checkpoints.

    Raises:
        NoRoomError: naming the place and what is missing.
    """
    episodes = prepared.frames.episode_list()
    frames = int(prepared.dataset.lengths[episodes].sum()) * (views + 1)
    model = prepared.new_model()
    shapes = [torch.Size(shape) for shape in model.feature_shapes.values()]
    if prepared.config.train.unfreeze:  # images are kept instead
        shapes = [torch.Size(camera.shape) for camera in prepared.cameras]
    per_frame = sum(shape.numel() * 2 for shape in shapes)
    checkpoint = sum(t.numel() * t.element_size() for t in model.state_dict().values())
    for place, needed, what in (
        (cache, frames * per_frame, "encoded frames"),
        (run, checkpoint * 4, "checkpoints"),
    ):
        free = output.free_bytes(place)
        if free < needed:
            raise NoRoomError(
                f"{what.capitalize()} need {size_text(needed)} at {place}; {size_text(free)} are "
                "free.",
                MoveToAnotherDisk(),
            )


def _name(config: TrainConfig, said: str, frames: LabelledFrames, encoder: Encoder) -> str:
    values = {key: value for key, value in values_of(config).items() if key not in _NOT_DATA}
    train = values["train"].items()
    values["train"] = {key: value for key, value in train if key not in _NOT_NUMBERS}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
    digest.update(f"{said} {encoder.features_key()}".encode())
    for array in (frames.episodes, frames.frames, frames.targets):
        digest.update(array.tobytes())
    return digest.hexdigest()
