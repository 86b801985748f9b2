"""Gates on the robot's state: proposed by training, taken only if named, and what is no gate."""

import html
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.contracts.checkpoint import read_contract
from labeler.contracts.events import parse
from labeler.decision import Interval
from tests.classifier.conftest import GRIPPER
from tests.classifier.runs import arguments, run, small, trained
from tests.conftest import recording_maker

LENGTH, EPISODES, NEVER = 12, 8, (3, 6)
FPS = 10
GATE = "observation.state[gripper.pos] < 30"


def reward(episode):
    """Later half, but for two episodes, whose images tell the classifier the same."""
    success = np.arange(LENGTH) >= 5 + episode % 3
    return (success & (episode not in NEVER)).astype(np.float32)


def grip(episode):
    """The gripper is closed while an episode succeeds, and open before and without it."""
    closed = 10 + episode % 4 + np.arange(LENGTH) / 10
    return np.where(reward(episode) > 0, closed, 50.0)


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    """A recording with two episodes that never succeed; only to be read."""
    make = recording_maker(tmp_path_factory.mktemp("gates"))
    return make(lengths=(LENGTH,) * EPISODES, size=(48, 64), cameras=(GRIPPER,), reward=reward)


@pytest.fixture(scope="session")
def with_state(plain, tmp_path_factory):
    """Function that copies it with other values of the gripper's joint."""

    def make(values, name="recording"):
        root = tmp_path_factory.mktemp("state") / name
        shutil.copytree(plain, root)
        (path,) = (root / "data").rglob("*.parquet")
        table = pq.read_table(path)
        place = table.schema.get_field_index("observation.state")
        state = np.array(table["observation.state"].to_pylist())
        state[:, 5] = np.concatenate([values(episode) for episode in range(EPISODES)])
        column = pa.array(state.tolist(), table.schema.field(place).type)
        pq.write_table(table.set_column(place, table.schema.field(place), column), path)
        return root

    return make


@pytest.fixture(scope="session")
def gripping(with_state):
    """The gripper tells success."""
    return with_state(grip)


def train(cli, root, folder, *more):
    config = small(root, folder, train__views=0, steps=8)
    return cli("train", *arguments(config), *more)


@pytest.fixture(scope="session")
def proposed(gripping, tmp_path_factory):
    """A run on it, with what it told."""
    folder = tmp_path_factory.mktemp("proposed") / "run"
    config = small(gripping, folder, train__views=0, steps=8)
    ended = run("train", *arguments(config), "--events", folder.parent / "events.jsonl")
    assert ended.returncode == 0, ended.stderr
    return folder, ended


def test_a_gate_that_separates_is_proposed_and_not_taken(proposed):
    folder, ended = proposed
    report = json.loads((folder / "report.json").read_text())
    assert report["rule"]["gates"] == []
    before, best = report["rule"]["figures"], report["gates"][0]
    assert before["missed"]["count"] > 0, "or nothing needs a gate"
    assert best["gate"].startswith("observation.state[gripper.pos] < ")
    assert 14 < float(best["gate"].rpartition(" ")[2]) < 50
    after = best["rule"]["figures"]
    assert after["false_never"] == {"count": 0, "of": 2}
    assert after["missed"]["count"] < before["missed"]["count"]
    assert after["delay_seconds"]["median"] < before["delay_seconds"]["median"]
    page = (folder / "report.html").read_text()
    assert "Gates that would help" in page and best["gate"].replace("<", "&lt;") in page
    lines = (folder.parent / "events.jsonl").read_text().splitlines()
    (told,) = [event for line in lines if (event := parse(line)) and event.event == "rule"]
    assert told.gates[best["gate"]] == best["sentence"]
    assert f"Gate {best['gate']}: {best['sentence']}" in ended.stdout.replace("\n", " ")


def test_a_recording_at_another_rate_is_said(cli, gated, plain, tmp_path):
    make = recording_maker(tmp_path)
    other = make(lengths=(20, 2), size=(48, 64), cameras=(GRIPPER,), fps=30)
    contract = read_contract(gated)
    assert contract.rule_fps == FPS
    ended = cli("predict", gated, other, "--out", tmp_path / "scores.parquet")
    assert ended.code == 0, ended.err
    said = " ".join(ended.err.split())
    assert "This recording has 30 frames per second; the rule was chosen at 10" in said
    hold = contract.rule.hold_frames(30)
    assert hold == 3 * contract.rule.hold_frames(FPS)
    assert f"1 of 2 episodes have fewer frames than the {hold}" in said


@pytest.mark.parametrize(
    ("labels", "said"),
    [({"0": 10}, None), ({"0": 10, "1": None}, "1 of 2"), ({"1": 1}, "1 of 1")],
)
def test_only_evaluated_episodes_are_called_too_short(cli, gated, tmp_path, labels, said):
    make, file = recording_maker(tmp_path), tmp_path / "labels.json"
    other = make(lengths=(20, 2), size=(48, 64), cameras=(GRIPPER,), fps=30)
    file.write_text(json.dumps(labels))
    ended = cli("evaluate", gated, other, "--labels", file)
    assert ended.code == 0, ended.err
    told = " ".join(ended.err.split())
    assert re.findall(r"(\d+ of \d+) episodes have fewer frames", told) == ([said] if said else [])


def test_gates_that_leave_no_rule_are_said_everywhere(cli, gripping, tmp_path):
    """Both hold together at one success at a time, never as long as the probability has to."""
    folder = tmp_path / "run"
    gates = ["observation.state[gripper.pos] < 12.05", "observation.state[gripper.pos] >= 11.95"]
    more = f"--train.gates={json.dumps(gates)}", "--train.hold=0.3"
    ended = train(cli, gripping, folder, *more)
    assert ended.code == 0, ended.err
    said = (
        "No threshold decides any episode correctly, so no rule can be chosen. The settings ask "
        f"for a hold of 0.3 s, and {gates[0]}, and {gates[1]}."
    )
    assert f"Decision rule: none. {said}" in " ".join(ended.out.split())
    report = json.loads((folder / "report.json").read_text())
    assert report["rule"] is None
    assert said in report["warnings"]
    assert html.escape(said) in (folder / "report.html").read_text()


def test_gates_that_exclude_each_other_are_refused_before_training(cli, gripping, tmp_path):
    """Each of them holds at some success."""
    gates = ["observation.state[gripper.pos] < 12", "observation.state[gripper.pos] >= 12"]
    ended = train(cli, gripping, tmp_path / "run", f"--train.gates={json.dumps(gates)}")
    assert ended.code == 2
    said = f"{gates[0]} and {gates[1]} hold together at no frame labelled success"
    assert said in " ".join(ended.err.split())
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_recording_without_what_a_gate_compares_is_refused_before_it_is_decoded(
    cli, gated, plain, tmp_path, command
):
    root = tmp_path / "recording"
    shutil.copytree(plain, root)
    for place in root.glob("data/**/*.parquet"):
        pq.write_table(pq.read_table(place).drop(["observation.state"]), place)
    info = json.loads((root / "meta/info.json").read_text())
    del info["features"]["observation.state"]
    (root / "meta/info.json").write_text(json.dumps(info))
    for video in root.rglob("*.mp4"):
        video.write_bytes(b"")  # decoding it would be complained of first
    more = ("--out", tmp_path / "scores.parquet") if command == "predict" else ()
    ended = cli(command, gated, root, *more)
    assert ended.code == 2
    assert "recording has no column observation.state." in ended.err
    assert f"The checkpoint decides while {GATE}: give a recording with that" in ended.err


def test_the_command_that_is_shown_takes_the_gate(proposed, cli):
    folder, ended = proposed
    (line,) = [one for one in ended.stdout.splitlines() if one.startswith("To take the first gate")]
    words = shlex.split(line.partition(": ")[2])
    again = cli(*words[1:])
    assert again.code == 0, again.err
    contract = read_contract(
        folder.with_name("run-gated") / "checkpoints" / "refit" / "pretrained_model"
    )
    report = json.loads((folder / "report.json").read_text())
    assert [gate.text for gate in contract.rule.gates] == [report["gates"][0]["gate"]]
    assert contract.gate_entries == {"observation.state[gripper.pos]": 5}


@pytest.fixture(scope="session")
def gated(gripping, tmp_path_factory):
    """The final checkpoint of a run with the gate."""
    folder = tmp_path_factory.mktemp("gated") / "run"
    trained(small(gripping, folder, train__views=0, train__gates=[GATE], steps=8))
    return folder / "checkpoints" / "refit" / "pretrained_model"


def test_predictions_are_decided_with_the_gate(cli, gated, gripping, tmp_path):
    out = tmp_path / "scores.parquet"
    ended = cli("predict", gated, gripping, "--out", out)
    assert ended.code == 0, ended.err
    rule = read_contract(gated).rule
    assert f"Decisions: {rule.text}" in ended.out
    table = pq.read_table(out)
    decided = table["decision"].to_numpy(zero_copy_only=False).reshape(EPISODES, LENGTH)
    high = table["probability"].to_numpy().reshape(EPISODES, LENGTH) >= rule.threshold
    hold = rule.hold_frames(FPS)
    for episode in range(EPISODES):
        met = high[episode] & (grip(episode) < 30)
        runs = [met[max(0, f - hold + 1) : f + 1] for f in range(LENGTH)]
        assert decided[episode].tolist() == [len(run) == hold and run.all() for run in runs]
    assert not decided[list(NEVER)].any() and decided.any()


@pytest.mark.parametrize("episode", [0, NEVER[0]])
def test_a_preview_decides_as_predict_does(cli, gated, gripping, tmp_path, episode):
    out = tmp_path / "scores.parquet"
    assert cli("predict", gated, gripping, "--out", out).code == 0
    decided = pq.read_table(out)["decision"].to_numpy(zero_copy_only=False)
    ended = cli("preview", gated, gripping, "--episode", episode, "--events", "-")
    assert ended.code == 0, ended.err
    started, *frames = map(parse, ended.out.splitlines())
    rule = read_contract(gated).rule
    assert started.rule == rule and started.fps == FPS
    expected = decided.reshape(EPISODES, LENGTH)[episode].tolist()
    assert [frame.success for frame in frames] == expected
    assert [frame.gates_open for frame in frames] == (grip(episode) < 30).tolist()
    assert f"{sum(expected)} decided success: {rule.text}." in " ".join(ended.err.split())


def test_review_says_what_the_rule_does_to_labelled_episodes(cli, gated, gripping, tmp_path):
    out = tmp_path / "scores.parquet"
    assert cli("predict", gated, gripping, "--out", out).code == 0
    table = pq.read_table(out)
    decided = table["decision"].to_numpy(zero_copy_only=False).copy().reshape(EPISODES, LENGTH)
    decided[NEVER[0], 4] = True
    decided[1] = False
    place = table.schema.get_field_index("decision")
    pq.write_table(table.set_column(place, "decision", pa.array(decided.ravel())), out)
    command = [sys.executable, "-m", "labeler", "review", str(gripping), "--scores", str(out)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f"Decided by the checkpoint's rule: {read_contract(gated).rule.text}." in told
    never = Interval(1, len(NEVER))
    assert f"Falsely successful, episodes without success: {never.text}\n" in told
    missed = Interval(1, EPISODES - len(NEVER))
    assert f"Missed: {missed.text}\n" in told
    assert f"Look at what is falsely successful: episode {NEVER[0]}.\n" in told
    assert "Look at what is missed: episode 1.\n" in told
    spoken = subprocess.run([*command, "--json"], check=True, capture_output=True, text=True)
    decided = json.loads(spoken.stdout)["decided"]
    assert decided["figures"]["false_never"] == {"count": 1, "of": len(NEVER)}
    assert decided["falsely_successful"] == [NEVER[0]] and decided["missed"] == [1]


def test_a_video_has_no_state_and_that_is_said(cli, gated, gripping):
    (video,) = gripping.rglob("*.mp4")
    ended = cli("preview", gated, video, "--seconds", 0.5, "--events", "-")
    assert ended.code == 0, ended.err
    assert f"has no state of the robot, so {GATE} is taken to hold." in " ".join(ended.err.split())
    started = parse(ended.out.splitlines()[0])
    assert any("is taken to hold" in sentence for sentence in started.notes)


def test_evaluation_decides_with_the_gate(cli, gated, gripping):
    ended = cli("evaluate", gated, gripping)
    assert ended.code == 0, ended.err
    assert f"Decision rule: {read_contract(gated).rule.text}" in ended.out
    assert "Falsely successful, episodes without success: 0 of 2" in ended.out


def test_the_robot_is_told_the_entry_by_its_number(cli, gated, tmp_path):
    out = tmp_path / "pretrained_model"
    ended = cli("export", gated, "--out", out, "--with-step")
    assert ended.code == 0, ended.err
    spec = importlib.util.spec_from_file_location("exported_rule", out / "reward_rule.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule = module.RewardRule.read(out / "reward_rule.json", FPS)
    assert rule.gates == (("observation.state", 5, "<", 30),)
    for state, expected in ((10.0, True), (50.0, False), (np.nan, False)):
        rule.reset()
        seen = {"observation.state": np.array([0, 0, 0, 0, 0, state])}
        assert [rule.decide(1.0, seen) for _ in range(rule.hold_frames)][-1] is expected
    assert read_contract(out).gate_entries == {"observation.state[gripper.pos]": 5}


@pytest.mark.parametrize(
    ("gates", "message", "cure"),
    [
        ("observation.stat[gripper.pos] < 30", "has no column", "Did you mean observation.state?"),
        ("observation.state < 30", "is a vector", "Name one of its entries"),
        ("observation.state[griper.pos] < 30", "has no entry", "Did you mean gripper.pos?"),
        ("next.reward[0] < 30", "no part of the robot's observation", "begins with observation."),
        ("timestamp > 1", "no part of the robot's observation", "begins with observation."),
        ("grip > 1", "has no column", "A gate can be on observation.state."),
        ("observation.images.gripper < 30", "has no column", "Did you mean observation.state?"),
        ("observation.state[gripper.pos] > 90", "no frame labelled success", "Correct the bound"),
        ("observation.state", "is not a gate", "Write it as"),
    ],
)
def test_what_is_no_gate_is_refused_before_training(cli, gripping, tmp_path, gates, message, cure):
    ended = train(cli, gripping, tmp_path / "run", f"--train.gates={json.dumps([gates])}")
    assert ended.code == 2
    assert message in ended.err and cure in " ".join(ended.err.split())
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [(50.0, "is 50 in every frame"), (np.nan, "is not a number in any frame")],
)
def test_a_column_that_says_nothing_is_no_gate(cli, with_state, tmp_path, values, message):
    root = with_state(lambda episode: np.full(LENGTH, values))
    ended = train(cli, root, tmp_path / "run", f"--train.gates={json.dumps([GATE])}")
    assert ended.code == 2 and message in " ".join(ended.err.split())


def test_a_value_that_is_missing_closes_the_gate_and_is_said(cli, with_state, tmp_path):
    def broken(episode):
        values = grip(episode)
        values[-1] = np.nan if episode == 0 else values[-1]
        return values

    ended = train(cli, with_state(broken), tmp_path / "run", f"--train.gates={json.dumps([GATE])}")
    assert ended.code == 0, ended.err
    said = "observation.state[gripper.pos] is not a number in 1 frame; its gate is closed there."
    assert said in " ".join(ended.err.split())


def test_a_hold_longer_than_every_episode_is_refused(cli, gripping, tmp_path):
    ended = train(cli, gripping, tmp_path / "run", "--train.hold=1.3")
    assert ended.code == 2
    assert "longer than any labelled episode (12 frames at 10 frames per second)" in " ".join(
        ended.err.split()
    )
