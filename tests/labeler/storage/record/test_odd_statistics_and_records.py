"""Odd statistics, odd records and odd tables, where what is missing is told or worked out."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from labeler.dataset import open_dataset
from labeler.errors import LabelError
from labeler.storage.copying.frame_scores import _has_numbers
from labeler.storage.copying.selected_metadata import _with_missing
from labeler.storage.merging.statistics import _read_lines
from labeler.storage.record.copy_record import RECORD, is_labelled_copy
from labeler.storage.record.episode_lines import LINES, statistics_lines
from labeler.storage.record.selection import Unlabeled, _require_as_wished


def test_a_damaged_table_is_no_table_of_scores(tmp_path: Path) -> None:
    (tmp_path / "scores.parquet").write_bytes(b"PAR1")
    assert not _has_numbers(tmp_path / "scores.parquet")


def test_a_column_that_lacks_is_added_empty_and_one_that_is_there_stays() -> None:
    table = _with_missing(pa.table({"length": [3, 4]}), ["length", "dataset_from_index"])
    assert table.to_pydict() == {"length": [3, 4], "dataset_from_index": [None, None]}


def test_a_copy_whose_record_cannot_be_read_counts_as_labelled(tmp_path: Path) -> None:
    (tmp_path / RECORD).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / RECORD).write_text("{")
    assert is_labelled_copy(tmp_path)


def test_a_copy_without_labels_is_of_episodes_without_any() -> None:
    _require_as_wished(Unlabeled.KEEP, [0, 1], 2)
    with pytest.raises(LabelError, match="Some episodes are labelled"):
        _require_as_wished(Unlabeled.KEEP, [0], 2)


def test_statistics_that_are_no_lists_are_left_out_of_a_merge(
    make_recording: Callable[..., Path],
) -> None:
    root = make_recording("v2.1", (4, 5))
    lines = [json.loads(line) for line in (root / LINES).read_text().splitlines()]
    for line in lines:
        line["stats"]["action"]["mean"] = 1.0
    (root / LINES).write_text("".join(json.dumps(line) + "\n" for line in lines))
    with open_dataset(root) as dataset:
        kept = [SimpleNamespace(episode=episode) for episode in range(2)]
        part = SimpleNamespace(dataset=dataset, selection=SimpleNamespace(kept=kept))
        found = _read_lines(part)["action"]
    assert "mean" not in found
    assert "std" in found


def test_a_feature_without_a_column_has_no_statistics(make_recording: Callable[..., Path]) -> None:
    root = make_recording("v2.1", (4, 5))
    first, _ = (root / LINES).read_text().splitlines()
    (root / LINES).write_text(f"{first}\n")
    info = json.loads((root / "meta/info.json").read_text())
    info["features"]["note"] = {"dtype": "string", "shape": [1], "names": None}
    (root / "meta/info.json").write_text(json.dumps(info))
    with open_dataset(root) as dataset:
        _, computed = statistics_lines(dataset)
    assert computed["episode_index"] == 1
    assert "note" not in computed["stats"]
    assert set(computed["stats"]) == set(json.loads(first)["stats"])
