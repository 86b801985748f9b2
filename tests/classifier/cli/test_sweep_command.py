"""`labeler-train sweep`: settings compared on the same folds, and what their figures are worth."""

import csv
import json
import signal

import numpy as np
import pyarrow.parquet as pq
import pytest

from classifier.config import settings_of
from classifier.train.preflight import prepare
from tests.classifier.runs import go_on, halted, run, small

TWO = {"train.method": ["convex", "network"]}


@pytest.fixture
def config(recording, tmp_path):
    """Function that writes the configuration of a small sweep."""

    def write(**sweep: object):
        values = small(recording).model_dump(mode="json", exclude_unset=True)
        values["train"] |= {"views": 0}
        path = tmp_path / "sweep.json"
        path.write_text(json.dumps(values | {"sweep": {"folds": 3} | sweep}))
        return path

    return write


def table(folder):
    with (folder / "trainings.csv").open() as lines:
        return list(csv.DictReader(lines))


def test_every_setting_is_trained_on_the_same_folds(cli, config, recording, tmp_path) -> None:
    grid = TWO | {"policy.dropout_rate": [0.1, 0.3]}
    ended = cli("sweep", config(grid=grid, seeds=[1, 2]), "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    rows = table(tmp_path / "out")
    assert pq.read_table(tmp_path / "out/trainings.parquet").num_rows == len(rows) == 4 * 2 * 3
    assert {(row["train.method"], row["policy.dropout_rate"]) for row in rows} == {
        (method, rate) for method in ("convex", "network") for rate in ("0.1", "0.3")
    }
    for seed in (1, 2):
        told = small(recording, train__folds=3, seed=seed)
        held = [len(split.held_out) for split in prepare(told).folds]
        for setting in range(1, 5):
            mine = [r for r in rows if (r["setting"], r["seed"]) == (str(setting), str(seed))]
            assert [int(row["frames"]) for row in mine] == held
    assert "chosen on these very folds, so its figure flatters" in ended.out
    page = (tmp_path / "out/report.html").read_text()
    assert "chosen on these very folds, so its figure flatters" in page
    note = pq.read_schema(tmp_path / "out/trainings.parquet").metadata[b"note"]
    assert b"so its figure flatters" in note


def test_the_best_setting_is_the_first_line_and_can_be_trained(cli, config, tmp_path) -> None:
    settings = [{"train.method": "network", "train.epochs": 1}, {"train.method": "convex"}]
    ended = cli("sweep", config(settings=settings), "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    means = {}
    for number in ("1", "2"):
        mine = [row for row in table(tmp_path / "out") if row["setting"] == number]
        weights = [int(row["frames"]) for row in mine]
        means[number] = np.average([float(row["accuracy"]) for row in mine], weights=weights)
    first = ended.out.splitlines()[1]
    best = max(means, key=means.get)
    assert first.startswith(f"{best}: ")
    assert f"{np.floor(means[best] * 1000 + 1e-9) / 10:.1f}%" in first
    values = json.loads((tmp_path / "out/best.json").read_text())
    assert settings_of(values).config.train.method == settings[int(best) - 1]["train.method"]
    following = ended.err.splitlines()[-1].removeprefix("Next: labeler-train ").split()
    assert cli(*following).code == 0


def test_a_training_that_fails_is_listed_and_the_others_go_on(cli, config, tmp_path) -> None:
    settings = [{"policy.learning_rate": 1e30}, {"policy.learning_rate": 1e-3}]
    settings = [one | {"train.method": "network"} for one in settings]
    ended = cli("sweep", config(settings=settings), "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[1].startswith("2: ") and "The loss became NaN" in lines[2]
    failed = [row for row in table(tmp_path / "out") if row["setting"] == "1"]
    assert all(row["accuracy"] == "" and "NaN" in row["failure"] for row in failed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_what_was_interrupted_goes_on_from_what_is_done(config, cache, tmp_path, number) -> None:
    given = ("sweep", config(grid=TWO | {"train.epochs": [20, 30]}), "--out", tmp_path / "out")
    done = tmp_path / "out/trainings.jsonl"
    with halted('^{"key": ', *given, times=4) as running:
        assert len(done.read_text().splitlines()) == 4
        _, err = go_on(running, number)
    assert "Traceback" not in err
    if number == signal.SIGINT:
        assert running.returncode == 130
        assert "12 trainings are done and kept" in err
    assert not (tmp_path / "out/report.html").exists()
    with done.open("a") as lines:
        lines.write('{"key": "cut o')
    before = done.read_text().splitlines()[:-1]
    assert 4 <= len(before) < 12
    again = run(*given)
    assert again.returncode == 0, again.stderr
    assert f"{len(before)} of 12 trainings are done already" in again.stderr
    assert done.read_text().splitlines()[: len(before)] == before
    assert len(table(tmp_path / "out")) == 12
    if number == signal.SIGKILL:
        assert run(*given[:3], tmp_path / "whole").returncode == 0
        assert table(tmp_path / "whole") == table(tmp_path / "out")


@pytest.fixture
def unfinished(cli, config, tmp_path):
    """The lines of a sweep in `out` that lacks its report and one of its six trainings.

    The first line has an accuracy that no training has, so that it is known again.
    """
    assert cli("sweep", config(grid=TWO), "--out", tmp_path / "out").code == 0
    (tmp_path / "out/report.html").unlink()
    done = tmp_path / "out/trainings.jsonl"
    first, *others = map(json.loads, done.read_text().splitlines()[:-1])
    lines = [json.dumps(one) for one in (first | {"accuracy": 0.123}, *others)]
    done.write_text("".join(f"{line}\n" for line in lines))
    return lines


def test_a_training_that_is_done_is_not_repeated(cli, config, unfinished, tmp_path) -> None:
    ended = cli("sweep", config(grid=TWO), "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert "5 of 6 trainings are done already." in ended.err
    assert "not used" not in ended.err
    rows = table(tmp_path / "out")
    assert (rows[0]["accuracy"], len(rows)) == ("0.123", 6)


def test_trainings_of_another_sweep_in_the_folder_are_named(
    cli, config, unfinished, tmp_path
) -> None:
    ended = cli("sweep", config(grid=TWO, folds=2), "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert f"5 trainings in {tmp_path / 'out'} are of other settings, seeds, folds" in ended.err
    assert "done already" not in ended.err
    assert len(table(tmp_path / "out")) == 4
    kept = (tmp_path / "out/trainings.jsonl").read_text().splitlines()
    assert kept[:5] == unfinished


def test_a_note_names_the_settings_that_it_is_about(cli, config, tmp_path) -> None:
    ended = cli("sweep", config(grid=TWO, folds=2), "--out", tmp_path / "out")
    assert "Note: model_name=random" in ended.err
    about = [line for line in ended.err.splitlines() if "no effect" in line]
    assert [line.split(": ")[1] for line in about] == ["Setting 1"]  # the other one has steps


def test_settings_are_told_apart_in_a_narrow_terminal(cli, config, monkeypatch, tmp_path) -> None:
    rates = [{"train.method": "network", "policy.learning_rate": 10.0**-n} for n in (3, 4)]
    given = config(settings=rates, folds=2)
    monkeypatch.setenv("COLUMNS", "80")
    ended = cli("sweep", given, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert "…" not in ended.out
    assert "0.001" in ended.out and "0.0001" in ended.out


REFUSED = {
    "nothing varies": ({}, "needs either a grid or settings"),
    "both": ({"grid": TWO, "settings": [{}]}, "needs either a grid or settings"),
    "seed": ({"grid": {"seed": [1, 2]}}, "seed is among the settings of the sweep"),
    "seed twice": ({"grid": TWO, "seeds": [1, 2, 1]}, "sweep.seeds has 1 twice."),
    "value twice": (
        {"grid": {"train.epochs": [3, 3]}},
        'sweep.grid has {"train.epochs": 3} twice.',
    ),
    "setting twice": ({"settings": [TWO, {}, {}]}, "sweep.settings has {} twice."),
    "unknown": ({"grid": {"train.epoch": [1]}}, "'train.epoch' that does not exist"),
    "value": ({"grid": {"train.epochs": ["many"]}}, 'train.epochs is "many"'),
    "folds": ({"grid": TWO, "folds": 1}, "sweep: folds is 1"),
    "too many folds": ({"grid": TWO, "folds": 60}, "cannot make 60 folds"),
    "other episodes": (
        {"settings": [{}, {"dataset.episodes": [0, 1, 2, 3]}]},
        "Setting 2 of the sweep is measured on other episodes or labels than setting 1.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_sweep_that_makes_no_sense_is_refused_before_any_work(cli, config, tmp_path, what):
    sweep, sentence = REFUSED[what]
    ended = cli("sweep", config(**sweep), "--out", tmp_path / "out")
    assert ended.code in (2, 4)
    assert sentence in ended.err
    assert not (tmp_path / "out").exists()


def test_settings_with_other_labels_are_not_compared(cli, config, tmp_path) -> None:
    (tmp_path / "labels.json").write_text(json.dumps(dict.fromkeys("012345", 3)))
    settings = [{}, {"train.labels": str(tmp_path / "labels.json")}]
    ended = cli("sweep", config(settings=settings), "--out", tmp_path / "out")
    assert ended.code == 2
    assert "Setting 2 of the sweep is measured on other episodes or labels" in ended.err


def test_a_configuration_without_a_sweep_is_refused(cli, seed_config, tmp_path) -> None:
    ended = cli("sweep", seed_config, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "train.json has no section 'sweep'." in ended.err
