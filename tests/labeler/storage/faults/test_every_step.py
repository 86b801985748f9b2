"""A command is interrupted at every single step; the copy is the old one or the new one.

Killed and failing: at every step, the latter with another failure from step to step (the failures
take the same ways through the program; LABELER_FAULTS=all tries each at every step). A step behind
a sync finds what the sync found, and killing there leaves the same files, so it is left out.
Interrupted by a signal: at every third step.
"""

import errno
import os
import signal

import pytest

from labeler.dataset import open_dataset
from labeler.storage.checking.check import differences
from tests.snapshot import snapshot

from .injection import Fault
from .scene import MANIFEST, OPERATIONS, STAGED, content, decision

PARTS = 3
VERSIONS = ("v2.1", "v3.0")
FAILURES = (
    (errno.ENOSPC, True),
    (errno.EIO, False),
    (errno.ENOSPC, False),
    (errno.EIO, True),
)
# Labeler can do without these: a folder that is there, blocks shared with the source, the kernel's
# copying.
DISPENSABLE = ("mkdir", "ioctl", "sendfile")
# And without these on the lock: its rights, its owner's name, and that it is gone afterwards.
DISPENSABLE_ON_LOCK = ("fchmod", "ftruncate", "write", "unlink")


CASES = [
    (version, name)
    for version in VERSIONS
    for name in OPERATIONS
    if (version, name) != ("v3.0", "restore")  # there no file and no folder comes or goes
]


@pytest.fixture(params=CASES, ids="-".join)
def case(request, scene_of):
    version, name = request.param
    return scene_of(version), OPERATIONS[name]


@pytest.fixture
def scene(case):
    return case[0]


@pytest.fixture
def operation(case):
    return case[1]


def numbers(scene, operation, steps, part):
    """A merge goes the ways of a new copy, only more often: every sixth of its steps will do."""
    fewer = 6 if operation.name == "merge" and os.environ.get("LABELER_FAULTS") != "all" else 1
    return of_the_copy(scene, steps)[part * fewer :: PARTS * fewer]


def of_the_copy(scene, steps):
    """Numbers of the steps at the copy's place: what the program notes afterwards is not meant."""
    place = str(scene.destination.parent)
    return [number for number, step in enumerate(steps, start=1) if step[1].startswith(place)]


def expected(scene, operation, step):
    """Content of the copy once recovered, when `step` and all after it were not done."""
    new, outcome = scene.known(operation)
    if step > decision(outcome.steps):
        return new
    start = scene.folder / operation.start / scene.destination.name
    return content(start) if start.exists() else {}


def recovered(scene):
    outcome = scene.program.run(["recover", str(scene.destination)])
    assert outcome.code == 0, outcome.said
    assert scene.clean
    assert not scene.lock.exists()
    return content(scene.destination)


@pytest.mark.parametrize("part", range(PARTS))
def test_killed(scene, operation, part):
    steps = scene.known(operation)[1].steps
    for step in numbers(scene, operation, steps, part):
        if step > 1 and steps[step - 2][0] == "fsync" and steps[step - 1][0] != "write":
            continue
        before = scene.reset(operation.start)
        outcome = scene.run(operation, Fault("kill", step))
        assert outcome.code == -signal.SIGKILL, outcome.said
        where = f"step {step}: {steps[step - 1]}"
        if step <= decision(steps):
            assert not (scene.destination / MANIFEST).exists(), where
            assert_only_staged(scene, before, where)
        assert recovered(scene) == expected(scene, operation, step), where


def assert_only_staged(scene, before, where):
    """The copy is byte for byte what it was, but for what is staged."""
    if not before:
        assert not scene.destination.exists(), where
        return
    above = ("meta", "meta/labeler")  # folders whose times staging changes
    old = {name: entry for name, entry in before.items() if name not in above}
    assert snapshot(scene.destination, without=STAGED) == old, where


@pytest.mark.parametrize("part", range(PARTS))
def test_failing(scene, operation, part):
    steps = scene.known(operation)[1].steps
    for step in numbers(scene, operation, steps, part):
        for code, lasting in failures(step + VERSIONS.index(scene.version)):
            fail(scene, operation, step, Fault("error", step, code, lasting))


def failures(number):
    if os.environ.get("LABELER_FAULTS") == "all":
        return FAILURES
    return (FAILURES[number % len(FAILURES)],)


def fail(scene, operation, step, fault):
    before = scene.reset(operation.start)
    steps = scene.known(operation)[1].steps
    outcome = scene.run(operation, fault)
    where = f"step {step}: {steps[step - 1]}, {fault}\n{outcome.said}"
    if outcome.code == 0:
        assert is_dispensable(scene, steps[step - 1]), where
        assert content(scene.destination) == scene.known(operation)[0], where
        assert scene.clean, where
        return
    assert outcome.code == 5, where
    assert "Traceback" not in outcome.said, where
    if step <= decision(steps):
        assert fault.lasting or scene.clean, where
        assert_only_staged(scene, before, where)
    if step % 4 and scene.clean:
        assert content(scene.destination) == expected(scene, operation, step), where
        return
    if step % 2:
        assert recovered(scene) == expected(scene, operation, step), where
        return
    again = scene.run(operation)
    assert again.code == 0, where + again.said
    assert content(scene.destination) == scene.known(operation)[0], where
    assert scene.clean, where


def is_dispensable(scene, step):
    call, place, _ = step
    return call in (DISPENSABLE_ON_LOCK if place == str(scene.lock) else DISPENSABLE)


def test_interrupted(scene, operation):
    steps = scene.known(operation)[1].steps
    for step in of_the_copy(scene, steps)[:: 12 if operation.name == "merge" else 3]:
        before = scene.reset(operation.start)
        number = signal.SIGTERM if step % 2 else signal.SIGINT
        outcome = scene.run(operation, Fault("signal", step, number))
        where = f"step {step}: {steps[step - 1]}\n{outcome.said}"
        assert outcome.code == 130, where
        assert "Traceback" not in outcome.said, where
        if step <= decision(steps):
            assert_only_staged(scene, before, where)
        if operation.name != "recover":
            assert scene.clean, where
        assert recovered(scene) == expected(scene, operation, step), where


def test_states_are_right(scene, operation):
    """What the other tests compare with: a complete copy that agrees with its labels."""
    scene.reset(operation.start)
    assert scene.run(operation).code == 0
    with open_dataset(scene.source) as source:
        assert differences(scene.destination, against=source) == []
    assert scene.clean
    assert not scene.lock.exists()
    assert not scene.lock.exists()
