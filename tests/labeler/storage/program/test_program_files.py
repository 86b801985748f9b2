"""What the program keeps for itself is written as a whole, and damage is put aside, not lost."""

import json
import os
import shlex
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from platformdirs import user_config_path, user_data_path

from labeler.cures import ChooseAnotherFile, Retry
from labeler.errors import RefusedError, SourceChangedError, StorageError
from labeler.storage.program.config_files import write_config_file
from labeler.storage.program.desktop_entry import write_desktop_entry
from labeler.storage.program.reports import problem_files, write_crash_report, write_problem_report
from labeler.storage.program.settings_file import (
    LARGEST,
    DamagedSettingsError,
    read_settings,
    set_aside,
    write_settings,
)
from labeler.storage.program.training_runs import (
    make_run_folder,
    move_to_trash,
    remove_run,
    write_preset,
    write_run_record,
)
from labeler.storage.program.written_files import (
    move_aside,
    name_aside,
    remember_written,
    remove_written,
    was_written,
    writer_of,
)

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """The user's folders, all below one."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("DATA", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Settings


def test_settings_come_back(tmp_path):
    path = tmp_path / "inner" / "settings.json"
    assert read_settings(path) is None
    write_settings(path, {"theme": "dark"})
    write_settings(path, {"theme": "light"})
    assert read_settings(path) == {"theme": "light"}
    assert names(path.parent) == ["settings.json"]


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_damaged_settings_are_put_aside(tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(DamagedSettingsError, match="it is not JSON"):
        read_settings(path)
    aside = set_aside(path)
    assert aside is not None and aside.name.startswith("settings.json.damaged-")
    assert aside.read_bytes() == path.read_bytes() == content


def test_settings_that_cannot_be_read_say_why(tmp_path):
    with pytest.raises(DamagedSettingsError, match="Is a directory") as caught:
        read_settings(tmp_path)
    assert caught.value.reason == "Is a directory"
    assert set_aside(tmp_path) is None


def test_settings_are_never_large(tmp_path):
    path = tmp_path / "settings.json"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(DamagedSettingsError, match="far too large"):
        read_settings(path)


# Who wrote which file


def test_a_file_is_the_commands_until_somebody_changes_it(tmp_path):
    file = tmp_path / "labels.json"
    file.write_text("1")
    assert not writer_of(file)
    remember_written(file, "export")
    assert writer_of(file) == "export"
    file.write_text("2")
    assert writer_of(file) == ""
    assert was_written(file, "export")
    assert not was_written(file, "apply")
    file.unlink()
    assert writer_of(file) == ""


@pytest.mark.parametrize("content", ["{", "[]", '{"/other": "export"}'])
def test_a_lost_list_costs_no_file(tmp_path, content):
    file, place = tmp_path / "labels.json", tmp_path / "state/labeler/written.json"
    file.write_text("1")
    place.parent.mkdir(parents=True)
    place.write_text(content)
    assert writer_of(file) == ""
    remember_written(file, "export")
    assert writer_of(file) == "export"


def test_where_nothing_can_be_noted_nothing_is_said(tmp_path):
    file = tmp_path / "labels.json"
    file.write_text("1")
    (tmp_path / "state").write_text("a file where a folder should be")
    remember_written(file, "export")
    assert writer_of(file) == ""


# Configurations of other programs


def test_a_configuration_replaces_only_what_was_read(tmp_path):
    path = tmp_path / "new" / "env.json"
    write_config_file(path, "one")
    with pytest.raises(RefusedError, match="exists already") as refused:
        write_config_file(path, "two")
    assert refused.value.cures == (ChooseAnotherFile(),)
    write_config_file(path, "two", "one")
    with pytest.raises(SourceChangedError, match="changed meanwhile") as changed:
        write_config_file(path, "three", "one")
    assert changed.value.cures == (Retry(),)
    assert path.read_text() == "two"
    write_config_file(path, "three", overwrite=True)
    assert path.read_text() == "three"
    assert names(path.parent) == ["env.json"]


def test_a_byte_order_mark_is_no_change(tmp_path):
    path = tmp_path / "env.json"
    path.write_bytes(b"\xef\xbb\xbfone")
    write_config_file(path, "two", "one")
    assert path.read_bytes() == b"two"


def test_a_configuration_that_is_gone_is_not_replaced(tmp_path):
    with pytest.raises(StorageError, match="No such file"):
        write_config_file(tmp_path / "env.json", "two", "one")
    assert names(tmp_path) == []


# Reports of crashes


def test_a_crash_is_reported_with_any_text(tmp_path):
    path = write_crash_report("Traceback \udcff")
    assert path is not None
    assert path.is_relative_to(tmp_path)
    assert path.read_bytes() == b"Traceback ?"


def test_where_nothing_can_be_written_a_crash_has_no_report(tmp_path):
    (tmp_path / "state").write_text("a file where a folder should be")
    assert write_crash_report("Traceback") is None


# The entry among the applications


def test_the_entry_runs_the_command(tmp_path):
    command = [sys.executable, "-c", "import sys; print(sys.argv[1:])"]
    for _ in range(2):
        entry, icon = write_desktop_entry(command)
    assert icon.read_bytes().lstrip().startswith(b"<")
    lines = dict(line.split("=", 1) for line in entry.read_text().splitlines() if "=" in line)
    words = [word.replace("%f", "/data") for word in shlex.split(lines["Exec"])]
    assert subprocess.run(words, capture_output=True, text=True).stdout == "['open', '/data']\n"
    assert (lines["Type"], lines["Icon"]) == ("Application", "labeler")
    assert names(entry.parent) == ["labeler.desktop"]


# Training runs


def test_runs_of_one_second_lie_side_by_side(tmp_path):
    made = [make_run_folder(tmp_path / "runs", TIME) for _ in range(3)]
    stamp = f"{TIME.astimezone():%Y-%m-%d_%H-%M-%S}"
    assert [path.name for path in made] == [stamp, f"{stamp}-2", f"{stamp}-3"]
    assert all(path.is_dir() for path in made)


def test_a_run_in_the_trash_can_be_fetched_back(tmp_path):
    run = make_run_folder(tmp_path / "runs", TIME)
    write_run_record(run / "inner" / "run.json", {"state": "ended"})
    place = move_to_trash(run, tmp_path / "trash")
    assert not run.exists()
    assert json.loads((place / "inner/run.json").read_text()) == {"state": "ended"}
    place.rename(run)
    remove_run(run)
    assert names(tmp_path / "runs") == []


def test_a_preset_does_not_lie_in_a_dataset(tmp_path, make_recording):
    root = make_recording(lengths=(3,), size=(32, 32))
    with pytest.raises(RefusedError, match="lies inside a dataset"):
        write_preset(root / "preset.json", "{}", root)
    write_preset(tmp_path / "preset.json", "{}", root)
    assert (tmp_path / "preset.json").read_text() == "{}"


def test_a_trash_that_cannot_be_made_leaves_the_run(tmp_path):
    run = make_run_folder(tmp_path / "runs", TIME)
    (tmp_path / "trash").write_text("a file where a folder should be")
    with pytest.raises(StorageError):
        move_to_trash(run, tmp_path / "trash")
    assert run.is_dir()
    assert names(tmp_path / "runs") == [run.name]


def test_a_folder_that_a_command_wrote_is_replaced_by_another(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "model").write_text("weights")
    remember_written(folder, "train")
    assert writer_of(folder) == "train"
    aside = name_aside(folder)
    assert aside.parent == tmp_path and aside.name.startswith("run.replaced-")
    folder.rename(aside)
    remove_written(aside)
    assert list(tmp_path.glob("run*")) == []


def test_a_folder_that_is_made_again_is_kept_under_another_name(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    aside = name_aside(folder)
    move_aside(folder, aside)
    assert not folder.exists() and (aside / "notes.txt").read_text() == "mine"
    with pytest.raises(StorageError):
        move_aside(folder, name_aside(folder))


def test_a_folder_that_cannot_be_read_is_nobodys(tmp_path):
    """Whoever may not read what is in a folder does not know whether somebody changed it."""
    folder = tmp_path / "run"
    inside = folder / "private"
    inside.mkdir(parents=True)
    remember_written(folder, "train")
    assert writer_of(folder) == "train"
    inside.chmod(0)
    with somebody_else(folder):
        assert folder.is_dir() and writer_of(folder) == ""


@contextmanager
def somebody_else(folder):
    """Root may read everything, and so becomes a user without rights who can reach the folder."""
    if os.geteuid() != 0:
        yield
        return
    modes = {place: place.stat().st_mode for place in (folder, *folder.parents)}
    for place, mode in modes.items():
        if mode & 0o055 != 0o055:
            place.chmod(mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for place, mode in modes.items():
            if mode & 0o055 != 0o055:
                place.chmod(mode)


def test_a_problem_report_holds_logs_and_no_home_and_no_images(tmp_path):
    home = Path.home()
    settings = user_config_path("labeler", appauthor=False) / "settings.json"
    write_settings(settings, {"theme": "dark"})
    write_crash_report("Traceback")
    trainings = user_data_path("labeler", appauthor=False) / "trainings"
    for number in range(7):
        run = trainings / "pick-1234" / f"run-{number}"
        run.mkdir(parents=True)
        (run / "log.txt").write_text(f"{number}: reading {home}/recording\n")
        (run / "image.png").write_bytes(b"no image belongs into a report")
        os.utime(run / "log.txt", (number, number))
    (trainings / "pick-1234" / "run-6" / "events.jsonl").write_bytes(b"x" * (5 << 20))
    names = set(problem_files())
    assert {name for name in names if name.endswith("log.txt")} == {
        f"pick-1234 run-{number} log.txt" for number in range(2, 7)
    }
    folder = write_problem_report(["Labeler 1", "Linux"])
    assert {path.name for path in folder.iterdir()} == names | {"versions.txt"}
    assert (folder / "versions.txt").read_text() == "Labeler 1\nLinux\n"
    assert (folder / "pick-1234 run-6 log.txt").read_text() == "6: reading ~/recording\n"
    assert (folder / "pick-1234 run-6 events.jsonl").stat().st_size == 4 << 20


def test_a_problem_report_without_anything_to_report():
    folder = write_problem_report([])
    assert [path.name for path in folder.iterdir()] == ["versions.txt"]
