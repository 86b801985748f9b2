"""Whoever and wherever they are: only one process writes a copy."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from labeler.dataset import open_dataset
from labeler.disk.lock import lock_file, writing
from labeler.errors import BusyError, StorageError
from labeler.storage.checking.check import differences
from labeler.storage.copying.recovery import recover
from tests.labeler.storage.faults.scene import REPOSITORY
from tests.watching import require_strace

ROUNDS = 9


class Writer:
    """A process of another account, with a state folder of its own."""

    def __init__(self, user: str, words: list[str], state: Path) -> None:
        self.user = user
        environment = {**os.environ, "LOGNAME": user, "XDG_STATE_HOME": str(state / user)}
        self.process = subprocess.Popen(
            words,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def go(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def said(self) -> str:
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        """End the process without a chance to clean up; strace, if it was asked for, ends then."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in children.read_text().split() or [self.process.pid]:
            os.kill(int(pid), signal.SIGKILL)
        self.process.wait(60)


@pytest.fixture
def start(tmp_path_factory):
    """Starts writers, which end with the test."""
    writers = []
    state = tmp_path_factory.mktemp("state")

    def begin(user: str, words: list[str]) -> Writer:
        writers.append(Writer(user, words, state))
        return writers[-1]

    yield begin
    for writer in writers:
        if writer.process.poll() is None:
            writer.kill()
        writer.process.stdin.close()
        writer.process.stdout.close()


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_of_two_that_write_at_once_one_wins(make_recording, tmp_path, start, version):
    """Also for a copy that is not there yet: the first round builds it, the others change it."""
    source, copy = make_recording(version), tmp_path / "copy"
    program = "tests.labeler.storage.copying.writer"
    words = [sys.executable, "-m", program, str(source), str(copy), str(ROUNDS)]
    writers = [start(user, words) for user in ("ada", "ben")]
    for number in range(ROUNDS):
        assert [writer.said() for writer in writers] == ["ready", "ready"]
        for writer in writers[:: 1 if number % 2 else -1]:
            writer.go()
        said = {writer.user: writer.said() for writer in writers}
        assert list(said.values()).count("holding") == 1, said
        winner, loser = sorted(writers, key=lambda writer: said[writer.user] != "holding")
        assert re.fullmatch(
            rf"Another Labeler is writing {copy}: {winner.user} on {socket.gethostname()}, "
            rf"process {winner.process.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC\. "
            r"Wait until it is done\.",
            said[loser.user],
        )
        winner.go()
        assert winner.said() == "done"
        with open_dataset(source) as dataset:
            assert differences(copy, against=dataset) == []
        assert {path.name for path in tmp_path.iterdir()} == {source.name, "copy"}
        for writer in writers:
            writer.go()
    assert [writer.process.wait(60) for writer in writers] == [0, 0]


HOLD = """
import sys
from collections.abc import Sequence
from pathlib import Path
from labeler.disk.lock import writing
with writing(Path(sys.argv[1])):
    print("holding", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def hold(start):
    """Starts another process that holds the lock of a copy, until it is told to go."""

    def begin(copy: Path, before: Sequence[str] = ()) -> Writer:
        writer = start("ada", [*before, sys.executable, "-c", HOLD, str(copy)])
        assert writer.said() == "holding"
        return writer

    return begin


def busy(copy: Path) -> BusyError:
    """The error of whoever wants to write a copy now."""
    with pytest.raises(BusyError) as found, writing(copy):
        pass
    return found.value


def test_the_lock_of_a_killed_process_is_none(tmp_path, hold):
    copy = tmp_path / "copy"
    one = hold(copy)
    assert "ada on" in busy(copy).message
    one.kill()
    assert "ada on" in lock_file(copy).read_text()
    with writing(copy):
        assert f"process {os.getpid()}," in lock_file(copy).read_text()
        assert "ada on" not in lock_file(copy).read_text()
    assert not lock_file(copy).exists()


def test_recovering_removes_what_a_killed_process_left(tmp_path, hold):
    copy = tmp_path / "copy"
    one = hold(copy)
    with pytest.raises(BusyError):
        recover(copy)
    one.kill()
    assert recover(copy) == []
    assert list(tmp_path.iterdir()) == []


def test_recovering_writes_nothing_where_nothing_is_left_over(tmp_path):
    before = tmp_path.stat()
    assert recover(tmp_path / "copy") == []
    assert recover(tmp_path / "no" / "folder" / "copy") == []
    assert tmp_path.stat().st_mtime_ns == before.st_mtime_ns


def test_every_account_may_lock(tmp_path):
    """Whatever rights new files get: what a killed process left stops no other account."""
    before = os.umask(0o077)
    try:
        with writing(tmp_path / "copy"):
            assert lock_file(tmp_path / "copy").stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(before)


def test_a_lock_of_another_machine_comes_with_its_cure(tmp_path, hold):
    copy = tmp_path / "copy"
    hold(copy)
    lock_file(copy).write_text("ada on lab-7, process 12, since 2026-01-02 03:04:05 UTC\n")
    error = busy(copy)
    assert "ada on lab-7, process 12, since 2026-01-02 03:04:05 UTC." in error.message
    assert error.advice.endswith(f"If lab-7 was switched off meanwhile, remove {lock_file(copy)}.")
    lock_file(copy).unlink()
    with writing(copy):  # as it is said
        pass


def test_what_is_no_owner_is_not_repeated(tmp_path, hold):
    copy = tmp_path / "copy"
    hold(copy)
    lock_file(copy).write_bytes(b"\x1b[2J" + bytes(range(256)) * 100)
    assert busy(copy).message == f"Another Labeler is writing {copy}."


@pytest.mark.parametrize("what", ["not signed yet", "gone"])
def test_an_owner_that_is_not_named_is_waited_for_in_vain(tmp_path, monkeypatch, hold, what):
    """It has just got the lock, or is just about to give it back."""
    copy = tmp_path / "copy"
    hold(copy)
    if what == "gone":
        before_locking(monkeypatch, lock_file(copy).unlink)
    else:
        lock_file(copy).write_bytes(b"")
    assert busy(copy).message == f"Another Labeler is writing {copy}."


@pytest.mark.parametrize("what", ["removed", "replaced"])
def test_what_is_locked_is_what_others_find(tmp_path, monkeypatch, hold, what):
    """The lock file is removed by its owner, or made again by a third, before it is locked here."""
    copy, path = tmp_path / "copy", lock_file(tmp_path / "copy")

    def away():
        path.unlink()
        if what == "replaced":
            path.touch()

    before_locking(monkeypatch, away)
    with writing(copy):
        assert f"process {os.getpid()}," in path.read_text()
        words = [sys.executable, "-c", HOLD, str(copy)]
        tried = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True)
        assert f"process {os.getpid()}, since " in tried.stderr
    assert list(tmp_path.iterdir()) == []


def before_locking(monkeypatch, action):
    """Do something in the moment between opening the lock file and locking it, once."""
    module = sys.modules["labeler.disk.lock"]
    lock, left = module.lock_descriptor, [action]

    def lock_later(*arguments, **options):
        if left:
            left.pop()()
        return lock(*arguments, **options)

    monkeypatch.setattr(module, "lock_descriptor", lock_later)


def test_an_account_without_a_name_is_told_by_its_number(tmp_path, monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 987654)  # as in a container
    with writing(tmp_path / "copy"):
        assert lock_file(tmp_path / "copy").read_text().startswith("user 987654 on ")


def test_nothing_is_written_through_a_link_in_place_of_a_lock(tmp_path):
    (tmp_path / "other").write_text("not ours")
    lock_file(tmp_path / "copy").symlink_to(tmp_path / "other")
    with pytest.raises(StorageError), writing(tmp_path / "copy"):
        pass
    assert (tmp_path / "other").read_text() == "not ours"


def test_two_ways_to_one_copy_meet(tmp_path, hold):
    """As two containers that mounted the copy itself: each has its own folder above it."""
    copy, mounted = tmp_path / "copy", tmp_path / "container" / "copy"
    (copy / "meta" / "labeler").mkdir(parents=True)
    mounted.mkdir(parents=True)
    hold(mounted, in_mounts(f"mount --bind {copy} {mounted}"))
    assert not lock_file(copy).exists()
    assert busy(copy).message == f"Another Labeler is writing {copy}."


def test_beside_a_copy_nothing_may_be_written(tmp_path, hold):
    """The lock is then in the copy, where no reader of datasets looks."""
    copy, shelf = tmp_path / "shelf" / "copy", tmp_path / "shelf"
    (copy / "meta" / "labeler").mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    mounts = (
        f"mount --bind {copy} {elsewhere}",
        f"mount --bind {shelf} {shelf}",
        f"mount -o remount,ro,bind {shelf}",
        f"mount --bind {elsewhere} {copy}",
    )
    one = hold(copy, in_mounts("; ".join(mounts)))
    assert "ada on" in (copy / "meta" / "labeler" / ".lock").read_text()
    assert busy(copy).message == f"Another Labeler is writing {copy}."
    one.go()
    assert one.process.wait(60) == 0
    assert list((copy / "meta" / "labeler").iterdir()) == []


def in_mounts(script: str) -> list[str]:
    """Words before a command that sees other mounts."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    words = [*unshare, "sh", "-ec", f'{script}; exec "$@"', "sh"]
    tried = subprocess.run([*words, "true"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"mounting is not permitted here: {tried.stderr.strip()}")
    return words


def test_where_the_file_system_knows_no_locks(tmp_path, hold):
    """A marker takes the place of the lock; it counts for nothing once its process has ended."""
    require_strace()
    copy = tmp_path / "copy"
    no_locks = ["strace", "-f", "-qq", "-o", os.devnull, "-e", "inject=flock:error=ENOSYS"]
    one = hold(copy, no_locks)
    assert [path.name for path in tmp_path.iterdir()] == [".copy.locked"]
    words = [*no_locks, sys.executable, "-c", HOLD, str(copy)]
    tried = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True)
    assert f"Another Labeler is writing {copy}: process " in tried.stderr
    assert f" on {socket.gethostname()}. Wait" in tried.stderr
    one.kill()
    two = hold(copy, no_locks)
    two.go()
    assert two.process.wait(60) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_fails_is_no_lock(tmp_path):
    """As on a network drive whose server has none left: nobody writes there then."""
    require_strace()
    copy = tmp_path / "copy"
    no_locks = ["strace", "-f", "-qq", "-o", os.devnull, "-e", "inject=flock:error=ENOLCK"]
    words = [*no_locks, sys.executable, "-c", HOLD, str(copy)]
    tried = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True)
    assert f"Writing {lock_file(copy)} failed: No locks available." in tried.stderr
    assert "holding" not in tried.stdout
