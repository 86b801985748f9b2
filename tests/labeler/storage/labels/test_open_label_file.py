"""A label file that is held, watched, replaced and kept aside; and where it may lie."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labeler.cures import KeepLabelsElsewhere
from labeler.errors import BusyError, NoRoomError, RefusedError, SourceChangedError, StorageError
from labeler.storage.labels.label_files import keep_label_file, write_label_file
from labeler.storage.labels.label_journal import Journal
from labeler.storage.labels.label_wording import labelling
from labeler.storage.labels.open_label_file import Disk, OpenLabelFile, real_path
from tests.labeler.disk.test_staging import TIME, names

ENTRY = {"what": "a decision"}


@pytest.fixture
def root(tmp_path) -> Path:
    """A dataset, as far as places are concerned."""
    root = tmp_path / "dataset"
    (root / "meta").mkdir(parents=True)
    (root / "meta" / "info.json").write_text("{}")
    return root


@pytest.fixture
def place(tmp_path) -> Path:
    return tmp_path / "labels" / "x.json"


@pytest.fixture
def file(place, root):
    found = OpenLabelFile(place, root)
    found.hold()
    yield found
    found.release()


def fail(monkeypatch, name: str, code: int) -> None:
    def failing(*arguments: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, name, failing)


def test_one_window_holds_the_labels(file, place, root) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from labeler.storage.labels.open_label_file import OpenLabelFile\n"
        "OpenLabelFile(Path(sys.argv[1]), Path(sys.argv[2])).hold()"
    )
    command = [sys.executable, "-c", code, str(place), str(root)]
    busy = subprocess.run(command, text=True, capture_output=True)
    assert "BusyError: Another window has the labels" in busy.stderr
    with pytest.raises(BusyError, match="Another window has the labels"):
        OpenLabelFile(place, root).hold()
    file.release()
    file.release()
    assert names(place.parent) == []
    subprocess.run(command, check=True)


def test_what_a_killed_window_left_is_removed(place, root) -> None:
    place.parent.mkdir()
    for name in (".x.json.7.new", ".x.json.journal.8.new", ".y.json.7.new"):
        (place.parent / name).touch()
    file = OpenLabelFile(place, root)
    file.hold()
    file.release()
    assert names(place.parent) == [".y.json.7.new"]


def test_what_others_do_to_the_file_is_noticed(file, place) -> None:
    assert file.look() is Disk.SAME and file.remember() == ""
    file.overwrite(b"mine")
    assert file.look() is Disk.SAME
    os.utime(place, ns=(0, 0))  # another time, the same content
    assert file.look() is Disk.SAME
    place.write_bytes(b"theirs")
    assert file.look() is Disk.CHANGED
    with pytest.raises(SourceChangedError, match="was changed"):
        file.overwrite(b"mine again")
    assert place.read_bytes() == b"theirs"
    assert file.remember() == file.digest_of(b"theirs")
    file.overwrite(b"mine again")
    place.unlink()
    assert file.look() is Disk.GONE
    file.forget()
    assert file.look() is Disk.SAME and file.digest == ""


def test_what_was_known_is_known_again_after_a_failure(file, place) -> None:
    file.overwrite(b"mine")
    known = file.digest
    with pytest.raises(ValueError), file.settling():
        file.expect("other")
        raise ValueError
    assert file.digest == known
    with file.settling():
        file.expect("other")
    assert file.digest == "other"
    place.write_bytes(b"theirs")
    assert file.look() is Disk.CHANGED


def test_a_write_that_failed_late_is_recognised(file, place, monkeypatch) -> None:
    """The rename may have come to the disk although the program was told of an error."""
    file.overwrite(b"old")
    with monkeypatch.context() as broken:
        broken.setattr("labeler.disk.staging.rename", lambda *a, **k: fail_after_rename(*a))
        with pytest.raises(StorageError):
            file.overwrite(b"new")
    assert place.read_bytes() == b"new"
    assert file.look() is Disk.SAME and file.digest == file.digest_of(b"new")


def fail_after_rename(source: Path, target: Path) -> None:
    source.replace(target)
    raise StorageError("the disk broke")


def test_copies_are_kept_beside_it(file, place) -> None:
    file.overwrite(b"mine")
    copy = file.keep_copy("before")
    other = file.keep_aside(b"lines", "torn", file.journal_path)
    assert copy.read_bytes() == b"mine" and copy.name.startswith("x.json.before-")
    assert other.read_bytes() == b"lines" and other.name.startswith("x.json.journal.torn-")
    kept = keep_label_file(place, TIME)
    assert kept.name == "x.json.replaced-20260102T030405Z" and kept.read_bytes() == b"mine"
    with pytest.raises(StorageError):
        keep_label_file(place.with_name("gone"), TIME)


def test_two_ways_to_a_file_are_one(tmp_path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "way").symlink_to("real")
    assert real_path(tmp_path / "way" / "x") == real_path(tmp_path / "real" / "x")


@pytest.mark.parametrize("where", ["dataset/x.json", "dataset/data/x.json", "link.json", "folder"])
def test_where_labels_may_not_lie(tmp_path, root, where) -> None:
    (tmp_path / "link.json").symlink_to("elsewhere.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(RefusedError) as caught:
        write_label_file(tmp_path / where, "{}", root)
    assert caught.value.cures
    with pytest.raises(RefusedError):
        OpenLabelFile(tmp_path / where, root)
    with pytest.raises(RefusedError):
        write_label_file(tmp_path / where, "{}", None)


def test_a_file_that_the_dataset_is_read_from_is_left_alone(make_recording, place) -> None:
    root = make_recording()
    place.parent.mkdir()
    info = root / "meta" / "info.json"
    content = info.read_bytes()
    info.rename(place)
    info.symlink_to(place)
    with pytest.raises(RefusedError, match="inside a dataset"):
        write_label_file(place, "{}", root)
    file = OpenLabelFile(place, root)
    file.remember()
    with pytest.raises(RefusedError, match="inside a dataset"):
        file.overwrite(b"{}")
    assert place.read_bytes() == content


def test_labels_are_written_with_their_folder(place, root) -> None:
    write_label_file(place, "ü", root)
    write_label_file(place, "ö", None)
    assert place.read_text(encoding="utf-8") == "ö"
    assert names(place.parent) == ["x.json"]


def test_errors_say_what_helps_in_front_of_a_window() -> None:
    for error, words in (
        (NoRoomError("full"), "labelling continues as soon as there is some"),
        (RefusedError("no"), "Fix the permissions"),
        (StorageError("broken"), "labelling continues as soon as it works again"),
    ):
        with pytest.raises(type(error), match=words) as caught, labelling():
            raise error
        assert caught.value.cures[-1] == KeepLabelsElsewhere()
        with pytest.raises(type(error), match=words) as caught, labelling(movable=False):
            raise error
        assert KeepLabelsElsewhere() not in caught.value.cures
    busy = BusyError("busy")
    with pytest.raises(BusyError) as caught, labelling():
        raise busy
    assert caught.value is busy


def test_a_journal_that_cannot_be_emptied_keeps_its_lines(tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.journal"
    journal = Journal(path, "abc")
    journal.open()
    journal.append(ENTRY)
    whole = path.read_bytes()
    with monkeypatch.context() as broken:
        fail(broken, "fsync", errno.EIO)
        with pytest.raises(StorageError):
            journal.restart("def")
    assert path.read_bytes().count(b"\n") == whole.count(b"\n")
    journal.restart("def")
    assert path.read_bytes().count(b"\n") == 2
    journal.close(remove=True)
    assert names(tmp_path) == []


def test_an_entry_that_was_refused_leaves_the_journal_at_the_end(tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.journal"
    journal = Journal(path, "abc")
    journal.append(ENTRY)
    with monkeypatch.context() as broken:
        fail(broken, "fsync", errno.ENOSPC)
        with pytest.raises(NoRoomError):
            journal.append({"what": "refused"})
    journal.close(remove=False)
    assert b"refused" not in path.read_bytes() and b"a decision" in path.read_bytes()


def test_a_count_that_cannot_be_written_costs_no_entry(tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.journal"
    journal = Journal(path, "abc")
    journal.append(ENTRY)
    with monkeypatch.context() as broken:
        broken.setattr(os, "lseek", _lseek_from_the_end(os.lseek, len(path.read_bytes())))
        journal.append({"what": "kept"})
    journal.append({"what": "later"})
    journal.close(remove=False)
    assert path.read_bytes().count(b"\n") == 5


def _lseek_from_the_end(real, size: int):
    def seek(descriptor: int, position: int, whence: int) -> int:
        if position < size and whence == os.SEEK_SET:
            raise OSError(errno.EIO, "Input/output error")
        return real(descriptor, position, whence)

    return seek
