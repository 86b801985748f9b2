"""Datasets that LeRobot wrote."""

import os
from pathlib import Path

import pytest

from tests.recordings import ROOTS


@pytest.fixture
def sample_files() -> list[Path]:
    """Every parquet file of tests/recordings, and of the samples beside the checkout, if any."""
    beside = Path(__file__).resolve().parents[4] / "shared"
    samples = Path(os.environ.get("LABELER_SHARED", beside)) / "datasets"
    return [file for root in [*ROOTS, samples] for file in sorted(root.rglob("*.parquet"))]
