"""A recording, its copy, and what may be done to them; after each round everything is looked at."""

import errno
import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_of
from labeler.labels.document import from_text
from labeler.session import Session
from labeler.storage.checking.check import differences
from tests.conftest import recording_maker
from tests.labeler.storage.faults.injection import Fault
from tests.labeler.storage.faults.scene import REPOSITORY, Program
from tests.snapshot import snapshot

LENGTHS = (5, 3, 4, 6)
MOUNTS = {
    "read only": 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
    "full": 'mount -t tmpfs -o size=16k tmpfs "$0" && exec "$@"',
}
Cutoffs = tuple[int, ...]


class World:
    """Everything lies below `folder`; `random` decides what happens."""

    def __init__(self, folder: Path, version: str, random: Random) -> None:
        self.random = random
        self.source = recording_maker(folder)(version, LENGTHS, size=(32, 32), name="source")
        self.place = folder / "place"
        self.place.mkdir()
        self.copy = self.place / "copy"
        self.folder = folder
        self.programs = [Program(folder / name) for name in ("one", "two")]
        self.state: Cutoffs | None = None
        for program in self.programs:
            assert program.run(["apply", "--help"], warm=True).code == 0
        self.untouched = snapshot(self.source)
        self.decided: dict[int, int] = {}
        self.open_files = [_open_files(program) for program in self.programs]

    def close(self) -> None:
        for program in self.programs:
            program.close()

    def new_cutoffs(self) -> Cutoffs:
        return tuple(self.random.randrange(length) for length in LENGTHS)

    def apply(self, cutoffs: Cutoffs, fault: Fault, number: int = 0, out: Path | None = None):
        labels = self.folder / f"labels-{number}.json"
        labels.write_text(json.dumps(dict(enumerate(cutoffs))))
        words = ["apply", str(self.source), "--labels", str(labels), "--out", str(out or self.copy)]
        return self.programs[number].run(words, fault)

    # What may happen. Each leaves the old labels or the new ones.

    def write(self) -> None:
        self._settle(wanted := self.new_cutoffs(), self.apply(wanted, Fault()).code, {0})

    def killed(self) -> None:
        self._settle(wanted := self.new_cutoffs(), self._with_fault(wanted, "kill"), {0, -9})

    def failing(self) -> None:
        """The disk fails or is full, once or from then on."""
        code = self.random.choice((errno.ENOSPC, errno.EIO, errno.EROFS))
        lasting = self.random.random() < 0.5
        wanted = self.new_cutoffs()
        self._settle(wanted, self._with_fault(wanted, "error", code, lasting), {0, 5})

    def interrupted(self) -> None:
        number = self.random.choice((signal.SIGTERM, signal.SIGINT))
        wanted = self.new_cutoffs()
        self._settle(wanted, self._with_fault(wanted, "signal", number), {0, 130})

    def two_at_once(self) -> None:
        wanted = [self.new_cutoffs(), self.new_cutoffs()]
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(self.apply, wanted[n], Fault(), n) for n in (0, 1)]
            codes = [run.result().code for run in runs]
        assert 0 in codes and set(codes) <= {0, 5}, codes
        won = [one for one, code in zip(wanted, codes, strict=True) if code == 0]
        self._look(won)

    def vanished(self) -> None:
        """The recording is gone for a while."""
        away = self.source.with_name("away")
        self.source.rename(away)
        code = self.apply(self.new_cutoffs(), Fault()).code
        away.rename(self.source)
        now = snapshot(self.source)
        assert {**now, ".": None} == {**self.untouched, ".": None}
        self.untouched = now
        assert code in (3, 5), code
        self._look([self.state])

    def mounted(self) -> None:
        """The copy's disk is read-only, or another one is full, for a process of its own."""
        kind = self.random.choice(list(MOUNTS))
        words = ["unshare", "--mount", "sh", "-c", MOUNTS[kind], str(self.place)]
        if subprocess.run([*words, "true"], capture_output=True).returncode:
            return
        program = Program(self.folder / f"mounted-{self.random.randrange(1 << 40)}", words)
        self.programs.append(program)
        try:
            number = len(self.programs) - 1
            assert self.apply(self.new_cutoffs(), Fault(), number).code == 5
            seen = Path(f"/proc/{program.pid}/root{self.place}")
            left = [path.name for path in seen.iterdir() if kind == "full"]
            assert left == [], left
        finally:
            self.programs.pop().close()
        self._look([self.state])

    def labelled(self) -> None:
        """An operator decides and takes back; the window is killed, and nothing is lost."""
        labels = self.folder / "operator" / "my.labels.json"
        command = [sys.executable, "-m", "tests.soak.operator", str(self.source), str(labels)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=REPOSITORY, text=True, **pipes) as operator:
            for _ in range(self.random.randrange(1, 12)):
                self._decide(operator)
            operator.kill()
        with closing(Session.open(self.source, labels)) as session:
            found = {e: session.label(e).cutoff for e in range(len(LENGTHS))}
        assert found == {e: self.decided.get(e) for e in range(len(LENGTHS))}
        if labels.is_file():
            assert len(from_text(labels.read_text(), lengths=LENGTHS)) == len(LENGTHS)
        self._look([self.state])

    def _decide(self, operator: subprocess.Popen) -> None:
        episode = self.random.randrange(len(LENGTHS))
        frame = self.random.randrange(LENGTHS[episode])
        before = self.decided.get(episode)
        undone = before != frame and self.random.random() < 0.3
        for line in (f"{episode} {frame}", *(["undo"] if undone else [])):
            operator.stdin.write(f"{line}\n")
            operator.stdin.flush()
            assert operator.stdout.readline() == "done\n"
        if not undone:
            self.decided[episode] = frame

    def _with_fault(self, wanted: Cutoffs, kind: str, code: int = 0, lasting: bool = False) -> int:
        step = self.random.randrange(1, 90)
        return self.apply(wanted, Fault(kind, step, int(code), lasting)).code

    def _settle(self, wanted: Cutoffs, code: int, codes: set[int]) -> None:
        assert code in codes, code
        self._look([wanted] if code == 0 else [self.state, wanted])

    def _look(self, possible: list[Cutoffs | None]) -> None:
        """Everything that has to hold, whatever happened."""
        outcome = self.programs[0].run(["recover", str(self.copy)])
        assert outcome.code == 0, outcome.said
        assert snapshot(self.source) == self.untouched
        self.state = self._found()
        assert self.state in possible, (self.state, possible)
        kept = "copy.labels.json.replaced-"  # decisions that an update of the copy would have lost
        left = [path.name for path in self.place.iterdir() if not path.name.startswith(kept)]
        assert left == (["copy"] if self.copy.exists() else []), left
        if self.copy.exists():
            assert differences(self.copy) == []
            assert not (self.copy / "meta/labeler/staged").exists()
        for program, files in zip(self.programs, self.open_files, strict=False):
            assert _children(program) == []
            assert _open_files(program) <= files

    def _found(self) -> Cutoffs | None:
        if not self.copy.exists():
            return None
        with open_dataset(self.copy) as dataset:
            return tuple(label.cutoff for label in labels_of(dataset))


OPERATIONS = (
    World.write,
    World.killed,
    World.killed,
    World.failing,
    World.failing,
    World.interrupted,
    World.two_at_once,
    World.vanished,
    World.mounted,
    World.labelled,
)


def _children(program: Program) -> list[str]:
    return Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()


def _open_files(program: Program) -> int:
    return sum(1 for _ in Path(f"/proc/{program.pid}/fd").iterdir())
