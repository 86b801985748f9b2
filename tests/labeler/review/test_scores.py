"""Probabilities on disk and how two sets of them are joined."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.errors import LabelFileError
from labeler.labels import EpisodeLabel
from labeler.review.score_files import read_scores, read_sources
from labeler.review.words import unlike_sentence


def write(path: Path, episodes: list[int], frames: list[int], values: list[float]) -> Path:
    pq.write_table(pa.table([episodes, frames, values], ["episode", "frame", "probability"]), path)
    return path


def test_frames_find_their_places(tmp_path: Path) -> None:
    path = write(tmp_path / "scores.parquet", [1, 1, 0], [1, 0, 0], [0.9, 0.1, 0.4])
    scores = read_scores(path, [3, 2, 4])
    assert scores.probabilities(1).tolist() == [0.1, 0.9]
    assert np.isnan(scores.probabilities(0)).tolist() == [False, True, True]
    assert scores.probabilities(2) is None
    assert scores.scored().tolist() == [True, True, False]
    assert scores.suggestion(EpisodeLabel(4), 2) is None
    assert scores.suggestion(EpisodeLabel(2), 1).cutoff == 1


def test_out_of_fold_comes_before_the_rest(tmp_path: Path) -> None:
    honest = read_scores(write(tmp_path / "a", [0, 0], [0, 1], [0.3, 0.4]), [2, 2])
    final = read_scores(write(tmp_path / "b", [0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 0, 1]), [2, 2])
    both = honest.before(final)
    assert both.values.tolist() == [0.3, 0.4, 0, 1]


def test_what_classifiers_differ_by_is_read_and_kept(tmp_path: Path) -> None:
    columns = {"episode": [0, 0, 1], "frame": [0, 1, 0], "probability": [0.5, 0.6, 0.7]}
    path = tmp_path / "several.parquet"
    pq.write_table(pa.table({**columns, "spread": pa.array([0.2, 0.4, None], pa.float32())}), path)
    scores = read_scores(path, [2, 1])
    np.testing.assert_allclose(scores.spreads(0), [0.2, 0.4])
    assert scores.spreads(1) is None
    np.testing.assert_allclose(scores.doubt(), [0.3, np.nan])
    single = read_scores(write(tmp_path / "a", [0], [0], [0.3]), [2, 1])
    assert single.spreads(0) is None and np.isnan(single.doubt()).all()
    both = single.before(scores)
    np.testing.assert_allclose(both.spreads(0), [np.nan, 0.4])


def test_frames_unlike_the_training_are_read_and_kept(tmp_path: Path) -> None:
    columns = {"episode": [0, 0, 1], "frame": [0, 1, 0], "probability": [0.5, 0.6, 0.7]}
    path = tmp_path / "final.parquet"
    away = pa.array([0.9, 1.2, None], pa.float32())
    pq.write_table(pa.table({**columns, "distance": away}), path)
    scores = read_scores(path, [2, 1])
    assert scores.unlike(0).tolist() == [False, True] and scores.unlike(1) is None
    assert scores.spread is None
    earlier = read_scores(write(tmp_path / "a", [0], [0], [0.3]), [2, 1])
    assert earlier.distance is None and earlier.unlike(0) is None
    both = earlier.before(scores)
    np.testing.assert_allclose(both.distance, [np.nan, 1.2, np.nan], rtol=1e-6)
    assert both.unlike(0).tolist() == [False, True] and both.spread is None
    assert earlier.before(earlier).distance is None


@pytest.mark.parametrize(
    ("unlike", "said"),
    [
        ([False, False], ""),
        ([True, True], "No frame is like those of the training"),
        ([True, False, False], "1 of 3 frames is not like those of the training"),
        ([True, True, False], "2 of 3 frames are not like those of the training"),
    ],
)
def test_frames_unlike_the_training_in_words(unlike: list[bool], said: str) -> None:
    assert unlike_sentence(np.array(unlike)) == said


@pytest.mark.parametrize(("episode", "frame"), [(2, 0), (-1, 0), (1, 2), (0, -1)])
def test_frames_that_do_not_exist_are_refused(tmp_path: Path, episode: int, frame: int) -> None:
    path = write(tmp_path / "scores.parquet", [episode], [frame], [0.5])
    with pytest.raises(LabelFileError, match=f"frame {frame} of episode {episode}"):
        read_scores(path, [3, 2])


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelFileError, match="There is no file"):
        read_scores(tmp_path / "missing.parquet", [3])
    other = tmp_path / "other.parquet"
    other.write_bytes(b"no parquet at all")
    with pytest.raises(LabelFileError, match="holds no probabilities"):
        read_scores(other, [3])


def lerobot(path: Path, **columns: list[float]) -> Path:
    """Two episodes of 4 and 3 frames, as LeRobot 0.6.1 writes progress."""
    places = {
        "index": list(range(7)),
        "episode_index": [0, 0, 0, 0, 1, 1, 1],
        "frame_index": [0, 1, 2, 3, 0, 1, 2],
    }
    table = pa.table({**places, **columns})
    pq.write_table(table.replace_schema_metadata({b"reward_model_path": b"sarm"}), path)
    return path


RISING = [0.1, 0.3, 0.8, 0.9, 0.2, 0.3, 0.4]


def described(path: Path, prefix: str, descriptors: dict, version: str = "1", **columns) -> Path:
    """A file of LeRobot's coming frame signals."""
    table = pq.read_table(lerobot(path, **columns))
    metadata = {
        f"{prefix}.format": "lerobot.frame_signals",
        f"{prefix}.schema_version": version,
        f"{prefix}.descriptors": json.dumps(descriptors),
        f"{prefix}.provenance": "{}",
    }
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def test_progress_of_lerobot_is_read_by_its_columns(tmp_path: Path) -> None:
    path = lerobot(
        tmp_path / "sarm_progress.parquet",
        progress_sparse=RISING,
        progress_dense=[np.nan] + [0.5] * 6,
    )
    sparse, dense = read_sources(path, [4, 3])
    assert (sparse.name, dense.name) == (
        "sarm_progress: progress_sparse", "sarm_progress: progress_dense"
    )  # fmt: skip
    assert not sparse.calibrated
    np.testing.assert_allclose(sparse.values, RISING)
    np.testing.assert_allclose(dense.probabilities(0), [np.nan, 0.5, 0.5, 0.5])
    assert read_scores(path, [4, 3]).name == sparse.name


@pytest.mark.parametrize("prefix", ["lerobot.scores", "lerobot.reward_scoring"])
def test_frame_signals_are_read_as_they_are_described(tmp_path: Path, prefix: str) -> None:
    more = {"description": "x", "allow_nan": True}
    descriptors = {
        "value": {**more, "direction": "higher", "bounds": [-2.0, 2.0]},
        "cost": {**more, "direction": "lower", "bounds": None},
        "reached": {**more, "direction": "higher", "bounds": None},
        "phase": {**more, "direction": "none", "bounds": None},
        "absent": {**more, "direction": "higher", "bounds": None},
        "nothing": {**more, "direction": "higher", "bounds": None},
    }
    path = described(
        tmp_path / "s.parquet", prefix, descriptors,
        value=[-2.0, 0.0, 2.0, np.inf, 1.0, 1.0, 1.0],
        cost=[30.0, 20.0, 10.0, 10.0, 10.0, 10.0, 10.0],
        reached=[False, True, True, True, False, False, False],
        phase=[0, 1, 2, 3, 0, 1, 2],
        nothing=[np.nan] * 7,
    )  # fmt: skip
    value, cost, reached = read_sources(path, [4, 3])
    assert [one.name for one in (value, cost, reached)] == ["s: value", "s: cost", "s: reached"]
    np.testing.assert_allclose(value.probabilities(0), [0, 0.5, 1, np.nan])
    np.testing.assert_allclose(cost.probabilities(0), [0, 0.5, 1, 1])
    assert reached.values.tolist() == [0, 1, 1, 1, 0, 0, 0]


def test_signals_that_say_the_same_everywhere_speak_against_success(tmp_path: Path) -> None:
    (found,) = read_sources(lerobot(tmp_path / "a.parquet", progress_sparse=[7.0] * 7), [4, 3])
    assert found.values.tolist() == [0.0] * 7


def test_signals_that_nobody_can_read_are_refused(tmp_path: Path) -> None:
    path, signal = tmp_path / "s.parquet", {"x": {"direction": "higher", "bounds": None}}
    described(path, "lerobot.scores", signal, "2", x=RISING)
    with pytest.raises(LabelFileError, match="frame signals of version '2'"):
        read_sources(path, [4, 3])
    described(path, "lerobot.scores", {"x": 1}, x=RISING)
    with pytest.raises(LabelFileError, match="holds no probabilities"):
        read_sources(path, [4, 3])
    lerobot(path, x=RISING)  # nobody says what x is
    with pytest.raises(LabelFileError, match="holds no probabilities"):
        read_sources(path, [4, 3])
    lerobot(path, progress_sparse=[np.nan] * 7)
    with pytest.raises(LabelFileError, match="holds no probabilities"):
        read_sources(path, [4, 3])


def test_a_recording_with_other_episodes_is_refused(tmp_path: Path) -> None:
    path = lerobot(tmp_path / "a.parquet", progress_sparse=RISING)
    with pytest.raises(LabelFileError, match="frame 3 of episode 0"):
        read_sources(path, [3, 4])
