"""The benchmark runs; what it measures is for people to judge."""

import json
import subprocess
import sys

from labeler.dataset import open_dataset
from labeler.inspection import inspect_dataset
from tests.bench.merge.recordings import write_recordings
from tests.bench.processes import ROOT


def test_the_benchmark_measures_every_side(tmp_path):
    file = tmp_path / "figures.json"
    sizes = ("--recordings", "2", "--episodes", "2", "--repetitions", "1", "--pause", "0")
    command = [sys.executable, "-m", "tests.bench.merge", *sizes, "--work", tmp_path]
    done = subprocess.run(
        [*command, "--json", file], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "2 recordings of 2 episodes" in done.stdout
    figures = json.loads(file.read_text())
    assert set(figures["seconds"]) == {"copy", "synced copy", "labeler"}
    assert all(values[0] > 0 for values in figures["seconds"].values())
    assert list(tmp_path.iterdir()) == [file]


def test_its_recordings_are_sound(tmp_path):
    for root, _ in write_recordings(tmp_path, 2, 3):
        with open_dataset(root) as dataset:
            report = inspect_dataset(dataset)
            assert report.usable
            assert all("info.json says" in oddity.sentence for oddity in report.oddities)
