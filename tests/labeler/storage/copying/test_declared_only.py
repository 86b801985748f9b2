"""What a recording declares and does not have: read without it, with a warning, as LeRobot does."""

import json

import pytest

from labeler.dataset import open_dataset
from labeler.inspection import inspect_dataset
from labeler.inspection.oddity import Severity
from labeler.storage.checking.check import differences
from tests.snapshot import snapshot

VERSIONS = pytest.mark.parametrize("version", ["v2.1", "v3.0"])
GONE = {"dtype": "float32", "shape": [1], "names": ["gone"]}


def declare(root, name="gone"):
    file = root / "meta/info.json"
    document = json.loads(file.read_text())
    document["features"][name] = GONE
    file.write_text(json.dumps(document))


def warnings(root):
    with open_dataset(root) as dataset:
        report = inspect_dataset(dataset)
    assert report.usable
    return [one.sentence for one in report.oddities if one.severity is Severity.WARNING]


@VERSIONS
def test_a_column_that_no_file_has_is_left_out(make_recording, run, tmp_path, version):
    root = make_recording(version, reward="last")
    declare(root)
    before = snapshot(root)
    with open_dataset(root) as dataset:
        names = [column.name for column in dataset.columns]
        assert dataset.absent_columns == ("gone",)
        assert "gone" not in names
        assert dataset.rows(1, names).num_rows == 9
    assert [one for one in warnings(root) if "declares gone, which no data file has" in one]
    copy = tmp_path / "copy"
    done = run("apply", root, "--labels-from", "next.reward", "--out", copy)
    assert done.exit_code == 0, done.output
    assert differences(copy) == []
    assert snapshot(root) == before


@VERSIONS
def test_a_merged_dataset_does_not_declare_it(make_recording, run, tmp_path, version):
    roots = [
        make_recording(version, reward="last", name=name, seed=i) for i, name in enumerate("ab")
    ]
    for root in roots:
        declare(root)
    merged = tmp_path / "merged"
    done = run("merge", *roots, "--out", merged)
    assert done.exit_code == 0, done.output
    assert "gone" not in json.loads((merged / "meta/info.json").read_text())["features"]
    assert differences(merged) == []


@VERSIONS
def test_a_column_that_was_recorded_is_missed(make_recording, version):
    """It has statistics: what lacks it is damaged."""
    root = make_recording(version)
    declare(root)
    if version == "v3.0":
        file = root / "meta/stats.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "gone": {}}))
    else:
        file = root / "meta/episodes_stats.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        for line in lines:
            line["stats"]["gone"] = {}
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        (root / "meta/stats.json").unlink(missing_ok=True)
    with open_dataset(root) as dataset:
        assert dataset.absent_columns == ()
        assert not inspect_dataset(dataset).usable
