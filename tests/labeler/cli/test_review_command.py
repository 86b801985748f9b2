"""Rewards of an RL run beside the probabilities of a newer classifier."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.contracts.scores import ScoredRecording
from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.labels.dialects import read_own
from tests.broken.edit import edit_column
from tests.snapshot import snapshot

LENGTHS = (20, 20, 20)


def write_scores(path: Path, episodes: Sequence[Sequence[float]]) -> None:
    """Probabilities as `labeler-train predict` writes them."""
    parts = [
        pa.table(
            {
                "episode": np.full(len(values), episode),
                "frame": np.arange(len(values)),
                "probability": np.asarray(values, np.float32),
            }
        )
        for episode, values in enumerate(episodes)
    ]
    pq.write_table(pa.concat_tables(parts), path)


def edge(at: int) -> np.ndarray:
    return np.where(np.arange(20) < at, 0.02, 0.98)


@pytest.fixture
def rl_run(make_recording, tmp_path: Path) -> Path:
    """Its old classifier saw success at 12, never, and by mistake at 5; success paid 10."""
    cutoffs = (12, 20, 5)

    def rewards(episode: int) -> np.ndarray:
        return (np.arange(20) >= cutoffs[episode]).astype(np.float32)

    return make_recording("v3.0", LENGTHS, size=(32, 32), reward=rewards)


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.parquet"
    write_scores(path, [edge(12), edge(20), edge(15)])
    return path


def test_what_a_newer_classifier_says_otherwise(run, rl_run, scores, tmp_path) -> None:
    before = snapshot(rl_run)
    said = run("review", rl_run, "--scores", scores)
    assert said.exit_code == 0, said.output
    assert "3 labels checked, 1 probably wrong." in said.stdout
    assert "label 5, model says 15 with high confidence" in said.stdout
    out = tmp_path / "review.json"
    told = json.loads(run("review", rl_run, "--scores", scores, "--json", "--out", out).stdout)
    assert [one["episode"] for one in told["doubtful"]] == [2]
    labels = read_own(out)
    assert [label.cutoff for label in labels] == [12, None, 5]
    assert [label.flag for label in labels] == [
        None, None, "label 5, model says 15 with high confidence",
    ]  # fmt: skip
    assert labels.identity.fingerprint
    corrected = tmp_path / "corrected.json"
    corrected.write_text(json.dumps({"0": 12, "1": None, "2": 15}))
    again = run("review", rl_run, "--scores", scores, "--labels", corrected)
    assert "0 probably wrong" in again.stdout
    assert snapshot(rl_run) == before


def test_rewards_that_are_no_labels(run, rl_run, scores, tmp_path) -> None:
    """Success pays 10, each step costs a little."""
    for path in (rl_run / "data").rglob("*.parquet"):
        edit_column(path, "next.reward", lambda old: [10.0 * x - 0.02 for x in old])
    refused = run("review", rl_run, "--scores", scores)
    assert refused.exit_code == 4
    said = run("review", rl_run, "--scores", scores, "--reward-above", 1)
    assert "1 probably wrong" in said.stdout
    exported = run("export", rl_run, "--to", "cutoffs", "--reward-above", 1)
    assert json.loads(exported.stdout)["2"] == 5


def test_scores_are_bound_to_their_recording(run, rl_run, scores, make_recording, tmp_path) -> None:
    """Another recording with episodes of the same lengths gives a figure that means nothing."""
    other = make_recording("v3.0", LENGTHS, size=(32, 32), seed=7, name="other", reward="last")
    table = pq.read_table(scores)
    with open_dataset(rl_run) as dataset:
        bound = ScoredRecording(fingerprint=fingerprint(dataset), lengths=LENGTHS)
    pq.write_table(table.replace_schema_metadata(bound.to_metadata()), scores)
    assert run("review", rl_run, "--scores", scores).exit_code == 0
    out = tmp_path / "out.json"
    refused = run("review", other, "--scores", scores, "--out", out)
    assert refused.exit_code == 4
    assert "probabilities of another recording" in refused.stderr
    assert not out.exists()
    shorter = bound.model_copy(update={"lengths": (20, 20, 21)})
    pq.write_table(table.replace_schema_metadata(shorter.to_metadata()), scores)
    assert run("review", rl_run, "--scores", scores).exit_code == 4


def test_labels_of_another_recording(run, rl_run, scores, make_recording, tmp_path) -> None:
    other = make_recording("v3.0", LENGTHS, size=(32, 32), seed=7, name="other", reward="last")
    labels = tmp_path / "other.json"
    assert run("export", other, "--out", labels).exit_code == 0
    refused = run("review", rl_run, "--scores", scores, "--labels", labels)
    assert refused.exit_code == 4
    assert "another recording" in refused.stderr


def test_episodes_without_scores_are_listed(run, rl_run, scores) -> None:
    write_scores(scores, [edge(12), edge(20)])
    assert "without scores: episode 2." in run("review", rl_run, "--scores", scores).stdout
    told = json.loads(run("review", rl_run, "--scores", scores, "--json").stdout)
    assert told["unscored"] == [2]


def test_scores_of_another_recording(run, rl_run, scores, tmp_path) -> None:
    write_scores(tmp_path / "other.parquet", [edge(3)] * 4)
    wrong = run("review", rl_run, "--scores", tmp_path / "other.parquet")
    assert wrong.exit_code == 4
    assert "episode 3" in wrong.stderr


def test_several_sources_are_compared_by_what_they_are_worth(run, rl_run, scores, tmp_path) -> None:
    """The progress of a model that was never shown the task, beside a classifier."""
    places = {
        "index": np.arange(60),
        "episode_index": np.repeat([0, 1, 2], 20),
        "frame_index": np.tile(np.arange(20), 3),
    }
    progress = np.tile(np.linspace(0, 1, 20, dtype=np.float32), 3)  # rises in the failure, too
    zero_shot = tmp_path / "zero_shot.parquet"
    pq.write_table(pa.table({**places, "progress_sparse": progress}), zero_shot)
    true = tmp_path / "true.json"
    true.write_text(json.dumps({"0": 12, "1": None, "2": 14}))
    files = ("--scores", zero_shot, "--scores", scores, "--labels", true)
    said = run("review", rl_run, *files)
    assert said.exit_code == 0, said.output
    lines = " ".join(said.stdout.split())
    assert "zero_shot: progress_sparse: AUC 0." in lines
    assert "suggests success in 1 of 1 failed episode, misses 0 of 2 successful episodes" in lines
    assert "scores: AUC 0." in lines
    assert "The labels are compared with scores, which has the highest AUC." in lines
    told = json.loads(run("review", rl_run, *files, "--json").stdout)
    assert told["compared_with"] == "scores"
    first, second = told["sources"]
    assert (first["name"], first["false_successes"], first["failures"]) == (
        "zero_shot: progress_sparse", 1, 1,
    )  # fmt: skip
    assert 0.5 < first["auc"] < second["auc"] < 1
    alone = run("review", rl_run, "--scores", zero_shot, "--labels", true)
    assert "AUC" in alone.stdout and "compared with" not in alone.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "There is nothing to compare the labels with."),
        (("--scores", "scores.parquet", "--on", "dask"), "--on only applies to scores"),
        (("--scores", "scores.parquet", "--device", "cpu"), "--device only applies to scores"),
        (
            ("--scores-to", "new.parquet", "--scores", "a.parquet"),
            "--scores-to only applies to scores",
        ),
    ],
)
def test_what_scores_are_to_be_is_said(run, rl_run, given, said) -> None:
    result = run("review", rl_run, *given)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "--checkpoint RUN" in result.stderr
