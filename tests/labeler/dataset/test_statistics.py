"""Formulas of the statistics against numpy on the raw values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labeler.dataset.statistics import (
    QUANTILES,
    DatasetStatistics,
    aggregate,
    as_lists,
    column_statistics,
    image_histogram,
    image_statistics,
    sample_frames,
    thin,
)

finite = st.floats(-1e3, 1e3, width=32)
columns = st.integers(1, 40).flatmap(
    lambda rows: arrays(np.float32, st.sampled_from([(rows,), (rows, 3)]), elements=finite)
)


@given(columns)
def test_column_statistics_are_those_of_the_values(values):
    rows = values.reshape(len(values), -1).astype(np.float64)
    result = column_statistics(values, quantiles=True)

    assert list(result) == ["min", "max", "mean", "std", "count", *QUANTILES]
    np.testing.assert_array_equal(result["min"], rows.min(0))
    np.testing.assert_array_equal(result["max"], rows.max(0))
    np.testing.assert_allclose(result["mean"], rows.mean(0), rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(result["std"], rows.std(0), rtol=1e-4, atol=1e-2)
    for name, share in QUANTILES.items():
        np.testing.assert_allclose(
            result[name], np.quantile(rows, share, axis=0), rtol=1e-9, atol=1e-9
        )
    assert result["count"].tolist() == [len(values)]


def test_rewards_have_the_values_lerobot_033_writes():
    rewards = np.zeros(100, np.float32)
    rewards[-1] = 1
    assert as_lists(column_statistics(rewards, quantiles=False)) == {
        "min": [0.0],
        "max": [1.0],
        "mean": [0.009999999776482582],
        "std": [0.09949874132871628],
        "count": [100],
    }


def test_bools_stay_bools_without_quantiles_and_become_floats_with_them():
    done = np.array([False, False, True])
    assert column_statistics(done, quantiles=False)["max"].tolist() == [True]
    assert column_statistics(done, quantiles=True)["max"].tolist() == [1.0]
    assert isinstance(column_statistics(done, quantiles=True)["max"].tolist()[0], float)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_aggregate_of_parts_is_the_statistics_of_all_rows(lengths, seed):
    random = np.random.default_rng(seed)
    parts = [random.normal(size=(length, 2)) for length in lengths]
    together = column_statistics(np.concatenate(parts), quantiles=False)
    result = aggregate([column_statistics(part, quantiles=False) for part in parts])

    assert list(result) == ["min", "max", "mean", "std", "count"]
    for key, expected in together.items():
        np.testing.assert_allclose(result[key], expected, atol=1e-12)


def test_quantiles_aggregate_weighted_by_count():
    short, long = np.zeros(10, np.float32), np.ones(30, np.float32)
    result = aggregate([column_statistics(part, quantiles=True) for part in (short, long)])
    assert result["q50"].tolist() == [0.75]


def test_dataset_statistics_do_not_depend_on_batches():
    random = np.random.default_rng(3)
    parts = [random.normal(size=random.integers(1, 9)) for _ in range(600)]
    total = DatasetStatistics()
    for part in parts:
        total.add({"column": column_statistics(part, quantiles=False)})

    result = total.total()["column"]
    rows = np.concatenate(parts)
    assert result["count"].tolist() == [len(rows)]
    np.testing.assert_allclose(result["mean"], [rows.mean()], atol=1e-12)
    np.testing.assert_allclose(result["std"], [rows.std()], atol=1e-12)


@settings(max_examples=25)
@given(arrays(np.uint8, (3, 7, 5, 3)))
def test_picture_statistics_are_those_of_the_pixels(pictures):
    histogram = sum(image_histogram(picture) for picture in pictures)
    result = image_statistics(histogram, len(pictures), quantiles=True)
    pixels = pictures.reshape(-1, 3) / 255

    assert list(result) == ["min", "max", "mean", "std", "count", *QUANTILES]
    assert result["count"].tolist() == [3]
    for key in ("min", "max", "mean", "std"):
        expected = getattr(np, key)(pixels, axis=0).reshape(3, 1, 1)
        np.testing.assert_allclose(result[key], expected, atol=1e-9)
    for name, share in QUANTILES.items():
        expected = np.quantile(pixels, share, axis=0).reshape(3, 1, 1)
        np.testing.assert_allclose(result[name], expected, atol=1e-9)


@pytest.mark.parametrize(("length", "count"), [(1, 1), (30, 30), (100, 100), (500, 105)])
def test_sampled_frames_reach_from_first_to_last(length, count):
    frames = sample_frames(length)
    assert len(frames) == count
    assert (frames[0], frames[-1]) == (0, length - 1)


def test_large_pictures_are_thinned_for_statistics():
    assert thin(np.zeros((480, 640, 3), np.uint8)).shape == (120, 160, 3)
    assert thin(np.zeros((128, 128, 3), np.uint8)).shape == (128, 128, 3)
