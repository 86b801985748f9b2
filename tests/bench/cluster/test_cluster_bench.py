"""The benchmark runs; what it measures is for people to judge."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

from tests.bench.processes import ROOT


@pytest.mark.timeout(1800)  # clusters that come and go, each of which imports PyTorch
def test_the_benchmark_measures_every_part(tmp_path) -> None:
    file = tmp_path / "figures.json"
    sizes = ("--frames", "125", "--folds", "250", "--length", "25", "--repetitions", "1")
    command = [sys.executable, "-m", "tests.bench.cluster", *sizes, "--work", tmp_path]
    command += ["--json", file, "--quiet"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "5 folds of 250 frames, network:" in printed
    assert "1,000 cores:" in printed
    figures = json.loads(file.read_text())
    assert set(figures["encoding"]) == {"local", "dask", "two nodes"}
    assert all(rate > 0 for rates in figures["encoding"].values() for rate in rates)
    assert all(seconds > 0 for seconds in figures["limits"].values())
