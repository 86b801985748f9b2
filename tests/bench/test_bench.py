"""The benchmark runs; what it measures is for people to judge."""

import json
import subprocess
import sys

from labeler.dataset import open_dataset
from labeler.inspection import inspect_dataset
from tests.bench.processes import ROOT
from tests.bench.synthetic import FRAMES, write_v3, write_v3_metadata


def test_the_benchmark_measures_every_step(tmp_path):
    file = tmp_path / "figures.json"
    sizes = ("--frames", "1000", "--episodes", "20", "--v21-episodes", "20", "--repetitions", "1")
    command = [sys.executable, "-m", "tests.bench", *sizes, "--work", tmp_path, "--json", file]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for copy in ("copy", "durable copy", "digested copy"):
        assert f"in place / {copy}" in printed
    figures = json.loads(file.read_text())
    assert set(figures["opening"]) == {"v3.0, 20 episodes", "v2.1, 20 episodes"}
    labelling = figures["labelling"]["1000"]
    copies = ("copy", "durable copy", "digested copy")
    steps = ("new: write", "in place: write", "in place: command", "export: export")
    for step in (*copies, *steps):
        assert labelling[step][0] > 0
    assert list(tmp_path.iterdir()) == [file]


def test_synthetic_recordings_are_sound(tmp_path):
    write_v3(tmp_path / "rows", 12)
    with open_dataset(tmp_path / "rows") as dataset:
        assert dataset.total_frames == 12 * FRAMES
        assert inspect_dataset(dataset).oddities == ()


def test_synthetic_metadata_name_every_episode(tmp_path):
    write_v3_metadata(tmp_path / "metadata", 1234)
    with open_dataset(tmp_path / "metadata") as dataset:
        assert len(dataset) == 1234
        assert dataset[1233].first_index == 1233 * FRAMES
