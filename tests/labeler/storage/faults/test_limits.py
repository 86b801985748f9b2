"""Limits that the system itself sets, and real processes that are stopped, killed, or two."""

import os
import resource
import shutil
import signal
import subprocess
import sys

import pytest

from labeler.cli.cures import hint
from labeler.dataset import open_dataset
from labeler.errors import InterruptedCopyError
from tests.snapshot import snapshot

from .scene import MANIFEST, OPERATIONS, REPOSITORY, STAGED, content, decision

STOPPING = """
import signal, sys
from tests.labeler.storage.faults.injection import Fault, Steps
from labeler.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
Steps(Fault("signal", int(sys.argv[1]), signal.SIGSTOP), sync=True).install()
main(sys.argv[2:])
"""


@pytest.fixture
def scene(scene_of):
    return scene_of("v2.1")


@pytest.fixture
def environment(tmp_path):
    state = str(tmp_path / "state")
    return {**os.environ, "XDG_STATE_HOME": state}


@pytest.fixture
def labeler(environment):
    """Run a `labeler` command in a process of its own."""

    def run(*words, **options):
        return subprocess.run(
            [sys.executable, "-m", "labeler", *map(str, words)],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            **options,
        )

    return run


@pytest.fixture
def stopped(environment):
    """Start a `labeler` command and let it stop before a step; killed at the end of the test."""
    processes = []

    def start(step, arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", STOPPING, str(step), *arguments],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        processes.append(process)
        assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


def resume(process, *signals):
    for number in (*signals, signal.SIGCONT):
        process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
@pytest.mark.parametrize("name", ["build", "update", "merge"])
def test_a_signal_leaves_nothing_behind(scene, stopped, name, number):
    operation = OPERATIONS[name]
    before = scene.reset(operation.start)
    process = stopped(20, operation.arguments(scene))
    assert not scene.clean
    code, said = resume(process, number)
    assert code == 130
    assert said.splitlines() == ["labeler: Interrupted.", "Nothing was left half done."]
    assert scene.clean
    assert_content_of(scene, before)


def assert_content_of(scene, before):
    if not before:
        assert not scene.destination.exists()
        return
    now = snapshot(scene.destination)
    assert {n: e.content for n, e in now.items()} == {n: e.content for n, e in before.items()}


@pytest.mark.parametrize(
    ("what", "share"), [("all", 0.1), ("data", 0.4), ("videos", 0.4), ("all", 0.7), ("data", 0.95)]
)
def test_a_source_that_vanishes_in_the_middle(scene, stopped, tmp_path, what, share):
    """A stick is pulled out, a folder is moved away: a sentence, and nothing is left."""
    operation = OPERATIONS["merge"]
    last = decision(scene.known(operation)[1].steps)
    scene.reset(operation.start)
    other = shutil.copytree(scene.other, tmp_path / "other")
    words = [
        str(other) if word == str(scene.other) else word for word in operation.arguments(scene)
    ]
    process = stopped(round(share * last), words)
    (other if what == "all" else other / what).rename(tmp_path / "away")
    code, said = resume(process)
    assert code in (3, 5), said
    assert str(other) in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 2
    assert scene.clean
    assert not scene.destination.exists()


def test_the_second_of_two_is_told_to_wait(scene, stopped, labeler):
    operation = OPERATIONS["build"]
    scene.reset(operation.start)
    process = stopped(20, operation.arguments(scene))
    for words in (operation.arguments(scene), ["recover", scene.destination]):
        second = labeler(*words)
        assert second.returncode == 5
        assert f"Another Labeler is writing {scene.destination}: " in second.stderr
        assert f"process {process.pid}, since " in second.stderr
    code, said = resume(process)
    assert code == 0, said
    assert content(scene.destination) == scene.known(operation)[0]
    assert scene.clean


@pytest.mark.parametrize("name", ["build", "update", "merge"])
def test_recover_after_a_kill(scene, stopped, labeler, name):
    """Killed while staging the old state comes back, killed while renaming the new one."""
    operation = OPERATIONS[name]
    new, outcome = scene.known(operation)
    last = decision(outcome.steps)
    for step in (20, last + 4) if name == "update" else (20,):
        before = scene.reset(operation.start)
        process = stopped(step, operation.arguments(scene))
        process.kill()
        process.wait()
        if step > last:
            with pytest.raises(InterruptedCopyError, match="was interrupted") as interrupted:
                open_dataset(scene.destination)
            assert "labeler recover" in hint(interrupted.value)
        done = labeler("recover", scene.destination)
        assert done.returncode == 0, done.stderr
        assert "removed" in done.stdout if step <= last else "completed" in done.stdout
        assert scene.clean
        if step > last:
            assert content(scene.destination) == new
        else:
            assert_content_of(scene, before)
        assert "nothing to recover" in labeler("recover", scene.destination).stdout


@pytest.mark.parametrize("name", ["build", "update", "merge"])
def test_files_may_not_grow_beyond_a_limit(scene, labeler, name):
    """A real short write, then a real error, whoever runs the test."""
    operation = OPERATIONS[name]
    before = scene.reset(operation.start)
    outcome = labeler(
        *operation.arguments(scene),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500)),
    )
    assert outcome.returncode == 5, outcome.stderr
    assert "File too large" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert scene.clean
    assert_content_of(scene, before)


def test_a_lock_that_cannot_be_made(scene, labeler):
    scene.reset("nothing")
    scene.lock.mkdir()  # a folder where the file should be
    outcome = labeler(*OPERATIONS["build"].arguments(scene))
    scene.lock.rmdir()
    assert outcome.returncode == 5, outcome.stderr
    assert str(scene.lock) in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert scene.clean
    assert not scene.destination.exists()


def test_a_state_folder_that_cannot_be_made_stops_no_copy(scene, labeler, tmp_path):
    """Who wrote what is remembered there, for convenience: the copy does not need it."""
    (tmp_path / "state").write_text("a file where a folder should be")
    scene.reset("nothing")
    outcome = labeler(*OPERATIONS["build"].arguments(scene))
    assert outcome.returncode == 0, outcome.stderr
    assert content(scene.destination) == scene.known(OPERATIONS["build"])[0]
    assert scene.clean


@pytest.fixture
def mounted(environment):
    """Run a shell script where it may mount, in a mount namespace that ends with it."""
    words = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    tried = subprocess.run(
        [*words, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"mounting is not permitted here: {tried.stderr.strip()}")

    def run(script, *arguments):
        script = f'labeler() {{ "{sys.executable}" -m labeler "$@" 2>&1; }}\nset -u\n{script}'
        return subprocess.run(
            [*words, "bash", "-c", script, "bash", *map(str, arguments)],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
        )

    return run


FULL = """
place=$1 source=$2 first=$3 second=$4
mount -t tmpfs -o size=16m,nr_inodes=$5 tmpfs "$place"
labeler apply "$source" --labels "$first" --out "$place/copy"; echo "code $?"
find "$place" -mindepth 1
"""


MERGED_FULL = """
place=$1 source=$2 first=$3 other=$4
mount -t tmpfs -o size=16m,nr_inodes=$5 tmpfs "$place"
labeler merge "$source" "$other" --labels "$first" --labels "$first" --out "$place/copy"
echo "code $?"
find "$place" -mindepth 1
"""


@pytest.mark.parametrize("inodes", [2, 9, 17])
def test_a_full_disk_while_merging(scene, mounted, tmp_path, inodes):
    place, source, first, _ = places(scene, tmp_path)
    outcome = mounted(MERGED_FULL, place, source, first, scene.other, inodes)
    lines = outcome.stdout.splitlines()
    assert lines[0].startswith("labeler: The disk is full at "), outcome
    assert lines[2:] == ["code 5"]


@pytest.mark.parametrize("inodes", [2, 9, 17])
def test_a_full_disk_while_building(scene, mounted, tmp_path, inodes):
    """A tmpfs that has room for so many files and folders."""
    arguments = places(scene, tmp_path)
    outcome = mounted(FULL, *arguments, inodes)
    lines = outcome.stdout.splitlines()
    assert lines[0].startswith("labeler: The disk is full at "), outcome
    assert lines[2:] == ["code 5"]


UPDATED_FULL = """
place=$1 source=$2 first=$3 second=$4
mount -t tmpfs -o size=16m tmpfs "$place"
state() { (cd "$place" && find . -type f -exec sha256sum {} + | sort | sha256sum); }
labeler apply "$source" --labels "$first" --out "$place/copy" > /dev/null; echo "code $?"
before=$(state)
mount -o remount,nr_inodes=$(($(find "$place" | wc -l) + $5)) "$place"
labeler apply "$source" --labels "$second" --out "$place/copy"; echo "code $?"
[ "$before" = "$(state)" ] && echo same
mount -o remount,nr_inodes=1000 "$place"
labeler apply "$source" --labels "$second" --out "$place/copy" > /dev/null; echo "code $?"
labeler check "$place/copy" --against "$source"; echo "code $?"
"""


@pytest.mark.parametrize("inodes", [0, 3, 8])
def test_a_full_disk_while_updating(scene, mounted, tmp_path, inodes):
    outcome = mounted(UPDATED_FULL, *places(scene, tmp_path), inodes)
    first, failed, *rest = outcome.stdout.splitlines()
    assert first == "code 0", outcome
    assert failed.startswith("labeler: The disk is full at "), outcome
    assert rest[1:4] == ["code 5", "same", "code 0"], outcome
    assert rest[-1] == "code 0", outcome


READ_ONLY = """
place=$1 source=$2 first=$3 second=$4
mount -t tmpfs -o size=16m tmpfs "$place"
[ "$5" = new ] || labeler apply "$source" --labels "$first" --out "$place/copy" > /dev/null
mount -o remount,ro "$place"
labeler apply "$source" --labels "$second" --out "$place/copy"; echo "code $?"
"""


@pytest.mark.parametrize("what", ["new", "old"])
def test_a_read_only_destination(scene, mounted, tmp_path, what):
    outcome = mounted(READ_ONLY, *places(scene, tmp_path), what)
    said, _, code = outcome.stdout.splitlines()
    assert said.endswith("cannot be written: Read-only file system."), outcome
    assert code == "code 5"


def places(scene, tmp_path):
    (tmp_path / "place").mkdir()
    labels = [scene.folder / f"{name}.json" for name in ("first", "second")]
    return tmp_path / "place", scene.source, *labels


@pytest.mark.parametrize("linked", ["data", "meta", "data/chunk-000", "meta/labeler"])
def test_nothing_is_written_through_a_link_to_a_folder(scene, linked):
    """Somebody put links where the copy had folders; what they lead to stays as it is."""
    scene.reset("whole")
    place = scene.destination / linked
    elsewhere = scene.destination.parent / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    before = snapshot(scene.destination.parent)
    outcome = scene.run(OPERATIONS["update"])
    assert outcome.code == 5, outcome.said
    assert "nothing is written through links" in outcome.said
    now = snapshot(scene.destination.parent)
    changed = {name for name in now if now[name] != before.get(name)}
    # Times: a lock came and went beside the copy; staging began, then was removed.
    assert changed <= {".", "copy/meta/labeler", "copy/meta"}
    assert now.keys() == before.keys()


def test_a_hostile_manifest_takes_no_file_from_elsewhere(scene):
    scene.reset("decided")
    manifest = scene.destination / MANIFEST
    staged = scene.destination / STAGED / "0.staged"
    own = scene.destination.parent / "precious"
    staged.rename(own)
    manifest.write_text(manifest.read_text().replace('"0.staged"', f'"{own}"'))
    outcome = scene.program.run(["recover", str(scene.destination)])
    assert outcome.code == 3, outcome.said
    assert own.exists()
