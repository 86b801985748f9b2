"""The steps that are interrupted are all there are, and they come in a safe order."""

from collections import Counter
from pathlib import PurePath

import pytest

from tests.watching import below, changes, require_strace, watched_by

from .scene import MANIFEST, OPERATIONS, STAGED, Program, decision

SAME = {
    "remove": "unlink",
    "rename": "replace",
    "sendfile": "write",
    "ftruncate": "truncate",
    "fchmod": "chmod",
}
WRITING = [name for name in OPERATIONS if name != "recover"]


@pytest.fixture(params=("v2.1", "v3.0"))
def scene(request, scene_of):
    return scene_of(request.param)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_change_is_a_step(scene, name, tmp_path):
    """strace sees the same calls as the injection, at the copy's place and the user's own."""
    require_strace()
    operation = OPERATIONS[name]
    program = Program(tmp_path / "program", watched_by(tmp_path / "calls"))
    scene.reset(operation.start)
    outcome = program.run(operation.arguments(scene), sync=True)
    program.close()
    assert outcome.code == 0, outcome.said

    found = changes(tmp_path / "calls")
    counted = Counter()
    for call, place, target in outcome.steps:
        counted[SAME.get(call, call), place] += 1
        if target:
            counted[SAME.get(call, call), target] += 1
    users = tmp_path / "data", tmp_path / "program" / "state"  # the window's labels, who wrote what
    places = (scene.destination.parent, *users)
    assert Counter(below(found, *places)) == counted
    elsewhere = set(below(found, scene.folder, tmp_path)) - set(below(found, *places))
    assert {PurePath(change.path).name for change in elsewhere} == {"output", "trace"}


@pytest.mark.parametrize("name", WRITING)
def test_no_reader_finds_a_staged_file(scene, name):
    """LeRobot counts every parquet file below a root, and reads all in data/ and meta/episodes/."""
    new, outcome = scene.known(OPERATIONS[name])
    start = scene.folder / OPERATIONS[name].start / scene.destination.name
    old = {path.relative_to(start).as_posix() for path in start.rglob("*") if path.is_file()}
    last = decision(outcome.steps)
    for step, files in enumerate(outcome.seen, start=1):
        known = old if step <= last else {*old, *new}
        assert {file for file in files if _read(file)} <= known, outcome.steps[step - 1]
        assert all(f.startswith(f"{STAGED}/") or f in {*known, MANIFEST} for f in files)


def _read(file):
    return file.endswith(".parquet") or file.startswith(("data/", "meta/episodes/", "videos/"))


class Disk:
    """What a power failure could undo: contents of files, and names in folders."""

    def __init__(self):
        self.contents = set()
        self.names = set()

    def do(self, call, place, target):
        if call == "fsync":
            self.contents.discard(place)
            self.names = {name for name in self.names if name.parent != PurePath(place)}
        elif call in ("write", "sendfile"):
            self.contents.add(place)
        elif call not in ("utime", "ioctl"):
            if call == "rmdir":
                self.names -= {name for name in self.names if name.parent == PurePath(place)}
            self.names |= {PurePath(path) for path in (place, target) if path}
        if call in ("unlink", "replace"):
            self.contents.discard(place)

    def unsafe(self, *unimportant):
        """Paths that may be lost; those below `unimportant` do not matter."""
        paths = {*self.names, *map(PurePath, self.contents)}
        return {path for path in paths if not any(map(path.is_relative_to, unimportant))}


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_counts_before_it_is_synced(scene, name):
    """At every decision, what it relies on is on the disk: contents, and names in folders."""
    steps = scene.known(OPERATIONS[name])[1].steps
    last, root = decision(steps), scene.destination
    disk, decisions = Disk(), []
    for number, (call, place, target) in enumerate(steps, start=1):
        if place == str(scene.lock) or not place.startswith(str(root.parent)):
            continue  # a lock ends with the process, so the disk need not keep it
        if number == last:
            assert not disk.unsafe(place), f"{call} {place}"
            decisions.append("begin")
        elif call == "replace" and place.startswith(str(root / STAGED)):
            assert root / MANIFEST not in disk.unsafe(), f"{call} {place}"
        elif call == "unlink" and place == str(root / MANIFEST):
            assert not disk.unsafe(root / STAGED), f"{call} {place}"
            decisions.append("end")
        disk.do(call, place, target)
    once = {"build": ["begin"], "merge": ["begin"], "recover": ["end"]}
    assert decisions == once.get(name, ["begin", "end"])
    assert not disk.unsafe(root / STAGED)
