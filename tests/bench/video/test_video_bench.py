"""The benchmark runs; what it measures is for people to judge."""

import json
import subprocess
import sys

from tests.bench.processes import ROOT


def test_the_benchmark_measures_every_kind(tmp_path):
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.bench.video", "--clips", "128x128 AV1 g=2"]
    sizes = ["--length", "20", "--frames", "5", "--repetitions", "1", "--work", tmp_path]
    done = subprocess.run(
        [*command, *sizes, "--json", file], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "Labeler" in done.stdout
    samples = json.loads(file.read_text())["samples"]["128x128 AV1 g=2"]
    kinds = ("random", "decoding: random", "forward", "held", "backward")
    assert {name: len(samples[name]) for name in kinds} == dict.fromkeys(kinds, 5)
    assert samples["cache bytes"][0] > 0
    assert list(tmp_path.iterdir()) == [file]
