"""An audit without a window: its sample, its answers as a file, and what it says."""

import json
from pathlib import Path

import pytest

from labeler.labels.dialects import read_own
from labeler.labels.document import to_text
from labeler.labels.episode import never, with_cutoff
from labeler.review.audit import sampled_episodes
from tests.labeler.cli.test_review_command import edge, write_scores
from tests.snapshot import snapshot

COUNT = 24


@pytest.fixture
def root(make_recording) -> Path:
    return make_recording("v3.0", (10,) * COUNT, size=(32, 32), reward="last")


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Every other episode succeeds at frame 6."""
    path = tmp_path / "anna.json"
    path.write_text(json.dumps({str(e): 6 if e % 2 else None for e in range(COUNT)}))
    return path


def answer(file: Path, wrong: int, left: int = 0) -> list[int]:
    """Give the answers of a sample, of which the first ones contradict the labels."""
    answers = read_own(file)
    sample = list(sampled_episodes(answers.touched))
    for number, episode in enumerate(sample[: len(sample) - left]):
        blank, success = answers[episode], bool(episode % 2)
        if number < wrong:
            success = not success
        told = with_cutoff(blank, 6) if success else never(blank)
        answers = answers.with_label(episode, told)
    file.write_text(to_text(answers))
    return sample


def test_a_sample_is_drawn_kept_and_gone_on_with(run, root, labels, tmp_path) -> None:
    before = snapshot(root)
    given = ("audit", root, "--labels", labels, "--episodes", 12, "--seed", 3)
    first = run(*given)
    assert first.exit_code == 0, first.output
    file = tmp_path / "anna.audit.json"
    assert "Answered: 0 of 12" in first.stdout
    assert first.stderr.splitlines()[-1] == f"Next: labeler {' '.join(map(str, given))}"
    sample = answer(file, wrong=1, left=4)
    assert len(sample) == 12
    assert sum(episode % 2 for episode in sample) == 6  # as many as among all labels
    assert all(not label.success for label in read_own(file) if label.flag is None)
    halfway = run(*given)
    assert "Answered: 8 of 12" in halfway.stdout
    assert "not finished" in halfway.stderr
    assert list(sampled_episodes(read_own(file).touched)) == sample
    labels.write_text(json.dumps({"0": 6, "1": 6}))  # labels go on; the sample stays
    answer(file, wrong=0)
    assert "Sample: 12 of 2" in run(*given).stdout
    assert snapshot(root) == before


def test_figures_as_text_and_json(run, root, labels, tmp_path) -> None:
    given = ("audit", root, "--labels", labels, "--answers", tmp_path / "ben.json")
    run(*given)
    sample = answer(tmp_path / "ben.json", wrong=3)
    assert sample == list(range(COUNT))  # fewer than 60: all
    out = tmp_path / "audit.json"
    said = run(*given, "--out", out)
    assert said.exit_code == 0, said.output
    assert "Wrong labels: 3 of 24: 4.3% to 31% with 95% confidence" in said.stdout
    assert "labels: 12 of 24" in said.stdout
    assert "label: never, auditor: success from 6" in said.stdout
    told = json.loads(out.read_text())
    assert told["wrong_labels"]["interval"] == pytest.approx([0.0434, 0.3100], abs=1e-4)
    assert (told["wrong_frames"]["count"], told["wrong_frames"]["of"]) == (12, 240)
    low, high = told["wrong_frames"]["interval"]
    assert 0 < low < 0.05 < high
    assert [one["episode"] for one in told["differences"]] == [0, 1, 2]
    assert json.loads(run(*given, "--json").stdout) == told
    assert said.stderr.splitlines()[-1] == (
        f"Next: labeler compare {labels} {tmp_path / 'ben.json'} {root}"
    )


def test_answers_made_without_a_sample_are_taken(run, root, labels, tmp_path) -> None:
    answers = tmp_path / "cutoffs.json"
    answers.write_text(json.dumps({str(e): 8 if e % 2 else None for e in range(COUNT)}))
    before = answers.read_text()
    given = ("audit", root, "--labels", labels, "--answers", answers, "--episodes", 10, "--json")
    near, far = (json.loads(run(*given, "--within", n).stdout) for n in (2, 1))
    assert (near["answered"], near["wrong_labels"]["count"]) == (10, 0)
    assert (far["answered"], far["wrong_labels"]["count"]) == (10, 5)
    assert near["sample"] == far["sample"]
    assert answers.read_text() == before


def test_predictions_are_sampled_by_their_side(run, root, labels, tmp_path) -> None:
    scores = tmp_path / "scores.parquet"
    write_scores(scores, [edge(5)[:10] if e < 6 else edge(20)[:10] for e in range(COUNT)])
    given = ("audit", root, "--labels", labels, "--episodes", 8, "--scores", scores)
    assert run(*given).exit_code == 0
    sample = sampled_episodes(read_own(tmp_path / "anna.audit.json").touched)
    assert sum(episode < 6 for episode in sample) == 2  # a quarter, as of all


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--episodes", "0"], 2, "--episodes"),
        (["--labels-from", "next.reward"], 2, "both as a file and as a column"),
        (["--answers", "anna.json"], 2, "that are to be audited"),
        (["--scores", "none.parquet"], 4, "none.parquet"),
        (["--answers", "folder"], 5, "is a folder"),
    ],
)
def test_wrong_arguments(more, code, said, run, root, labels, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    ended = run("audit", root, "--labels", labels, *more)
    assert ended.exit_code == code, ended.output
    assert said in ended.stderr
    assert not (tmp_path / "anna.audit.json").exists()


def test_another_sample_and_another_recording_are_refused(
    run, root, labels, make_recording, tmp_path
) -> None:
    given = ("audit", root, "--labels", labels, "--episodes", 5)
    assert run(*given).exit_code == 0
    other = run(*given, "--seed", 1)
    assert other.exit_code == 2
    assert "seed 0" in other.stderr
    lengths = (10,) * COUNT
    stranger = make_recording("v3.0", lengths, size=(32, 32), reward="last", seed=9, name="other")
    ended = run("audit", stranger, "--labels", labels, "--episodes", 5)
    assert ended.exit_code == 4
    assert "another recording" in ended.stderr
    labels.write_text("{}")
    nothing = run("audit", root, "--labels", labels, "--answers", tmp_path / "new.json")
    assert nothing.exit_code == 4
    assert "No episode is labelled" in nothing.stderr
