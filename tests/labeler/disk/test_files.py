"""How files are copied and when they are synced."""

import errno
import fcntl
import gc
import os
import threading
from pathlib import Path

import pytest

from labeler import disk
from labeler.errors import StorageError

MEGABYTE = 1 << 20


@pytest.fixture
def synced(monkeypatch):
    """Names of the files that were synced, in order; they really are."""
    names = []
    real = os.fsync

    def fsync(descriptor):
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


def open_files(*, collect=True):
    if collect:
        gc.collect()  # what other tests left open is not closed in between
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_file_is_synced_when_it_is_made(tmp_path, synced):
    disk.write_file(tmp_path / "a", b"1")
    assert synced == ["a"]
    disk.sync_made()  # outside of a block there is nothing left to sync
    assert synced == ["a"]


def test_files_of_a_block_are_synced_at_its_end(tmp_path, synced):
    before = open_files()
    with disk.sync_together():
        disk.write_file(tmp_path / "a", b"1")
        disk.write_file(tmp_path / "b", b"2")
        assert synced == []
        disk.sync_made()
        assert synced == ["a", "b"]
        disk.write_file(tmp_path / "c", b"3")
    assert synced == ["a", "b", "c"]
    assert open_files() == before
    disk.write_file(tmp_path / "d", b"4")
    assert synced[3:] == ["d"]


def test_many_files_do_not_stay_open(tmp_path, synced):
    before = open_files()
    with disk.sync_together():
        for number in range(200):
            disk.write_file(tmp_path / str(number), b"1")
            assert open_files(collect=False) < before + 70
    assert sorted(synced, key=int) == [str(number) for number in range(200)]


def test_syncing_begins_while_more_is_written(tmp_path, monkeypatch):
    synced = []
    real = os.fsync

    def fsync(descriptor):
        synced.append(threading.current_thread() is not threading.main_thread())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with disk.sync_together():
        for number in range(40):
            disk.write_file(tmp_path / str(number), b"1")
    assert len(synced) == 40
    assert any(synced)
    assert not all(synced)  # the rest at the end


def test_an_error_of_the_disk_in_the_other_thread_ends_the_block(tmp_path, monkeypatch):
    before = open_files()

    def fsync(descriptor):
        if threading.current_thread() is not threading.main_thread():
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageError, match="Input/output error"), disk.sync_together():
        for number in range(40):
            disk.write_file(tmp_path / str(number), b"1")
    assert open_files() == before


def test_nothing_is_synced_where_the_block_fails(tmp_path, synced):
    before = open_files()
    with pytest.raises(ValueError, match="no more"), disk.sync_together():
        disk.write_file(tmp_path / "a", b"1")
        raise ValueError("no more")
    assert synced == []
    assert open_files() == before


@pytest.mark.parametrize("size", [0, 1, 40 * MEGABYTE + 1])
@pytest.mark.parametrize("works", [0, 1, 100])
def test_a_copy_is_whole_wherever_the_kernel_gives_up(tmp_path, monkeypatch, size, works):
    """The kernel copies some blocks, or none, and fails then; or copies all of them."""
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(os.urandom(size))
    calls = []
    real = os.sendfile

    def sendfile(*arguments):
        calls.append(arguments)
        if len(calls) > works:
            raise OSError(errno.EINVAL, "not here")
        return real(*arguments)

    monkeypatch.setattr(os, "sendfile", sendfile)
    told = []
    disk.copy_file(source, copy, told.append)
    assert calls
    assert copy.read_bytes() == source.read_bytes()
    assert sum(told) == size


def test_where_blocks_are_shared_nothing_is_copied(tmp_path, monkeypatch):
    """As btrfs and XFS do it: one call, after which both files have the same content."""
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(os.urandom(3 * MEGABYTE + 1))

    def ioctl(descriptor, request, other):
        assert request == 0x40049409  # FICLONE in linux/fs.h
        os.pwrite(descriptor, os.pread(other, 4 * MEGABYTE, 0), 0)

    def refuse(*arguments):
        raise AssertionError("it is copied")

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    monkeypatch.setattr(os, "sendfile", refuse)
    told = []
    disk.copy_file(source, copy, told.append)
    assert copy.read_bytes() == source.read_bytes()
    assert told == [3 * MEGABYTE + 1]


def test_what_was_used_is_dated_now_if_it_is_there(tmp_path):
    used = tmp_path / "used"
    used.touch()
    os.utime(used, (1, 1))
    disk.mark_used(used)
    assert used.stat().st_mtime > 1
    disk.mark_used(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()
