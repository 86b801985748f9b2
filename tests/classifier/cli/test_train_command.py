"""`labeler-train`: settings, refusals, events, and the seed's own configuration."""

import json
import re

import pytest

from labeler.contracts.events import Failed, Finished, Started, parse
from labeler.labels.episode import EpisodeLabel, FrameRange, State
from labeler.session import Session
from tests.classifier.conftest import GRIPPER, SIDE
from tests.classifier.runs import arguments, small
from tests.snapshot import snapshot


def test_printed_settings_are_read_back(cli, tmp_path) -> None:
    given = ["--policy.dropout_rate=0.3", "--batch_size=32", "--output_dir", tmp_path / "run"]
    own = ["--camera", GRIPPER, "--folds", 3, "--export-for", "lerobot-0.3", "--labels", "l.json"]
    first = cli("a/dataset", *given, *own, "--print-config")
    (tmp_path / "train.json").write_text(first.out)
    again = cli("--config_path", tmp_path / "train.json", "--print-config")
    assert (first.code, again.code) == (0, 0)
    assert json.loads(again.out) == json.loads(first.out)
    values = json.loads(first.out)
    assert values["policy"]["dropout_rate"] == 0.3
    assert values["batch_size"] == 32
    assert values["dataset"]["root"] == "a/dataset"
    assert values["train"]["cameras"] == [GRIPPER]
    assert (values["train"]["folds"], values["train"]["labels"]) == (3, "l.json")
    assert values["train"]["export_for"] == "lerobot-0.3"


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (["--policy.dropout_rat=0.3"], 2, "dropout_rate"),
        (["--batch_sise=3"], 2, "batch_s"),
        (["--batch_size=none at all"], 2, "batch_size"),
        (["--train.split=half"], 2, "train.split"),
        (["--split=half"], 2, "train.split"),
        (["--folds=1"], 2, "train.folds"),
        (["--seed=-1"], 2, "seed"),
        (["--dataset.root=/no/such/folder"], 2, "no such folder"),
        ([], 2, "dataset.root is missing"),
        (["--config_path=/no/such/file.json"], 2, "cannot be read"),
        (["{recording}", "--camera", "observation.images.griper"], 2, GRIPPER),
        (["{recording}", "--labels", "/no/such/file.json"], 4, "/no/such/file.json"),
        (["{recording}", "--dataset.episodes=[6]"], 2, "episode 6; the dataset has 6"),
        (["{recording}", "--reward_model.device=cuda:77"], 2, "cuda:77"),
        (["{recording}", "--reward_model.image_size=84"], 2, "3x3 feature map"),
        (["{recording}", "--train.for_robot=true"], 2, "WAS NEVER TRAINED"),
        (["{recording}", "--train.trackers=[\"trackio\"]"], 2, "not installed"),
        (["{recording}", "--output_dir={recording}/run"], 5, "only read"),
        (["{two_cameras}"], 2, f"there are 2: {GRIPPER}, {SIDE}"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_any_work(
    cli, recording, two_cameras, tmp_path, monkeypatch, given, code, told
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [text.format(recording=recording, two_cameras=two_cameras) for text in given]
    ended = cli(*given, "--policy.model_name=random")
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err
    assert len(ended.err.splitlines()) >= 2  # what happened, and what to do
    assert list(tmp_path.iterdir()) == []


def test_the_five_keys_of_the_fork_run_as_they_are(cli, seed_config, recording, tmp_path) -> None:
    before = snapshot(recording)
    run = tmp_path / "run"
    ended = cli("--config_path", seed_config, f"--output_dir={run}")
    assert ended.code == 0
    assert "Held-out episodes: accuracy" in ended.out
    told = json.loads((run / "report.json").read_text())["rule"]["figures"]["sentences"]
    assert [line for line in ended.out.splitlines() if line in told] == told  # with intervals
    assert re.search(rf"before that, threshold [\d.]+: {run}/checkpoints/best/", ended.out)
    assert re.search(rf"again on all .* [\d.]+: {run}/checkpoints/refit/", ended.out)
    assert "WAS NEVER TRAINED" in ended.err
    assert (run / "checkpoints" / "best" / "pretrained_model" / "config.json").is_file()
    assert snapshot(recording) == before


def test_events_are_all_that_stdout_holds(cli, recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", steps=3, log_freq=1)
    ended = cli(*arguments(config), "--events", "-")
    assert ended.code == 0
    events = [parse(line) for line in ended.out.splitlines()]
    assert None not in events
    kinds = [event.event for event in events]
    assert isinstance(next(event for event in events if event.event != "warning"), Started)
    assert isinstance(events[-1], Finished)
    assert len([e for e in events if e.event == "step" and not e.refit]) == 3
    assert kinds.count("evaluation") == 1


def test_events_of_an_error_end_with_it(cli, recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", train__cameras=["observation.images.top"])
    events = tmp_path / "events.jsonl"
    ended = cli(*arguments(config), f"--events={events}")
    assert ended.code == 2
    (failed,) = map(parse, events.read_text().splitlines())
    assert isinstance(failed, Failed)
    assert failed.message in ended.err
    assert "observation.images.top" in failed.message


def test_settings_without_effect_are_named(cli, recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", steps=1, num_workers=4)
    ended = cli(*arguments(config))
    assert ended.code == 0
    assert "num_workers=4 has no effect" in ended.err


def test_a_split_by_frame_says_whose_each_figure_is(cli, recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", train__split="frame", steps=3)
    ended = cli(*arguments(config))
    assert ended.code == 0
    told = {
        what: re.search(rf"^{what}.*?threshold ([\d.e-]+)", ended.out, re.MULTILINE)[1]
        for what in ("Held-out episodes", "Frame split", "Checkpoint before", "Checkpoint, trained")
    }
    assert told["Held-out episodes"] == told["Checkpoint, trained"]
    assert told["Frame split"] == told["Checkpoint before"]


def test_labels_made_in_the_window_are_trained_on(cli, make_recording, tmp_path) -> None:
    root = make_recording(lengths=(12, 12, 12), size=(48, 64))
    session = Session.open(root, None, author="anna")
    label = EpisodeLabel(12, State.SUCCESS, (FrameRange(6, 12),))
    session.decide_many(dict.fromkeys(range(3), label), what="a test")
    file = session.file
    session.close()
    out = tmp_path / "run"
    ended = cli(*arguments(small(root, out, steps=2)))
    assert ended.code == 0, ended.err
    assert str(file) in ended.err
    kept = json.loads((out / "train_config.json").read_text())
    assert kept["train"]["labels"] == str(file)
