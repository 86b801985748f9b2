"""Statistics of sources as they lie on disk: gaps in them, and vectors that are null."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa

from labeler.storage.merging.statistics import _numbers, _read_v21


def test_a_vector_that_is_null_counts_as_nan() -> None:
    whole = pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32(), 2))
    assert _numbers(whole).tolist() == [1, 2, 3, 4]
    found = _numbers(pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float32(), 2)))
    assert np.array_equal(found, [[1, 2], [np.nan, np.nan], [3, 4]], equal_nan=True)


def test_what_one_episode_lacks_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "meta").mkdir()
    lines = [
        {"episode_index": 0, "stats": {"action": {"min": [0.0], "mean": [1.0]}, "odd": 3}},
        {"episode_index": 1, "stats": {"action": {"min": [2.0]}, "odd": 3}},
    ]
    file = tmp_path / "meta/episodes_stats.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    kept = [SimpleNamespace(episode=episode) for episode in (0, 1)]
    part = SimpleNamespace(
        dataset=SimpleNamespace(root=tmp_path), selection=SimpleNamespace(kept=kept)
    )
    found = _read_v21(part)
    assert list(found) == ["action"] and list(found["action"]) == ["min"]
    assert found["action"]["min"].tolist() == [[0.0], [2.0]]
