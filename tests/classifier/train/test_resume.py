"""A run that was stopped goes on as if nothing had been."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from classifier.train.stopping import Stop
from labeler.errors import UsageError
from tests.classifier.runs import numbers, small, train, trained

CHANGES = {"steps": 10, "log_freq": 1, "eval_freq": 3, "save_freq": 4}


@pytest.fixture(scope="module")
def unbroken(recording, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABELER_CACHE", str(folder / "cache"))
        trained(small(recording, folder / "run", **CHANGES))
    return folder / "run"


def weights(folder: Path, link: str) -> dict[str, torch.Tensor]:
    return load_file(folder / "checkpoints" / link / "pretrained_model" / "model.safetensors")


def require_equal(folder: Path, other: Path) -> None:
    assert numbers(folder) == numbers(other)
    for link in ("best", "last", "refit"):
        names = [(f / "checkpoints" / link).resolve().name for f in (folder, other)]
        assert names[0] == names[1]
        mine, theirs = weights(folder, link), weights(other, link)
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[name], theirs[name]) for name in mine)


@pytest.mark.parametrize("step", [1, 5, 9])
def test_a_stopped_run_is_resumed_to_the_same_end(recording, unbroken, tmp_path, step) -> None:
    config = small(recording, tmp_path / "run", **CHANGES)
    result, told = trained(config, stop_at=step)
    assert result.finished.reason == "stopped"
    assert result.finished.step == step
    again = config.model_copy(update={"resume": True})
    result, told = trained(again)
    assert next(e for e in told if e.event == "started").first_step == step
    steps = [e.step for e in told if e.event == "step" and not e.refit]
    assert steps == list(range(step + 1, 11))
    assert result.finished.reason == "steps"
    require_equal(tmp_path / "run", unbroken)


def test_a_stop_while_all_frames_are_trained_on_is_resumed(recording, unbroken, tmp_path) -> None:
    config = small(recording, tmp_path / "run", **CHANGES)
    stop, refit = Stop(), tmp_path / "run" / "checkpoints" / "refit"

    def tell(event) -> None:
        if event.event == "step" and event.refit and event.step == 2:
            stop.number = 2

    train(config, tell, stop)
    assert not refit.exists()
    trained(config.model_copy(update={"resume": True}))
    assert refit.is_dir()
    require_equal(tmp_path / "run", unbroken)


def test_a_kill_costs_only_what_came_after_the_last_checkpoint(recording, tmp_path) -> None:
    """The rate is so high that the best step comes before the checkpoint that is resumed."""
    changes = {"steps": 6, "log_freq": 1, "eval_freq": 1, "save_freq": 4}
    changes |= {"reward_model__learning_rate": 1000.0, "train__mixup": 0}
    config = small(recording, tmp_path / "run", **changes)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    _cut_at(tmp_path / "run", killed, config, step=4)
    assert (killed / "checkpoints" / "last").readlink() == Path("000004")
    best = trained(config.model_copy(update={"output_dir": whole}))[0].finished.best_step
    assert best < 4
    trained(config.model_copy(update={"resume": True, "output_dir": killed}))
    require_equal(killed, whole)


def _cut_at(run: Path, killed: Path, config, step: int) -> None:
    from classifier.train.run import train
    from classifier.train.stopping import Stop

    class Killed(BaseException):
        pass

    def tell(event) -> None:
        if event.event == "checkpoint" and event.step == step:
            shutil.copytree(run, killed, symlinks=True)
            raise Killed

    # A run that is killed writes nothing any more, but for what was copied here already.
    with pytest.raises(Killed):
        train(config, tell, Stop())


def test_a_run_that_had_ended_is_resumed_without_a_step(recording, unbroken, tmp_path) -> None:
    shutil.copytree(unbroken, tmp_path / "run", symlinks=True)
    config = small(recording, tmp_path / "run", **CHANGES, resume=True)
    result, told = trained(config)
    assert not [event for event in told if event.event == "step"]
    assert result.finished.step == 10
    require_equal(tmp_path / "run", unbroken)


@pytest.mark.parametrize(
    "change", [{"seed": 7}, {"reward_model__hidden_dim": 17}, {"train__held_out": 0.4}]
)
def test_other_settings_are_no_resumption(recording, unbroken, tmp_path, change) -> None:
    shutil.copytree(unbroken, tmp_path / "run", symlinks=True)
    config = small(recording, tmp_path / "run", **CHANGES | change, resume=True)
    with pytest.raises(UsageError, match="other data, labels or settings"):
        trained(config)


@pytest.mark.parametrize("name", ["weights.safetensors", "progress.json"])
def test_a_damaged_checkpoint_is_named(recording, unbroken, tmp_path, name) -> None:
    shutil.copytree(unbroken, tmp_path / "run", symlinks=True)
    path = tmp_path / "run" / "checkpoints" / "last" / "training_state" / name
    path.write_bytes(path.read_bytes()[:-7])
    config = small(recording, tmp_path / "run", **CHANGES, resume=True)
    with pytest.raises(UsageError, match="damaged") as error:
        trained(config)
    assert str(path.parent.parent.parent) in error.value.message


def test_nothing_but_checkpoints_asked_for_is_kept_beside_best_and_last(unbroken) -> None:
    metrics = [json.loads(line) for line in (unbroken / "metrics.jsonl").read_text().splitlines()]
    looks = [line for line in metrics if line["event"] == "evaluation"]
    best = max(line["step"] for line in looks if line["best"])
    assert {line["step"] for line in looks} == {3, 6, 9, 10}
    found = {path.name for path in (unbroken / "checkpoints").glob("0*")}
    assert {"000004", "000008", "000010", f"{best:06d}"} <= found
