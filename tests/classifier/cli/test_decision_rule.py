"""The decision rule of a run: chosen, reported, kept in the checkpoint, predicted and exported."""

import importlib.util
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from labeler.contracts.checkpoint import LIKENESS_FILE, read_contract
from labeler.dataset import open_dataset
from labeler.decision import FrameScores, decisions
from labeler.resource import resource
from tests.classifier.conftest import GRIPPER
from tests.classifier.runs import arguments, small, trained
from tests.conftest import recording_maker

FPS = 10


@pytest.fixture
def final(finished):
    """The checkpoint of the final fit, which has the rule."""
    return finished / "checkpoints" / "refit" / "pretrained_model"


def test_the_report_and_the_final_checkpoint_have_the_rule(finished, final) -> None:
    told = json.loads((finished / "report.json").read_text())["rule"]
    contract = read_contract(final)
    assert contract is not None and contract.rule is not None
    assert told["text"] == contract.rule.text
    assert told["threshold"] == contract.rule.threshold
    card = (final / "README.md").read_text()
    assert contract.rule.text in card
    assert all(sentence in card for sentence in contract.rule_figures)
    page = (finished / "report.html").read_text()
    assert "Decision on the robot" in page
    assert "Falsely successful" in page


def test_predictions_have_decisions(cli, final, recording, tmp_path) -> None:
    out = tmp_path / "scores.parquet"
    ended = cli("predict", final, recording, "--out", out)
    assert ended.code == 0, ended.err
    rule = read_contract(final).rule
    assert rule.text in ended.out
    table = pq.read_table(out)
    columns = [table[name].to_numpy() for name in ("episode", "frame", "probability")]
    nothing = np.zeros(len(table), np.bool_)
    scores = FrameScores(columns[0], columns[1], columns[2].astype(np.float64), nothing)
    assert table["decision"].to_pylist() == decisions(scores, rule, FPS).tolist()


def test_evaluation_states_what_the_rule_does(cli, final, recording) -> None:
    ended = cli("evaluate", final, recording)
    assert ended.code == 0
    assert f"Decision rule: {read_contract(final).rule.text}" in ended.out
    assert "Missed: " in ended.out
    spoken = cli("evaluate", final, recording, "--json")
    assert spoken.code == 0, spoken.err
    told = json.loads(spoken.out)["rule"]
    rule = read_contract(final).rule
    assert (told["text"], told["threshold"], told["hold"]) == (rule.text, rule.threshold, rule.hold)
    said = [line for line in ended.out.splitlines() if line in told["figures"]["sentences"]]
    assert said == told["figures"]["sentences"]
    with open_dataset(recording) as dataset:
        episodes = len(dataset)
    shares = [told["figures"][name]["of"] for name in ("false_never", "false_early")]
    assert sum(shares) == episodes
    assert f" frames of {episodes} episodes, " in ended.out


def test_an_export_carries_the_step(cli, final, tmp_path) -> None:
    out = tmp_path / "pretrained_model"
    ended = cli("export", final, "--out", out, "--with-step")
    assert ended.code == 0, ended.err
    assert (out / "reward_rule.py").read_bytes() == resource("robot/reward_rule.py").read_bytes()
    spec = importlib.util.spec_from_file_location("exported_rule", out / "reward_rule.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    there, rule = module.RewardRule.read(out / "reward_rule.json", FPS), read_contract(final).rule
    assert (there.threshold, there.hold_frames) == (rule.threshold, rule.hold_frames(FPS))
    assert read_contract(out).rule == rule


def test_the_checkpoint_that_was_evaluated_has_the_rule_too(finished, final, checkpoint) -> None:
    found = read_contract(checkpoint)
    assert found.rule == read_contract(final).rule is not None
    assert found.rule_figures == read_contract(final).rule_figures
    assert found.rule.text in (checkpoint / "README.md").read_text()


@pytest.mark.parametrize("more", [{"refit": False}, {"unfreeze": True, "epochs": 1}])
def test_the_rule_is_kept_where_no_classifier_is_trained_again(
    cli, recording, tmp_path, more
) -> None:
    changes = {f"train__{name}": value for name, value in more.items()}
    config = small(recording, tmp_path / "run", train__method="network", **changes)
    ended = cli("train", *arguments(config))
    assert ended.code == 0, ended.err
    assert not (tmp_path / "run/checkpoints/refit").exists()
    ended = cli("export", tmp_path / "run", "--out", tmp_path / "out", "--with-step")
    assert ended.code == 0, ended.err
    told = json.loads((tmp_path / "run/report.json").read_text())["rule"]
    assert json.loads((tmp_path / "out/reward_rule.json").read_text())["text"] == told["text"]


def test_a_checkpoint_without_a_rule_has_no_step(cli, recording, tmp_path) -> None:
    """That of a frame split, whose rule would be chosen on frames whose neighbours it knows."""
    trained(small(recording, tmp_path / "run", train__split="frame", steps=8))
    checkpoint = tmp_path / "run/checkpoints/best"
    assert read_contract(tmp_path / "run/checkpoints/refit/pretrained_model").rule is not None
    ended = cli("export", checkpoint, "--out", tmp_path / "out", "--with-step")
    assert ended.code == 2
    assert "has no decision rule" in ended.err
    assert not (tmp_path / "out").exists()
    ended = cli("evaluate", checkpoint, recording)
    assert "Decision rule: none in this checkpoint" in ended.out


def test_other_images_are_called_different_and_those_of_the_training_are_not(
    cli, final, recording, tmp_path
) -> None:
    ended = cli("predict", final, recording, "--out", tmp_path / "same.parquet")
    assert ended.code == 0 and "differ from the training" not in ended.err
    make = recording_maker(tmp_path)
    other = make(lengths=(12, 12), size=(48, 64), cameras=(GRIPPER,), seed=20_000)
    commands = (
        ("predict", final, other, "--out", tmp_path / "other.parquet"),
        ("preview", final, other, "--episode", 1),
    )
    for command in commands:
        ended = cli(*command)
        assert ended.code == 0, ended.err
        assert "These images differ from the training" in " ".join(ended.err.split())


def test_an_export_knows_the_images_of_the_training(cli, final, tmp_path) -> None:
    out = tmp_path / "pretrained_model"
    assert cli("export", final, "--out", out, "--export-for", "lerobot-0.3").code == 0
    assert (out / LIKENESS_FILE).read_bytes() == (final / LIKENESS_FILE).read_bytes()


@pytest.mark.parametrize(("cutoff", "only"), [(None, "false_never"), (0, "false_early")])
def test_a_recording_of_one_outcome_is_evaluated(
    cli, final, recording, tmp_path, cutoff, only
) -> None:
    with open_dataset(recording) as dataset:
        episodes, frames = len(dataset), dataset.total_frames
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({str(episode): cutoff for episode in range(episodes)}))
    ended = cli("evaluate", final, recording, "--labels", labels)
    assert ended.code == 0, ended.err
    assert "no such episode: nothing can be said" in ended.out
    spoken = cli("evaluate", final, recording, "--labels", labels, "--json")
    told = json.loads(spoken.out)
    assert told["rule"]["figures"][only]["of"] == episodes
    assert told["figures"]["positives"] == (0 if cutoff is None else frames)
