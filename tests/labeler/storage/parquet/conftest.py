"""Sample datasets beside the checkout."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def sample_datasets():
    beside = Path(__file__).resolve().parents[5] / "shared"
    folder = Path(os.environ.get("LABELER_SHARED", beside)) / "datasets"
    if not folder.is_dir():
        pytest.skip("no sample datasets beside the checkout")
    return folder
