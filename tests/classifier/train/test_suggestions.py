"""Runs that only refresh suggestions: every episode judged by classifiers that did not see it."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from classifier.config import TrainConfig, config_text, for_suggestions, read_settings
from classifier.train import suggest
from classifier.train.stopping import Stop, Stopped
from labeler.contracts.events import Event, parse
from labeler.errors import LabelError, UsageError
from labeler.review import read_scores
from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    write_recording,
)
from tests.classifier.runs import LENGTHS, process, small
from tests.conftest import VECTOR, barred_picture


def quick(recording: Path, folder: Path, labels: dict[str, int | None], **changes) -> TrainConfig:
    file = folder / "labels.json"
    file.write_text(json.dumps(labels))
    config = for_suggestions(small(recording, train__labels=str(file), **changes))
    return config.model_copy(update={"output_dir": folder / "run", "steps": 60})


def suggested(config: TrainConfig) -> tuple[np.ndarray, np.ndarray, list[Event]]:
    """Folds (episodes, frames), probabilities (episodes, frames), and what was told."""
    told: list[Event] = []
    table = pq.read_table(suggest(config, told.append, Stop()))
    places = list(zip(table["episode"].to_pylist(), table["frame"].to_pylist(), strict=True))
    assert places == [(e, f) for e, length in enumerate(LENGTHS) for f in range(length)]
    shape = len(LENGTHS), LENGTHS[0]
    return (
        np.array(table["fold"]).reshape(shape),
        np.array(table["probability"]).reshape(shape),
        told,
    )


LABELS: dict[str, int | None] = {"0": 5, "1": 6, "3": 5, "4": None}


def test_every_frame_is_judged_and_nothing_else_is_written(recording: Path, tmp_path: Path) -> None:
    folds, probabilities, told = suggested(quick(recording, tmp_path, LABELS))
    assert (folds == folds[:, :1]).all(), "an episode is judged as a whole"
    assert set(folds[[0, 1, 3, 4], 0]) == {0, 1, 2}
    assert (folds[[2, 5]] == -1).all()
    success = np.arange(12) >= 7  # of the two without a label, the recording's own rewards say 7
    right = (probabilities[[2, 5]] > 0.5) == success
    assert right.mean() > 0.75  # of 24 frames of 32 pixels, after four labels
    assert told[-1].event == "finished"
    assert told[-1].figures["accuracy"] is not None
    spread = pq.read_table(tmp_path / "run" / "probabilities.parquet")["spread"].to_pylist()
    spread = np.array(spread, dtype=float).reshape(folds.shape)  # null is NaN
    assert np.isnan(spread[[0, 1, 3, 4]]).all(), "only one classifier had not seen these"
    assert (spread[[2, 5]] > 0).any() and (spread[[2, 5]] <= 0.5).all()
    written = {path.name for path in (tmp_path / "run").iterdir()} - {".lock"}
    assert written == {"train_config.json", "probabilities.parquet"}


def half_covered(root: Path, episode: int) -> Path:
    """A recording whose other images are bars; in the later half of one the camera is covered."""
    camera = CameraSpec("observation.images.gripper", 48, 64)
    state = ColumnSpec("observation.state", **VECTOR)
    spec = RecordingSpec(version="v3.0", cameras=(camera,), columns=(state,), fps=10)

    def episodes() -> Iterator[EpisodeFrames]:
        for number, length in enumerate(LENGTHS):
            images = [barred_picture(number, frame, 48, 64) for frame in range(length)]
            if number == episode:
                images[6:] = list(np.zeros((6, 48, 64, 3), np.uint8))
            yield EpisodeFrames("lift", {state.name: np.zeros((length, 6))}, {camera.key: images})

    write_recording(root, spec, episodes())
    return root


def test_frames_that_no_label_is_like_are_told(tmp_path: Path) -> None:
    """In half of an episode without a label the camera is covered; labelled ones have nothing."""
    root = half_covered(tmp_path / "recording", episode=5)
    suggested(quick(root, tmp_path, LABELS))
    file = tmp_path / "run" / "probabilities.parquet"
    distance = np.array(pq.read_table(file)["distance"].to_pylist(), dtype=float).reshape(6, 12)
    assert np.isnan(distance[[0, 1, 3, 4]]).all()
    assert (distance[5, 6:] > 1).all()
    assert np.isfinite(distance[[2, 5]]).all() and np.median(distance[2]) < 1
    scores = read_scores(file, list(LENGTHS))
    assert scores.unlike(0) is None and scores.unlike(5)[6:].all()
    two = quick(root, tmp_path, {"0": 5, "3": 6}).model_copy(update={"output_dir": tmp_path / "2"})
    suggested(two)
    distance = pq.read_table(tmp_path / "2" / "probabilities.parquet")["distance"]
    assert distance.null_count == 72, "two labelled episodes say nothing of a third"


def test_a_label_does_not_change_what_is_said_of_its_own_episode(
    recording: Path, tmp_path: Path
) -> None:
    places = [tmp_path / name for name in ("one", "other")]
    found = []
    for place, cutoff in zip(places, (5, 9), strict=True):
        place.mkdir()
        found.append(suggested(quick(recording, place, LABELS | {"0": cutoff}))[:2])
    (folds, before), (again, after) = found
    assert (folds == again).all()
    alone = (folds[:, 0] == folds[0, 0]) & (folds[:, 0] >= 0)  # judged without episode 0
    np.testing.assert_array_equal(before[alone], after[alone])
    assert not np.allclose(before[~alone], after[~alone], atol=1e-3)


def test_few_episodes_make_fewer_folds(recording: Path, tmp_path: Path) -> None:
    folds, _, _ = suggested(quick(recording, tmp_path, {"0": 5, "3": 6}))
    assert set(folds[:, 0]) == {0, 1, -1}
    with pytest.raises(LabelError, match="2 folds"):
        suggested(quick(recording, tmp_path, {"0": 5, "3": None}))


def test_an_encoder_is_never_fetched_for_suggestions(recording: Path, tmp_path: Path) -> None:
    config = quick(recording, tmp_path, LABELS, reward_model__model_name="nobody/nothing")
    file = tmp_path / "train.json"
    file.write_text(config_text(config))
    ended = process("--config_path", file, "--events", "-")
    out, error = ended.communicate(timeout=120)
    [failed] = [parse(line) for line in out.splitlines()]
    assert failed is not None
    assert "nobody/nothing is not on this machine" in failed.message
    assert ended.returncode == UsageError.exit_code, error


def test_what_was_stopped_leaves_no_probabilities(recording: Path, tmp_path: Path) -> None:
    stop = Stop()

    def tell(event: Event) -> None:
        if event.event == "step":
            stop.number = 2

    with pytest.raises(Stopped):
        suggest(quick(recording, tmp_path, LABELS), tell, stop)
    assert not (tmp_path / "run" / "probabilities.parquet").exists()


def test_settings_for_suggestions_survive_a_file(recording: Path, tmp_path: Path) -> None:
    config = quick(recording, tmp_path, LABELS)
    file = tmp_path / "train.json"
    file.write_text(config_text(config))
    assert read_settings(file).config == config


def test_an_attached_run_ends_with_whoever_started_it(recording: Path, tmp_path: Path) -> None:
    config = quick(recording, tmp_path, LABELS).model_copy(update={"steps": 10_000_000})
    file = tmp_path / "train.json"
    file.write_text(config_text(config))
    told = ("--config_path", file, "--events", "-", "--attached")
    with process(*told, stdin=True) as running:
        assert parse(running.stdout.readline()) is not None, "it has begun"
        assert running.poll() is None
        running.stdin.close()
        assert running.wait(60) == 130
    assert not (tmp_path / "run" / "probabilities.parquet").exists()
