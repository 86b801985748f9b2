"""A small recording, copies of it in every state to start from, and commands that change them."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from tests.snapshot import Entry, snapshot

from .injection import Fault

REPOSITORY = Path(__file__).resolve().parents[4]
STAGED = "meta/labeler/staged"
MANIFEST = "meta/labeler/commit.json"
NO_FAULT = Fault()

LABELS = {
    "first": '{"0": 1, "1": 1, "2": 0}',
    "second": '{"0": 0, "1": 2, "2": 1}',
    "without-0": '{"1": 2, "2": 1}',
}


@dataclass(frozen=True)
class Operation:
    """A command and the state of the copy before it."""

    name: str
    start: str
    labels: str = ""

    def arguments(self, scene: "Scene") -> list[str]:
        """Arguments for `labeler`."""
        if self.name == "recover":
            return ["recover", str(scene.destination)]
        file = str(scene.folder / f"{self.labels}.json")
        if self.name == "merge":
            labels = ["--labels", file, "--labels", file]
            return [
                "merge",
                str(scene.source),
                str(scene.other),
                *labels,
                "--out",
                str(scene.destination),
            ]
        words = [str(scene.source), "--labels", file, "--out", str(scene.destination)]
        return ["apply", *words, "--unlabeled", "drop"]


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("build", "nothing", "first"),
        Operation("update", "whole", "second"),
        Operation("drop", "whole", "without-0"),
        Operation("restore", "dropped", "second"),
        Operation("recover", "decided"),
        Operation("merge", "nothing", "first"),
    )
}


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit code (negative for a signal), words, and steps unless killed."""

    code: int
    said: str
    steps: list[tuple[str, str, str]]
    seen: list[list[str]]
    """Files below the copy before each step, if they were asked for."""


class Program:
    """Runs commands by `program.py`."""

    def __init__(self, folder: Path, before: Sequence[str] = ()) -> None:
        folder.mkdir()
        self._folder = folder
        environment = {
            **os.environ,
            "XDG_STATE_HOME": str(folder / "state"),
        }
        self._process = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.labeler.storage.faults.program"],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        arguments: list[str],
        fault: Fault = NO_FAULT,
        *,
        warm: bool = False,
        sync: bool = False,
        watched: Path | None = None,
    ) -> Outcome:
        trace, output = self._folder / "trace", self._folder / "output"
        trace.unlink(missing_ok=True)
        request = {
            "arguments": arguments,
            "fault": asdict(fault),
            "warm": warm,
            "sync": sync,
            "watched": str(watched or ""),
            "trace": str(trace),
            "output": str(output),
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        steps, seen = json.loads(trace.read_text()) if trace.exists() else ([], [])
        said = output.read_text() if output.exists() else ""
        return Outcome(code, said, [tuple(step) for step in steps], seen)

    @property
    def pid(self) -> int:
        """Number of the process that the commands are forked from."""
        return self._process.pid

    def close(self) -> None:
        self._process.stdin.close()
        assert self._process.wait(60) == 0
        self._process.stdout.close()


class Scene:
    """A recording at `source` and a place for its copy, with nothing else beside the latter.

    The recording at `other` is there to be merged with it.
    """

    def __init__(self, folder: Path, version: str, program: Program) -> None:
        self.folder = folder
        self.version = version
        self.source = source = folder / "recording"
        self.other = folder / "other"
        self.destination = folder / "place" / "copy"
        self.program = program
        self.untouched = snapshot(source), snapshot(self.other)
        for name, text in LABELS.items():
            (folder / f"{name}.json").write_text(text)
        self._make_starts()
        self._known: dict[str, tuple[dict[str, str], Outcome]] = {}

    def _make_starts(self) -> None:
        (self.folder / "nothing").mkdir()
        for operation in ("merge", "recover"):  # or each child would import what these take
            arguments = OPERATIONS[operation].arguments(self)
            assert self.program.run(arguments, warm=True).code == 0
            shutil.rmtree(self.destination.parent)
            self.destination.parent.mkdir()
        for name, operation in (("whole", "build"), ("dropped", "drop")):
            arguments = OPERATIONS[operation].arguments(self)
            assert self.program.run(arguments, warm=True).code == 0
            self._keep(name)
        arguments = OPERATIONS["drop"].arguments(self)
        self.reset("whole")
        steps = self.program.run(arguments).steps
        self.reset("whole")
        assert self.program.run(arguments, Fault("kill", decision(steps) + 1)).code == -9
        self._keep("decided")

    def _keep(self, name: str) -> None:
        """Keep the copy as a start; from the future, so that every new file must be made newer."""
        shutil.copytree(self.destination.parent, self.folder / name)
        later = time.time_ns() + 3600 * 10**9
        for path in (self.folder / name).rglob("*"):
            os.utime(path, ns=(later, later))

    def reset(self, start: str) -> dict[str, Entry]:
        """Bring the copy into a state; what it then consists of comes back."""
        if self.destination.parent.exists():
            shutil.rmtree(self.destination.parent)
        shutil.copytree(self.folder / start, self.destination.parent)
        return snapshot(self.destination) if self.destination.exists() else {}

    def run(self, operation: Operation, fault: Fault = NO_FAULT) -> Outcome:
        """Run a command on the copy as it is."""
        outcome = self.program.run(operation.arguments(self), fault)
        assert (snapshot(self.source), snapshot(self.other)) == self.untouched
        return outcome

    def known(self, operation: Operation) -> tuple[dict[str, str], Outcome]:
        """Content of the copy after a command that nothing disturbed, and that command's steps."""
        if operation.name not in self._known:
            self.reset(operation.start)
            outcome = self.program.run(operation.arguments(self), watched=self.destination)
            assert outcome.code == 0, outcome.said
            self._known[operation.name] = content(self.destination), outcome
        return self._known[operation.name]

    @property
    def lock(self) -> Path:
        """The lock of the copy; left behind by a killed process, it is none any more."""
        return self.destination.with_name(f".{self.destination.name}.lock")

    @property
    def clean(self) -> bool:
        """Nothing unfinished in the copy or beside it."""
        inside = self.destination.exists() and (
            (self.destination / STAGED).exists() or (self.destination / MANIFEST).exists()
        )
        replaced = f"{self.destination.name}.labels.json.replaced-"  # decisions that are kept
        beside = set(self.destination.parent.glob("*")) - {self.destination, self.lock}
        return not inside and all(path.name.startswith(replaced) for path in beside)


def decision(steps: list[tuple[str, str, str]]) -> int:
    """Number of the step that makes the new state the valid one; 0 if it was so before."""
    for number, (call, place, _) in enumerate(steps, start=1):
        if call == "replace" and re.search(r"/staged/manifest$|\.partial-[0-9a-f]{8}$", place):
            return number
    return 0


def content(root: Path) -> dict[str, str]:
    """Digest of every file; the time of writing in the record is left out."""
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            data = re.sub(rb'"written_at":"[^"]*"', b"", path.read_bytes().replace(b'": "', b'":"'))
            found[path.relative_to(root).as_posix()] = sha256(data).hexdigest()
    return found
