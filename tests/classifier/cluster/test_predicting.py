"""`predict` and `evaluate` on real workers say what they say on this machine."""

import json
import shutil
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

from tests.classifier.cli.conftest import checkpoint, cli, finished
from tests.classifier.runs import ROOT, environment, halted

__all__ = ["checkpoint", "cli", "finished"]  # fixtures


def test_predictions_of_a_cluster_are_those_of_this_machine(
    nodes, cli, finished, recording, tmp_path
) -> None:
    here, there = tmp_path / "here.parquet", tmp_path / "there.parquet"
    local = cli("predict", finished, recording, "--out", here, "--device=cpu")
    given = ("--device=cpu", "--on", nodes.file)
    remote = cli("predict", finished, recording, "--out", there, *given)
    assert remote.code == 0, remote.err
    assert "Frames are predicted on 1 node of " in remote.err
    assert there.read_bytes() == here.read_bytes()
    assert pq.read_table(there)["episode"].to_pylist() == sorted([*range(6)] * 12)
    warned = [line for line in local.err.splitlines() if "differ" in line]
    assert [line for line in remote.err.splitlines() if "differ" in line] == warned


def test_a_review_has_the_frames_scored_first_by_the_cluster_too(
    nodes, cli, finished, recording, tmp_path
) -> None:
    def review(*given: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "labeler", "review", recording, *given]
        return subprocess.run(
            list(map(str, command)), cwd=ROOT, env=environment(), capture_output=True, text=True
        )

    before, scored = tmp_path / "before.parquet", tmp_path / "scored.parquet"
    assert cli("predict", finished, recording, "--out", before, "--device=cpu").code == 0
    given = ("--checkpoint", finished, "--scores-to", scored, "--device=cpu")
    done = review(*given, "--on", nodes.file, "--json")
    assert done.returncode == 0, done.stderr
    assert "Frames are predicted on 1 node of " in done.stderr
    assert "Probabilities of 72 frames" in done.stderr, "not on stdout, which is JSON"
    assert "Next:" not in done.stderr
    assert scored.read_bytes() == before.read_bytes()

    def result(text: str) -> dict[str, object]:
        return json.loads(text.replace(scored.stem, before.stem))

    assert result(done.stdout) == result(review("--scores", before, "--json").stdout)
    text = review(*given)  # the file is its own, so it may be replaced
    assert text.returncode == 0, text.stderr
    assert "Probabilities of 72 frames" in text.stdout
    assert "6 labels checked" in text.stdout
    assert text.stderr.count("Next:") == 1


def test_an_evaluation_on_a_cluster_is_that_of_this_machine(nodes, cli, checkpoint, recording):
    local = cli("evaluate", checkpoint, recording, "--json", "--device=cpu")
    remote = cli("evaluate", checkpoint, recording, "--json", "--device=cpu", "--on", nodes.file)
    assert remote.code == 0, remote.err
    assert remote.out == local.out


def test_a_damaged_video_ends_a_prediction_with_its_sentence(
    nodes, cli, finished, recording, tmp_path
) -> None:
    root = shutil.copytree(recording, tmp_path / "damaged")
    video = next(root.rglob("*.mp4"))
    data = bytearray(video.read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 400] = bytes(400)
    video.write_bytes(data)
    ends = [
        cli("predict", finished, root, "--out", tmp_path / "out.parquet", "--device=cpu", *more)
        for more in ((), ("--on", nodes.file))
    ]
    assert [end.code for end in ends] == [3, 3]
    sentences = [end.err.splitlines()[-2:] for end in ends]
    assert sentences[0] == sentences[1]
    assert not (tmp_path / "out.parquet").exists()


def test_a_command_that_is_killed_leaves_no_file_and_the_next_start_makes_it(
    nodes, finished, recording, cli, tmp_path
) -> None:
    here, out = tmp_path / "here.parquet", tmp_path / "out.parquet"
    given = ("predict", finished, recording, "--device=cpu", "--out")
    assert cli(*given, here).code == 0
    with halted("Frames are predicted", *given, out, "--on", nodes.file) as running:
        running.kill()
        running.communicate()
    assert running.returncode == -signal.SIGKILL
    assert not out.exists()
    assert cli(*given, out, "--on", nodes.file).code == 0
    assert out.read_bytes() == here.read_bytes()
