"""Files and folders that get their names at the end, grow, are put aside, and say what failed."""

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labeler import disk
from labeler.cures import ChooseAnotherFolder, FixPermissions, MakeRoom, RetryAfter
from labeler.disk import files
from labeler.disk.errors import report_errors, report_source_errors
from labeler.disk.lookahead import one_ahead
from labeler.errors import NoRoomError, RefusedError, SourceChangedError, StorageError

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def other_process() -> int:
    """The number of a process that has ended."""
    code = "import os; print(os.getpid())"
    run = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    return int(run.stdout)


def test_a_check_that_fails_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "a"
    disk.rewrite(path, b"old")

    def refuse() -> None:
        assert names(tmp_path) == sorted(["a", f".a.{os.getpid()}.new"])
        raise ValueError("changed meanwhile")

    with pytest.raises(ValueError, match="changed meanwhile"):
        disk.rewrite(path, b"new", refuse)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("durable", [True, False])
def test_only_what_cannot_be_made_again_is_synced(tmp_path, monkeypatch, durable) -> None:
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(real(descriptor)))
    disk.rewrite(tmp_path / "a", b"1", durable=durable)
    assert bool(synced) is durable


def test_what_others_left_beside_a_file_is_removed_and_nothing_else(tmp_path) -> None:
    process = other_process()
    kept = [
        "a",
        "b",
        ".a.new",
        ".a.x.new",
        f".b.{process}.new",
        f".a.{process}.old",
        f"a.{process}.new",
    ]
    for name in [*kept, f".a.{process}.new"]:
        (tmp_path / name).touch()
    disk.remove_staged(tmp_path / "a")
    assert names(tmp_path) == sorted(kept)


def test_everything_incomplete_is_removed_from_a_folder(tmp_path) -> None:
    (tmp_path / ".run.7.new" / "inner").mkdir(parents=True)
    for name in (".file.8.new", ".hidden", "file.8.new", "whole"):
        (tmp_path / name).touch()
    disk.remove_all_staged(tmp_path)
    assert names(tmp_path) == [".hidden", "file.8.new", "whole"]
    disk.remove_all_staged(tmp_path / "missing")


def test_a_folder_is_not_made_over_another(tmp_path) -> None:
    (tmp_path / "there").mkdir()
    with (
        pytest.raises(RefusedError, match="exists already") as caught,
        disk.new_folder(tmp_path / "there"),
    ):
        pass
    assert caught.value.cures == (ChooseAnotherFolder(),)


def test_a_file_is_put_aside_under_a_name_of_its_own(tmp_path) -> None:
    found = [disk.keep_aside(tmp_path / "a", b"%d" % at, "damaged", TIME) for at in range(3)]
    stamp = "a.damaged-20260102T030405Z"
    assert [path.name for path in found] == [stamp, f"{stamp}-2", f"{stamp}-3"]
    assert [path.read_bytes() for path in found] == [b"0", b"1", b"2"]


def test_a_file_becomes_newer_than_another_never_older(tmp_path) -> None:
    path = tmp_path / "a"
    path.touch()
    now = path.stat().st_mtime_ns
    disk.make_newer(path, now - 10**10)
    assert path.stat().st_mtime_ns == now
    disk.make_newer(path, now)
    assert path.stat().st_mtime_ns == now + 2 * 10**9


def test_folders_are_made_once(tmp_path) -> None:
    for _ in range(2):
        disk.make_folders(tmp_path / "a" / "b")
    with pytest.raises(RefusedError, match="exists already"):
        disk.make_new_folder(tmp_path / "a")
    disk.rename(tmp_path / "a" / "b", tmp_path / "c")
    assert names(tmp_path) == ["a", "c"]


def test_a_link_is_removed_and_what_it_leads_to_stays(tmp_path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "link").symlink_to("kept")
    disk.remove_tree(tmp_path / "link")
    disk.remove_tree(tmp_path / "missing")
    assert names(tmp_path) == ["kept"]
    disk.remove_tree(tmp_path / "kept")
    assert names(tmp_path) == []


def test_room_is_that_of_the_nearest_folder(tmp_path) -> None:
    free = disk.free_bytes(tmp_path / "not" / "yet")
    assert 0 < free <= os.statvfs(tmp_path).f_blocks * os.statvfs(tmp_path).f_frsize


def test_an_appended_file_grows_and_is_cut(tmp_path) -> None:
    file = disk.AppendedFile(tmp_path / "a")
    file.append(b"first\n")
    file.append(b"second\n")
    file.overwrite(0, b"F")
    assert (tmp_path / "a").read_bytes() == b"First\nsecond\n"
    file.cut(6)
    file.append(b"third\n")
    file.close()
    file.close()
    again = disk.AppendedFile(tmp_path / "a")
    again.append(b"fourth\n")
    again.close()
    assert (tmp_path / "a").read_bytes() == b"First\nthird\nfourth\n"


def test_a_failed_append_leaves_the_file_as_it_was(tmp_path, monkeypatch) -> None:
    file = disk.AppendedFile(tmp_path / "a")
    file.append(b"first\n")

    def fsync(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fsync)
        with pytest.raises(StorageError, match="Input/output error"):
            file.append(b"lost\n")
    file.append(b"second\n")
    file.close()
    assert (tmp_path / "a").read_bytes() == b"first\nsecond\n"


def test_an_appended_file_knows_whether_it_was_replaced(tmp_path) -> None:
    file = disk.AppendedFile(tmp_path / "a")
    assert file.is_in_place()
    (tmp_path / "a").rename(tmp_path / "b")
    assert not file.is_in_place()
    (tmp_path / "a").touch()
    assert not file.is_in_place()
    file.close()


@pytest.mark.parametrize(
    ("code", "kind", "cure"),
    [
        (errno.ENOSPC, NoRoomError, MakeRoom()),
        (errno.EDQUOT, NoRoomError, MakeRoom()),
        (errno.EROFS, RefusedError, FixPermissions()),
        (errno.EACCES, RefusedError, FixPermissions()),
        (errno.EPERM, RefusedError, FixPermissions()),
        (errno.EEXIST, RefusedError, ChooseAnotherFolder()),
        (errno.EIO, StorageError, RetryAfter("Check the disk")),
        (None, StorageError, RetryAfter("Check the disk")),
    ],
)
def test_what_the_system_says_becomes_a_sentence_with_its_cure(code, kind, cure) -> None:
    told = OSError("odd") if code is None else OSError(code, "as the system says")
    with pytest.raises(StorageError) as caught, report_errors(Path("/somewhere/crop")):
        raise told
    assert type(caught.value) is kind
    assert caught.value.cures == (cure,)
    assert "/somewhere/crop" in caught.value.message
    assert caught.value.__cause__ is told


def test_a_recording_that_cannot_be_read_is_named(tmp_path) -> None:
    with pytest.raises(SourceChangedError, match="cannot be read: No such file") as caught:
        disk.copy_file(tmp_path / "gone", tmp_path / "copy")
    assert RetryAfter("Make the recording available again") in caught.value.cures
    assert names(tmp_path) == []
    with report_source_errors(tmp_path):
        pass


def test_work_goes_one_ahead_and_errors_come_in_their_place() -> None:
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise ValueError("two")
        return number * 10

    with one_ahead(work, range(5)) as results:
        assert next(results) == 0
        assert next(results) == 10
        with pytest.raises(ValueError, match="two"):
            next(results)
    assert begun == [0, 1, 2, 3][: len(begun)] and len(begun) >= 3
    with one_ahead(work, ()) as results:
        assert list(results) == []


def folder(path: Path, content: str) -> Path:
    path.mkdir()
    (path / "file").write_text(content)
    return path


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_takes_the_place_of_another_which_is_kept(tmp_path, monkeypatch, exchanges):
    monkeypatch.setattr(files, "_LINUX", exchanges and files._LINUX)
    made, target, aside = folder(tmp_path / "made", "new"), tmp_path / "there", tmp_path / "aside"
    disk.put_in_place(made, target, aside)
    assert sorted(tmp_path.iterdir()) == [target]
    disk.put_in_place(folder(tmp_path / "made", "newer"), target, aside)
    assert sorted(tmp_path.iterdir()) == [aside, target]
    assert ((target / "file").read_text(), (aside / "file").read_text()) == ("newer", "new")


@pytest.mark.parametrize("exchanges", [True, False])
def test_both_folders_stay_where_they_are_if_they_cannot_change_places(
    tmp_path, monkeypatch, exchanges
) -> None:
    """A folder with a file system mounted on it can be neither renamed nor exchanged."""
    monkeypatch.setattr(files, "_LINUX", exchanges and files._LINUX)
    made, target = folder(tmp_path / "made", "new"), folder(tmp_path / "there", "old")
    aside, usual = tmp_path / "aside", os.replace

    def busy(one: Path, other: Path) -> None:
        if Path(one).name == "there" or (Path(one), Path(other)) == (made, target):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(one))
        usual(one, other)

    monkeypatch.setattr(os, "replace", busy)
    if exchanges:
        monkeypatch.setattr(files, "_HERE", -1)  # no folder: the call fails
        made, target = Path("made"), Path("there")
        monkeypatch.chdir(tmp_path)
        aside = Path("aside")
    with pytest.raises(StorageError):
        disk.put_in_place(made, target, aside)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "there"]
    assert ((target / "file").read_text(), (made / "file").read_text()) == ("old", "new")


def test_the_old_folder_comes_back_if_the_new_one_cannot_follow(tmp_path: Path) -> None:
    target = folder(tmp_path / "there", "old")
    with pytest.raises(StorageError):
        files._replace_in_two_steps(tmp_path / "nothing", target, tmp_path / "aside")
    assert sorted(tmp_path.iterdir()) == [target]


def test_names_that_cannot_be_exchanged_are_left_to_two_steps(tmp_path: Path) -> None:
    inside = folder(folder(tmp_path / "a", "") / "b", "")
    assert files._exchange(tmp_path / "a", inside) is False
