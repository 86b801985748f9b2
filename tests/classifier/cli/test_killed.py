"""Real processes, stopped and killed while they train."""

import signal
import subprocess
from pathlib import Path

import pytest

from classifier.checkpoint import load_checkpoint
from classifier.output import is_staged
from labeler.contracts.events import parse
from tests.classifier.runs import arguments, halted, numbers, process, small, trained

CHANGES = {"log_freq": 1, "eval_freq": 5, "save_freq": 7, "steps": 60}


def until(running: subprocess.Popen, event: str, step: int) -> None:
    """Read events until one of that kind has come so far."""
    for line in running.stdout:
        told = parse(line)
        assert told is not None, line
        if told.event == event and told.step >= step:
            return
    raise AssertionError(running.communicate()[1])


def require_whole(run: Path) -> None:
    """Every checkpoint can be loaded, and nothing points nowhere."""
    for path in (run / "checkpoints").iterdir():
        if not is_staged(path):
            load_checkpoint(path)


def test_a_killed_run_ends_as_one_that_was_not(recording, tmp_path, monkeypatch) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    trained(small(recording, whole, **CHANGES))
    given = arguments(small(recording, killed, **CHANGES))
    for step, told in ((9, given), (30, ["--resume", f"--output_dir={killed}"])):
        with halted(f'"event": "step", "step": {step},', *told, "--events=-") as running:
            running.kill()
            running.communicate()
        assert running.returncode == -signal.SIGKILL
        require_whole(killed)
    assert (killed / "checkpoints" / "last").exists()
    _, events = trained(small(recording, killed, **CHANGES, resume=True))
    assert next(event for event in events if event.event == "started").first_step >= 28
    assert numbers(killed) == numbers(whole)
    for link in ("best", "last"):
        assert (killed / "checkpoints" / link).readlink() == (
            whole / "checkpoints" / link
        ).readlink()
    assert not [path for path in (killed / "checkpoints").iterdir() if path.name[0] == "."]


def test_a_folder_where_a_training_is_at_work_is_named_so(recording, tmp_path, cli) -> None:
    given = arguments(small(recording, tmp_path / "run", **CHANGES))
    with halted('"event": "step", "step": 9,', *given, "--events=-"):
        for more in ((), ("--overwrite",)):
            ended = cli("train", *given, *more)
            assert ended.code == 5
            assert f"Another process is working in {tmp_path / 'run'}." in ended.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_how_to_go_on_and_does(recording, tmp_path, cli, number, code) -> None:
    run = tmp_path / "run"
    config = small(recording, run, log_freq=1, steps=100_000, save_freq=100_000)
    running = process(*arguments(config), "--events=-")
    until(running, "step", 3)
    running.send_signal(number)
    out, err = running.communicate()
    assert running.returncode == code, err
    assert parse(out.splitlines()[-1]).reason == "stopped"
    assert f"labeler-train --resume --output_dir={run}" in err
    assert "Warning" not in err
    require_whole(run)
    reached = parse(out.splitlines()[-1]).step
    assert (run / "checkpoints" / "last").readlink() == Path(f"{reached:06d}")
    other = cli("--resume", f"--output_dir={run}", "--steps=7")
    assert other.code == 2
    assert "other data, labels or settings" in other.err


def test_the_command_of_a_run_resumes_it_with_the_camera_that_it_names_by_its_end(
    recording, tmp_path, cli
) -> None:
    words = arguments(small(recording, tmp_path / "run", train__views=0))
    words = [word for word in words if not word.startswith("--train.cameras")]
    given = [*words, "--camera", "gripper"]
    assert cli(*given).code == 0
    resumed = cli(*given, "--resume")
    assert resumed.code == 0, resumed.err
