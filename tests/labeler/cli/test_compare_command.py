"""Two label files are compared and merged; files of two recordings are refused."""

import json

import pytest

from labeler.dataset import open_dataset
from tests.snapshot import snapshot


def own(run, root, path, cutoffs):
    """A label file of Labeler for a recording."""
    other = path.with_suffix(".cutoffs")
    other.write_text(json.dumps(cutoffs))
    assert run("export", root, "--labels", other, "--out", path).exit_code == 0
    return path


def test_one_frame_of_many_is_not_rounded_away(run, tmp_path):
    for name, first in (("anna", 1500), ("ben", 1501)):
        label = {"length": 3000, "state": "success", "success": [[first, 3000]]}
        values = {
            "format": "labeler-labels",
            "version": 1,
            "dataset": {
                "name": "recording",
                "codebase_version": "v3.0",
                "fps": 10,
                "episodes": 1,
                "frames": 3000,
                "fingerprint": f"sha256:{'0' * 64}",
            },
            "episodes": {"0": label},
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(values))
    said = run("compare", tmp_path / "anna.json", tmp_path / "ben.json")
    assert said.exit_code == 0, said.output
    assert "Frames labelled alike: 99.9%, Cohen's kappa 0.999" in said.stdout


def test_figures_list_and_merged_file(run, recording, tmp_path):
    root = recording()
    anna = own(run, root, tmp_path / "anna.json", {"0": 1, "1": 0, "2": 2})
    ben = own(run, root, tmp_path / "ben.json", {"0": 1, "1": 2, "2": 2})
    before = snapshot(root)
    said = run("compare", anna, ben)
    assert said.exit_code == 0, said.output
    for part in ("12 frames labelled by both", "83.3%", "kappa 0.636", "median 0, 90% 1.6",
                 "anna: success from 0, ben: success from 2"):  # fmt: skip
        assert part in said.stdout
    out = tmp_path / "merged.json"
    told = json.loads(run("compare", anna, ben, root, "--json", "--out", out).stdout)
    assert told["frames"]["kappa"] == pytest.approx(7 / 11)
    assert [found["episode"] for found in told["disagreements"]] == [1]
    assert told["merged"] == {"agreed": 2, "one_sided": 0, "resolved": [], "flagged": [1]}
    refused = run("apply", root, "--labels", out)
    assert refused.exit_code == 4
    assert "episode 1" in refused.stderr
    merged = run("compare", anna, ben, "--out", out, "--rule", "both")
    assert "2 agreed, 0 labelled by only one, 1 resolved" in merged.stdout
    assert run("apply", root, "--labels", out).exit_code == 0
    with open_dataset(root.with_name("recording_labeled")) as copy:
        rewards = copy.rows(1, ["next.reward"])["next.reward"].to_pylist()
    assert rewards == [0.0, 0.0, 1.0]
    assert snapshot(root) == before


def test_forms_without_lengths(run, recording, tmp_path):
    root = recording()
    plain = tmp_path / "plain.json"
    plain.write_text('{"0": 1, "1": 0, "2": 2}')
    assert run("compare", plain, plain).exit_code == 2
    assert "No disagreements" in run("compare", plain, plain, root).stdout
    full = own(run, root, tmp_path / "full.json", {"0": 1, "1": 0, "2": 3})
    told = json.loads(run("compare", plain, full, "--json").stdout)
    assert [found["episode"] for found in told["disagreements"]] == [2]


def test_labels_of_two_recordings_are_refused(run, recording, tmp_path):
    old, new = recording("v2.1", "old"), recording("v3.0", "new")
    one = own(run, old, tmp_path / "one.json", {"0": 1, "1": 0, "2": 2})
    other = own(run, new, tmp_path / "other.json", {"0": 1, "1": 0, "2": 2})
    out = tmp_path / "merged.json"
    for arguments in ([], [old], [new]):
        refused = run("compare", one, other, *arguments, "--out", out)
        assert refused.exit_code == 4, refused.output
        assert "recording" in refused.stderr
    assert not out.exists()


def test_the_merged_file_stays_out_of_datasets(run, recording, tmp_path):
    root = recording()
    one = own(run, root, tmp_path / "one.json", {"0": 1, "1": 0, "2": 2})
    refused = run("compare", one, one, "--out", root / "meta" / "merged.json")
    assert refused.exit_code == 5


def test_what_cannot_be_read_is_named(run, tmp_path):
    (tmp_path / "a.json").write_text("{")
    refused = run("compare", tmp_path / "a.json", tmp_path / "none.json")
    assert refused.exit_code == 4
    assert "a.json" in refused.stderr
