"""The benchmark runs; what it measures is for people to judge."""

import json
import subprocess
import sys

import pytest

from tests.bench.classifier.recordings import KINDS
from tests.bench.processes import ROOT


@pytest.mark.timeout(900)  # many processes, each of which imports PyTorch
def test_the_benchmark_measures_every_part(tmp_path):
    file = tmp_path / "figures.json"
    few = ("--datasets", "position", "--train", "4", "--test", "1", "--seeds", "1")
    sizes = (
        "--length",
        "12",
        "--repetitions",
        "1",
        "--sizes",
        "200",
        "--work",
        tmp_path,
        "--json",
        file,
    )
    command = [sys.executable, "-m", "tests.bench.classifier", *few, *sizes]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "predicting / the slower of both" in printed
    figures = json.loads(file.read_text())
    (run,) = figures["labeler-train"]["position"]
    assert run["whole"] > run["decoding and encoding"] > 0
    assert 0 <= run["accuracy"] <= 1
    (progress,) = figures["labeler-train by checkpoint"]["position"]
    assert progress["steps"] == sorted(progress["steps"])
    assert len(progress["seconds"]) == len(progress["accuracy"]) == len(progress["steps"]) > 1
    assert len(figures["prediction"][0]["probabilities"]) == 5 * 12
    assert figures["sizes"]["200"]["seconds per frame"] > 0
    assert list(tmp_path.iterdir()) == [file]


def test_episodes_are_the_same_each_time_and_mostly_of_both_classes():
    for make in KINDS.values():
        first, again = make(0, 30), make(0, 30)
        assert (next(first.images) == next(again.images)).all()
        assert 0 < first.success.sum() < len(first.success)
