"""No command changes anything of a recording, nor of what its links lead to.

The recording is a snapshot as the Hub's tools keep it: every file a link into a store of blobs.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import recording_maker
from tests.labeler.storage.faults.scene import Program
from tests.snapshot import snapshot
from tests.watching import (
    below,
    changes,
    extents,
    require_strace,
    strace_is_missing,
    watched_by,
)

VERSIONS = ("v2.1", "v3.0")


@dataclass(frozen=True)
class Place:
    """A folder with a recording of links, its blobs, label files and a copy."""

    folder: Path

    @property
    def names(self):
        """What stands in the words of a command, in braces."""
        return {
            "source": self.folder / "hub" / "snapshots" / "recording",
            "copy": self.folder / "copy",
            "out": self.folder / "out",
            "hub": self.folder / "hub",
            "labels": self.folder / "labels.json",
            "blob": (self.folder / "hub/snapshots/recording/meta/info.json").resolve(),
            "link": self.folder / "link",
        }

    def words(self, command):
        return [word.format(**self.names) for word in command.split()]


@pytest.fixture(params=VERSIONS)
def place(request, make_recording, tmp_path):
    source = make_recording(request.param, (4, 3, 5), reward="last", size=(32, 32))
    place = Place(tmp_path)
    into_links(source, place.names["source"], place.names["hub"] / "blobs")
    place.names["labels"].write_text(json.dumps({"0": 2, "1": 1, "2": 3}))
    (tmp_path / "some.json").write_text(json.dumps({"0": 2, "2": 3}))
    (tmp_path / "broken.json").write_text('{"0": "soon"}')
    (tmp_path / "link").symlink_to(place.names["source"] / "meta" / "info.json")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "file").write_text("not ours")
    return place


def into_links(recording, snapshot_folder, blobs):
    """Move the files of a recording to `blobs` and put relative links in their places."""
    blobs.mkdir(parents=True)
    shutil.move(recording, snapshot_folder)
    for path in [path for path in snapshot_folder.rglob("*") if path.is_file()]:
        blob = blobs / sha256(path.read_bytes()).hexdigest()
        path.rename(blob)
        path.symlink_to(os.path.relpath(blob, path.parent))


COMMANDS = {
    "inspect": [
        ("inspect {source}", 0),
        ("inspect {source} --json", 0),
        ("inspect {source} --quick", 0),
    ],
    "apply": [
        ("apply {source} --labels {labels} --out {out}/a --dry-run", 0),
        ("apply {source} --labels {labels} --out {out}/a", 0),
        ("apply {source} --labels {labels}", 0),
        ("apply {source} --labels {labels} --out {out}/a --done --success-column", 0),
    ],
    "apply-part": [
        ("apply {source} --labels {hub}/../some.json --out {out}/b --unlabeled zero", 0),
        ("apply {source} --labels {hub}/../some.json --out {out}/b --unlabeled drop", 0),
        ("apply {source} --labels {labels} --out {out}/b --trim --accept-changed", 0),
    ],
    "apply-refused": [
        ("apply {source} --labels {hub}/../some.json --out {out}/c", 4),
        ("apply {source} --labels {hub}/../broken.json --out {out}/c", 4),
        ("apply {source} --labels {hub}/../missing.json --out {out}/c", 4),
        ("apply {source} --labels {labels} --frames-from 7 --out {out}/c", 2),
        ("apply {source} --labels {labels} --out {source}", 5),
        ("apply {source} --labels {labels} --out {source}/data/labeled", 5),
        ("apply {source} --labels {labels} --out {hub}", 5),
        ("apply {source} --labels {labels} --out {hub}/../foreign", 5),
        ("apply {source} --labels {labels} --out {out}/a_old", 5),
    ],
    "merge": [
        ("balance {source} --labels {labels}", 0),
        ("merge {source} --labels {labels} --out {out}/d --dry-run", 0),
        ("merge {source} {copy} --out {out}/d", 5),
        ("merge {source} {copy} --duplicates drop --out {out}/d", 0),
        ("merge {source} --labels {labels} --done --success-column --out {out}/e", 0),
        ("merge {source} --labels {labels} --out {source}/data/merged", 5),
        ("check {out}/d --against {source}", 0),
        ("split {source} --labels {labels} --episodes 0,2 --out {out}/f", 0),
        ("split {source} --episodes 1 --out {hub}", 5),
    ],
    "check": [
        ("check {copy}", 0),
        ("check {copy} --against {source}", 0),
        ("check {source}", 6),
        ("check {source} --against {source}", 6),
    ],
    "export": [
        ("export {source}", 0),
        ("export {source} --to cutoffs --out {out}/cutoffs.json", 0),
        ("export {source} --to ranges --out {out}/ranges.json", 0),
        ("export {source} --to csv --out {out}/labels.csv", 0),
        ("export {source} --labels {labels} --to csv --out {out}/labels.csv", 0),
        ("export {source} --out {source}/labels.json", 5),
        ("export {source} --out {source}/meta/info.json", 5),
        ("export {source} --out {blob}", 5),
        ("export {source} --out {link}", 5),
    ],
    "export-copy": [
        ("export {copy} --out {source}/meta/info.json", 5),
        ("export {copy} --out {source}/meta/stats.json --to csv", 5),
        ("export {copy} --to cutoffs", 0),
    ],
    "audit": [
        ("audit {source} --labels {labels} --answers {out}/ben.json --out {out}/audit.json", 0),
        ("audit {source} --answers {out}/other.json --episodes 2", 0),
        ("audit {source} --labels {labels} --answers {source}/ben.json", 5),
        ("audit {source} --labels {labels} --answers {link}", 5),
        ("audit {source} --labels {labels} --out {source}/meta/info.json", 5),
    ],
    "recover": [
        ("apply {source} --labels {labels} --out {copy}", 0),
        ("recover {copy}", 0),
        ("recover {source}", 0),
        ("recover {hub}", 0),
    ],
}


@contextmanager
def labeler(place, before=()):
    """A program that runs `labeler` commands one by one, after a first one."""
    program = Program(place.folder / "program", before)
    assert program.run(first(place), warm=True).code == 0
    yield program
    program.close()


def first(place: Place) -> list[str]:
    """The words of a command that makes the copy."""
    return place.words("apply {source} --labels {labels} --out {copy}")


@dataclass(frozen=True)
class Watched:
    """A program whose calls are recorded below `record`, and a folder where it writes."""

    program: Program
    record: Path
    folder: Path


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One for all commands: its start takes longer than they do."""
    folder = tmp_path_factory.mktemp("watched")
    before = () if strace_is_missing() else watched_by(folder / "calls")
    program = Program(folder / "program", before)
    (folder / "labels.json").write_text(json.dumps({"0": 2}))
    source = recording_maker(folder)(lengths=(4,), size=(32, 32))
    words = ["apply", str(source), "--labels", str(folder / "labels.json")]
    assert program.run(words, warm=True).code == 0
    yield Watched(program, folder / "calls", folder / "program")
    program.close()


@pytest.mark.parametrize("group", COMMANDS)
def test_commands_leave_the_source_alone(place: Place, group: str, watched: Watched) -> None:
    """Everything is as it was, and no system call even tried to change it."""
    program, unwatched = watched.program, strace_is_missing()
    earlier = {} if unwatched else extents(watched.record)
    assert program.run(first(place), sync=True).code == 0
    for command, code in COMMANDS[group]:
        before = snapshot(place.names["hub"])
        outcome = program.run(place.words(command), sync=True)
        assert outcome.code == code, f"{command}\n{outcome.said}"
        after = snapshot(place.names["hub"])
        if "--out" in command or not command.startswith("apply"):
            assert after == before, command
        else:  # the default place is beside the source
            assert same_but_times_of(after, before, "snapshots", "snapshots/recording_labeled")
    if unwatched:
        pytest.skip(f"nothing was changed, but {unwatched}")
    found = changes(watched.record, earlier)
    assert below(found, watched.folder)
    assert below(found, place.names["source"], place.names["hub"] / "blobs") == []


def same_but_times_of(after, before, folder, new):
    kept = {name for name in after if name != new and not name.startswith(f"{new}/")}
    return kept == before.keys() and all(
        after[name] == before[name] for name in kept if name != folder
    )


def test_the_watch_sees_a_change(place, tmp_path):
    """Through a link, too: what the other test relies on."""
    require_strace()
    link = place.names["source"] / "meta" / "info.json"
    code = "import os, sys; os.close(os.open(sys.argv[1], os.O_WRONLY)); os.utime(sys.argv[1])"
    record = tmp_path / "calls"
    subprocess.run([*watched_by(record), sys.executable, "-c", code, link], check=True)
    blobs = place.names["hub"] / "blobs"
    assert [change.call for change in below(changes(record), blobs)] == ["open"]
    assert [change.call for change in below(changes(record), place.names["source"])] == ["utime"]


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.mark.parametrize("group", ["inspect", "apply-part", "export"])
def test_commands_work_on_a_read_only_mount(place, group):
    hub = str(place.names["hub"])
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    before = [*unshare, "sh", "-c", READ_ONLY, hub]
    tried = subprocess.run([*before, "touch", f"{hub}/x"], capture_output=True, text=True)
    if "Read-only" not in tried.stderr:
        pytest.skip(f"mounting is not permitted here: {tried.stderr.strip()}")
    with labeler(place, before) as program:
        for command, code in COMMANDS[group]:
            outcome = program.run(place.words(command))
            assert outcome.code == code, f"{command}\n{outcome.said}"
