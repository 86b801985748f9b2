"""A run's folder belongs to one run and one process."""

from datetime import datetime
from pathlib import Path

import pytest

from classifier import output
from classifier.cli.cures import hint
from classifier.config import TrainConfig
from classifier.train.run_folder import RunFolder, default_folder
from labeler.errors import BusyError, RefusedError, UsageError


def folder_of(root: Path, resume: bool = False) -> RunFolder:
    folder = RunFolder(root, resume)
    folder.write_config(TrainConfig())
    return folder


def test_the_default_is_named_after_date_and_job() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5)
    path = default_folder(TrainConfig(job_name="lift"), now)
    assert path.as_posix() == "outputs/train/2026-01-02/03-04-05_lift"


def test_a_folder_with_another_run_is_refused(tmp_path) -> None:
    folder_of(tmp_path / "run").close()
    with pytest.raises(RefusedError, match="another run") as error:
        RunFolder(tmp_path / "run", resume=False)
    assert "--resume" in hint(error.value)
    folder_of(tmp_path / "run", resume=True).close()


@pytest.mark.parametrize("name", ["notes.txt", ".hidden"])
def test_a_folder_with_files_is_refused_and_left_alone(tmp_path, name) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(RefusedError, match="other files"):
        RunFolder(tmp_path, resume=False)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_is_no_folder(tmp_path) -> None:
    (tmp_path / "run").write_text("mine")
    with pytest.raises(RefusedError, match="not a folder"):
        RunFolder(tmp_path / "run", resume=False)


@pytest.mark.parametrize("exists", [True, False])
def test_there_must_be_a_run_to_resume(tmp_path, exists) -> None:
    root = tmp_path if exists else tmp_path / "nowhere"
    with pytest.raises(UsageError, match="no run to resume"):
        RunFolder(root, resume=True)
    assert list(tmp_path.iterdir()) == []


def test_a_second_process_is_refused(tmp_path) -> None:
    folder = folder_of(tmp_path / "run")
    with pytest.raises(BusyError, match="Another process"):
        RunFolder(tmp_path / "run", resume=True)
    folder.close()
    folder_of(tmp_path / "run", resume=True).close()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["train_config.json"]


def test_a_folder_where_another_process_is_at_work_is_named_so(tmp_path) -> None:
    folder = folder_of(tmp_path / "run")
    with pytest.raises(BusyError, match="Another process"):
        output.require_idle(tmp_path / "run")
    folder.close()
    output.require_idle(tmp_path / "run")
    output.require_idle(tmp_path / "nowhere")


def test_the_lock_of_another_program_is_left_alone(tmp_path) -> None:
    (tmp_path / ".lock").write_text("theirs")
    output.require_idle(tmp_path)
    assert (tmp_path / ".lock").read_text() == "theirs"


def test_an_empty_folder_and_one_of_a_run_killed_at_once_are_taken(tmp_path) -> None:
    folder_of(tmp_path / "a").close()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / ".lock").touch()
    (tmp_path / "b" / ".train_config.json.1.new").write_text("{")
    folder_of(tmp_path / "b").close()
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["train_config.json"]


def test_what_a_kill_left_half_written_is_cleared(tmp_path) -> None:
    folder_of(tmp_path).close()
    half = tmp_path / "checkpoints" / ".000005.7.new"
    (half / "pretrained_model").mkdir(parents=True)
    folder_of(tmp_path, resume=True).close()
    assert not half.exists()


def test_metrics_go_back_to_a_step(tmp_path) -> None:
    folder = folder_of(tmp_path)
    for step in (1, 2, 3):
        folder.append({"step": step, "loss": step / 2})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 4, "lo')  # cut off by a kill
    assert [line["step"] for line in folder.metrics()] == [1, 2, 3]
    folder.rewind_metrics(2)
    folder.append({"step": 3, "loss": 1.5})
    assert [line["step"] for line in folder.metrics()] == [1, 2, 3]
    folder.close()


def test_pruning_keeps_what_it_is_told_and_nothing_else_of_ours(tmp_path) -> None:
    folder = folder_of(tmp_path)
    for step in (1, 2, 3, 1_000_000):
        folder.path_of(step).mkdir(parents=True)
    (tmp_path / "checkpoints" / "mine").mkdir()
    folder.point("best", 2)
    folder.prune({2, 1_000_000})
    found = {path.name for path in (tmp_path / "checkpoints").iterdir()}
    assert found == {"000002", "1000000", "mine", "best"}
    folder.close()
