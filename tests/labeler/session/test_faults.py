"""A session is killed, or the disk fails, at every single step; no decision that was taken is lost.

A step is one call that changes the disk, see `tests/labeler/storage/faults/injection.py`.
"""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.labeler.storage.faults.injection import Fault

from .program import ACTIONS

REPOSITORY = Path(__file__).resolve().parents[3]
PARTS = 3
NO_FAULT = Fault()
NOTHING = [[0, None]] * 4


class Program:
    """Runs sessions by `program.py`, each in a process of its own."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self._root = root
        program = [sys.executable, "-m", "tests.labeler.session.program"]
        self._process = subprocess.Popen(
            [*program, str(folder / "first"), str(root)],
            cwd=REPOSITORY,
            env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def labels(self) -> Path:
        return self.folder / "labels" / "x.labels.json"

    def run(self, actions=ACTIONS, fault=NO_FAULT):
        request = {
            "root": str(self._root), "labels": str(self.labels), "actions": actions,
            "fault": asdict(fault),
        }  # fmt: skip
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["code"], answer["reports"]

    def reset(self) -> None:
        shutil.rmtree(self.labels.parent, ignore_errors=True)

    def reopened(self):
        """What the labels are for whoever comes next, and how the session found them."""
        code, reports = self.run(actions=())
        assert code == 0 and reports[0][0] == "opened", reports
        return reports[0][1], reports[0][2]

    def close(self) -> None:
        self._process.stdin.close()
        assert self._process.wait(60) == 0
        self._process.stdout.close()


@pytest.fixture(scope="module")
def program(recording, tmp_path_factory):
    program = Program(recording, tmp_path_factory.mktemp("program"))
    yield program
    program.close()


@pytest.fixture
def undisturbed(program):
    """The steps of a session that nothing disturbs."""
    program.reset()
    code, reports = program.run()
    assert code == 0 and reports[-1][0] == "steps"
    return reports[-1][1]


def allowed(reports):
    """What the labels may be after all of this: those of the last action done, or of the next."""
    last, tried = NOTHING, None
    for kind, *values in reports:
        if kind in ("opened", "did", "closed") and values[0] != last:
            last, tried = values[0], None
        elif kind == "tries" and tried is None and values[0] != last:
            tried = values[0]
        elif kind == "refused":
            assert values[0] == last, "a refused action changed something"
    return [last] if tried is None else [last, tried]


def check_clean(program, state):
    """The next session finds nothing to complain about, and leaves label file and history alone.

    A line that was half written is told of and kept; that no decision is missing is seen before.
    """
    assert not (state["conflict"] or state["read_only"]), state
    ours = {program.labels.name, f".{program.labels.name}.history"}
    names = {path.name for path in program.labels.parent.iterdir()} - ours
    assert all("journal.torn-" in name or "journal.damaged-" in name for name in names)
    assert len(names) <= 1 and "are lost" not in state["problem"]
    assert bool(state["problem"]) == bool(names) and all(n in state["problem"] for n in names)


def test_there_are_steps_of_every_kind(undisturbed):
    kinds = {name for name, *_ in undisturbed}
    assert {"open", "write", "fsync", "replace", "ftruncate", "unlink"} <= kinds
    assert len(undisturbed) > 40


@pytest.mark.parametrize("part", range(PARTS))
def test_killed(program, undisturbed, part):
    """A busy machine may save on its own and so have other steps; the last ones may not come."""
    for step in range(1 + part, len(undisturbed) + 1, PARTS):
        program.reset()
        code, reports = program.run(fault=Fault("kill", step))
        assert code == -signal.SIGKILL or (code == 0 and step > 40), step
        found, state = program.reopened()
        assert found in allowed(reports), (step, undisturbed[step - 1])
        check_clean(program, state)


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
@pytest.mark.parametrize("part", range(PARTS))
def test_failing(program, undisturbed, part, code, lasting):
    for step in range(1 + part, len(undisturbed) + 1, PARTS):
        program.reset()
        end, reports = program.run(fault=Fault("error", step, code, lasting))
        assert end == 0, (step, undisturbed[step - 1], reports)
        found, state = program.reopened()
        assert found in allowed(reports), (step, undisturbed[step - 1], reports)
        check_clean(program, state)


def test_a_failure_is_said_and_passes(program, undisturbed):
    """Some step makes a decision fail; the sentence says so, and the next one succeeds."""
    refusals = 0
    for step in range(1, len(undisturbed) + 1):
        program.reset()
        _, reports = program.run(fault=Fault("error", step, errno.ENOSPC))
        kinds = [kind for kind, *_ in reports]
        for index, (kind, *values) in enumerate(reports):
            if kind == "refused" and values[2]:
                refusals += 1
                assert "full" in values[1]
                assert "The last decision was not saved." in values[2]
                rest = kinds[index + 1 :]
                assert "did" in rest or "tries" not in rest, "the next action fails, too"
    assert refusals >= 5
