"""A copy is given up, and nothing but what was there before is left."""

import errno
import os
import shutil

import pytest

from labeler.dataset import open_dataset
from labeler.errors import (
    BusyError,
    CheckFailedError,
    NoRoomError,
    RefusedError,
    SourceChangedError,
    StorageError,
)
from labeler.labels.document import from_text
from labeler.progress import Progress
from labeler.storage.checking.check import differences
from labeler.storage.copying.building import build_aside
from labeler.storage.copying.destination import check_name, check_room
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.copying.recovery import recover
from labeler.storage.record.copy_record import LABELS, Options
from tests.broken.edit import video
from tests.labeler.storage.copies import prepared_copy, success_from, written_copy
from tests.snapshot import snapshot


class Meanwhile(Progress):
    """Something happens once the first bytes are written."""

    def __init__(self, action) -> None:
        self._actions = [action]
        self._writing = False

    def begin(self, phase, total_bytes, total_files) -> None:
        self._writing = phase == "Writing"

    def advance(self, count) -> None:
        if self._writing and self._actions:
            self._actions.pop()()


@pytest.fixture
def root(make_recording):
    return make_recording("v2.1", (5, 4), size=(32, 32))


def test_what_is_not_what_it_should_be_is_not_kept(root, tmp_path):
    """As a disk would do it that says that it wrote a file and did not."""
    good, place = written_copy(root), tmp_path / "copy"

    def write(path_of):
        for path in sorted(good.rglob("*")):
            if path.is_file():
                shutil.copyfile(path, path_of(path.relative_to(good).as_posix()))
        path_of("meta/tasks.jsonl").write_bytes(b"")
        return {}

    with pytest.raises(CheckFailedError, match=r"is not what it should be: .*tasks\.jsonl"):
        build_aside(place, write=write, check_sources=lambda: None, progress=Progress())
    assert sorted(path.name for path in tmp_path.iterdir()) == [root.name, good.name]


@pytest.mark.parametrize("copied", [False, True], ids=["new", "brought up to date"])
def test_a_recording_that_changes_while_it_is_read(root, copied):
    copy = written_copy(root) if copied else root.with_name(f"{root.name}_labeled")
    before = snapshot(copy) if copied else {}
    prepared = prepared_copy(root, success_from(2, [5, 4]))
    with prepared.plan.source, pytest.raises(SourceChangedError, match="changed while it was read"):
        write_copy(prepared, Meanwhile((root / "meta/new.json").touch))
    assert copy.exists() is copied
    if copied:
        now = snapshot(copy)
        assert {name: now[name].content for name in now} == {
            name: entry.content for name, entry in before.items()
        }
    assert {path.name for path in root.parent.iterdir()} == {root.name, *([copy.name] * copied)}


def test_a_copy_that_somebody_wrote_meanwhile_is_left_alone(root):
    copy = written_copy(root)
    prepared = prepared_copy(root, success_from(2, [5, 4]))
    written_copy(root, success_from(3, [5, 4]))
    before = snapshot(copy)
    with prepared.plan.source, pytest.raises(BusyError, match="was written meanwhile"):
        write_copy(prepared)
    assert snapshot(copy).keys() == before.keys()
    assert differences(copy) == []


def test_an_interrupted_change_that_only_renamed_in_part_is_completed(root, monkeypatch):
    """Ctrl-C in the middle of the renames: what is left takes less time than to come back to it."""
    copy = written_copy(root)
    left = [3]
    path_type = type(copy)
    rename = path_type.replace

    def replace(self, target):
        if ".staged" in self.name:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(path_type, "replace", replace)
    prepared = prepared_copy(root, success_from(3, [5, 4]))
    with prepared.plan.source as source:
        with pytest.raises(KeyboardInterrupt):
            write_copy(prepared)
        assert differences(copy, against=source) == []
    assert [label.cutoff for label in from_text((copy / LABELS).read_text())] == [3, 3]
    assert recover(copy) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_before_the_decision_leaves_the_old_labels(root, monkeypatch, code):
    copy = written_copy(root)
    before = snapshot(copy)
    path_type = type(copy)
    rename = path_type.replace

    def replace(self, target):
        if self.name == "manifest":
            raise OSError(code, os.strerror(code))
        return rename(self, target)

    monkeypatch.setattr(path_type, "replace", replace)
    prepared = prepared_copy(root, success_from(3, [5, 4]))
    with prepared.plan.source, pytest.raises(StorageError):
        write_copy(prepared)
    now = snapshot(copy)
    assert {name: now[name].content for name in now} == {
        name: entry.content for name, entry in before.items()
    }


def test_a_partial_copy_is_removed(root):
    """Left by a process that was killed while it built a new copy."""
    copy = root.with_name("copy")
    partial = copy.with_name("copy.partial-0123abcd")
    (partial / "meta").mkdir(parents=True)
    other = copy.with_name("copy.partial-mine")
    other.mkdir()
    assert recover(copy) == [f"The partial copy {partial} was removed."]
    assert not partial.exists()
    assert other.exists()


def test_no_room_is_said_before_anything_is_written(tmp_path):
    with pytest.raises(NoRoomError, match=r"The copy needs 1,152,921,504,606\.8 MB"):
        check_room(tmp_path / "copy", 1 << 60)


@pytest.mark.parametrize("name", ["copy*", "copy[1]", "what?"])
def test_a_name_that_is_a_pattern_is_refused(tmp_path, name):
    with pytest.raises(RefusedError, match=r"takes .* for a pattern"):
        check_name(tmp_path / name)


def test_a_copy_whose_record_is_damaged_is_not_written_over(root):
    copy = written_copy(root)
    (copy / "meta/labeler/copy.json").write_text("{")
    with pytest.raises(RefusedError, match=r"copy\.json is damaged or from a newer Labeler"):
        prepared_copy(root)


def test_a_copy_that_the_recording_leads_into_is_not_brought_up_to_date(root):
    """Somebody saved room by a link from one video to the other."""
    copy = written_copy(root)
    video(root).unlink()
    video_there = video(copy)
    (root / video_there.relative_to(copy)).symlink_to(video_there)
    with pytest.raises(RefusedError, match="is a link into"):
        prepared_copy(root)


def test_a_second_preparation_does_not_read_the_recording_again(root, tmp_path):
    """While it is as it was; the window prepares after every decision."""

    class Phases(Progress):
        def begin(self, phase, total_bytes, total_files) -> None:
            phases.append(phase)

    phases: list[str] = []
    labels, place = success_from(1, [5, 4]), tmp_path / "copy"
    with open_dataset(root) as source:
        first = prepare(source, labels, place, Options(), progress=Phases())
        assert phases == ["Reading the recording"]
        again = prepare(source, labels, place, Options(), progress=Phases(), earlier=first)
        assert again.fingerprint == first.fingerprint
        assert phases == ["Reading the recording"]
        os.utime(root / "meta/info.json", (1, 1))
        prepare(source, labels, place, Options(), progress=Phases(), earlier=again)
        assert phases == ["Reading the recording"] * 2


def test_a_copy_that_is_cancelled_leaves_nothing(root):
    """While files are read back that were just written."""

    def cancel():
        raise KeyboardInterrupt

    prepared = prepared_copy(root)
    with prepared.plan.source, pytest.raises(KeyboardInterrupt):
        write_copy(prepared, Meanwhile(cancel))
    assert [path.name for path in root.parent.iterdir()] == [root.name]
