"""What a run has to show for itself: the report and its figures."""

import importlib.metadata
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

from classifier.config import values_of
from classifier.data import coarse_images, frame_images, possible_columns
from classifier.evaluate import (
    Evaluation,
    LikeImages,
    MistakeImages,
    ReportContent,
    ScoredFrames,
    Surroundings,
    frames_to_record,
    worst_mistakes,
)
from classifier.train.preflight import Prepared
from labeler.contracts.report import (
    DatasetSummary,
    EncoderIdentity,
    EpisodeSplit,
    HistoryPoint,
    Mistake,
)

_IMAGES = 12


def report_of(
    prepared: Prepared, evaluation: Evaluation, metrics: Sequence[Mapping[str, Any]]
) -> ReportContent:
    """The report of a run, with images of the worst mistakes of the frames it is predicted by."""
    frames, dataset = prepared.frames, prepared.dataset
    success = int(frames.success.sum())
    train, held_out = prepared.split.episodes(frames)
    worst = worst_mistakes(evaluation.scored, evaluation.threshold.threshold, _IMAGES)
    return ReportContent(
        evaluation=evaluation,
        dataset=DatasetSummary(
            dataset.name,
            prepared.fingerprint,
            len(dataset),
            dataset.total_frames,
            success,
            len(frames) - success,
        ),
        encoder=EncoderIdentity(
            prepared.encoder.name, prepared.encoder.sha256, prepared.encoder.note
        ),
        split=EpisodeSplit(tuple(train), tuple(held_out), _split_note(prepared)),
        config=values_of(prepared.config),
        tool=f"Labeler {importlib.metadata.version('reward-labeler')}",
        time=datetime.now(UTC),
        history=history_of(metrics),
        mistakes=_with_images(prepared, worst),
        record_next=_record_next(prepared, evaluation),
    )


def _record_next(prepared: Prepared, evaluation: Evaluation) -> tuple[LikeImages, ...]:
    dataset = prepared.dataset
    around = Surroundings(
        dataset.lengths,
        partial(possible_columns, dataset),
        partial(coarse_images, dataset, prepared.cameras),
    )
    groups = frames_to_record(evaluation.scored, evaluation.threshold.threshold, around)
    images = iter(_with_images(prepared, [one for group in groups for one in group.examples]))
    return tuple(LikeImages(group, tuple(next(images) for _ in group.examples)) for group in groups)


def _split_note(prepared: Prepared) -> str:
    note = f"by {prepared.split.by}"
    if not (prepared.config.refit and prepared.config.save_checkpoint):
        return note
    return (
        f"{note}; the checkpoint `refit` is then trained on all of them, and all figures here, the "
        "threshold too, are of the classifier before that"
    )


def history_of(metrics: Sequence[Mapping[str, Any]]) -> tuple[HistoryPoint, ...]:
    """Points of the curves from the lines of `metrics.jsonl`."""
    points: dict[int, dict[str, Any]] = {}
    for line in metrics:
        point = points.setdefault(line["step"], {"step": line["step"], "epoch": line["epoch"]})
        if line["event"] == "step":
            point |= {"train_loss": line["loss"], "learning_rate": line["learning_rate"]}
        else:
            point |= {"held_out_loss": line["loss"], "held_out_accuracy": line["accuracy"]}
    return tuple(HistoryPoint(**point) for _, point in sorted(points.items()))


def scores_with_labels(prepared: Prepared, table: pa.Table) -> ScoredFrames:
    """The labelled frames among those of an out-of-fold table."""
    frames = prepared.frames
    starts = np.concatenate(([0], np.cumsum(prepared.dataset.lengths)))
    place = np.full(int(starts[-1]), -1, dtype=np.int64)
    place[starts[table["episode"].to_numpy()] + table["frame"].to_numpy()] = np.arange(len(table))
    rows = place[starts[frames.episodes] + frames.frames]
    probabilities = table["probability"].to_numpy().astype(np.float64)[rows]
    return ScoredFrames(frames.episodes, frames.frames, frames.success, probabilities)


def _with_images(prepared: Prepared, worst: Sequence[Mistake]) -> tuple[MistakeImages, ...]:
    wanted = [(mistake.episode, mistake.frame) for mistake in worst]
    images: list[dict[str, bytes]] = [{} for _ in worst]
    for camera in prepared.cameras:
        found = frame_images(prepared.dataset, camera, wanted)
        for of_mistake, image in zip(images, found, strict=True):
            pixels = image.mul(255).round().byte().permute(1, 2, 0).numpy()
            file = io.BytesIO()
            Image.fromarray(pixels).save(file, "PNG")
            of_mistake[camera.key] = file.getvalue()
    return tuple(MistakeImages(*pair) for pair in zip(worst, images, strict=True))
