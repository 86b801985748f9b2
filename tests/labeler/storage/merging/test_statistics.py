"""Statistics of sources as they lie on disk: gaps in them, and vectors that are null."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from labeler.collection import CollectionSpec, SourceSpec, open_collection
from labeler.collection.document import give_names
from labeler.storage.merging import Wishes, prepare_merge
from labeler.storage.merging.statistics import _read_lines
from labeler.storage.record.episode_lines import numbers


def test_a_vector_that_is_null_counts_as_nan() -> None:
    whole = pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32(), 2))
    assert numbers(whole).tolist() == [1, 2, 3, 4]
    found = numbers(pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float32(), 2)))
    assert np.array_equal(found, [[1, 2], [np.nan, np.nan], [3, 4]], equal_nan=True)


def test_what_one_episode_lacks_is_left_out(make_recording, tmp_path: Path) -> None:
    root = make_recording("v2.1", (4, 3), cameras=())
    file = root / "meta/episodes_stats.jsonl"
    first, second = map(json.loads, file.read_text().splitlines())
    first["stats"]["odd"] = second["stats"]["odd"] = 3
    del second["stats"]["action"]["mean"]
    file.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"0": 1, "1": 2}))
    spec = CollectionSpec(give_names((SourceSpec(root, labels),)))
    with open_collection(spec) as collection:
        plan = prepare_merge(collection, tmp_path / "merged", Wishes()).plan
        found = _read_lines(plan.parts[0])
    assert "odd" not in found and "mean" not in found["action"] and "mean" in found["timestamp"]
    least = [line["stats"]["action"]["min"] for line in (first, second)]
    assert found["action"]["min"].tolist() == least
