"""Probabilities on disk and how two sets of them are joined."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.errors import LabelFileError
from labeler.labels import EpisodeLabel
from labeler.review.scores import read_scores


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
