"""The demo recording, for all tests on a screen."""

from pathlib import Path

import pytest

from labeler.demo import write_demo


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo") / "pick_lift"
    write_demo(root, "v3.0", lambda episode: None)
    return root
