"""The walk through README and guide as a command: `python -m tests.guide [--here]`.

Clones this checkout, installs Labeler as README and docs/install.md say, and runs every block of
README and guide in the order of docs/README.md, each line as a process in a home of its own. Every
line is printed with its exit code and its seconds; the first that fails ends the walk. Installing
needs a network or uv's cache. `--here` takes the programs of this environment instead, and leaves
installing out. The Hub is one on this machine, encoders have random weights, and a video stands
for the camera.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.guide.pages import ROOT
from tests.guide.walk import LEFT_OUT, Ended, Step, opens_window, walk
from tests.guide.workplace import ELSEWHERE, make_workplace, variables
from tests.labeler.hub.server import HubServer

INHERITED = ("VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


class Processes:
    """Runs lines with bash in `home`; `checkout` is where Labeler's source lies."""

    def __init__(self, home: Path, hub: HubServer, checkout: Path, bins: Path) -> None:
        self.hub = hub
        self._home = home
        self._checkout = checkout
        self._python = bins / "python"
        self._path = [str(bins), os.environ["PATH"]]
        left_out = {*INHERITED, *ELSEWHERE}
        self._variables = {
            name: value for name, value in os.environ.items() if name not in left_out
        } | variables(home)
        self._variables["HF_ENDPOINT"] = hub.endpoint

    def run(self, line: str) -> Ended:
        """Run a line; where it opens the window somebody labels there."""
        operated = f"{self._python} -m tests.guide.operator {line.removeprefix('labeler ')}"
        window = opens_window(line)
        more = {"PYTHONPATH": str(self._checkout)} if window else {}
        return self._bash(operated if window else line, self._home, more)

    def install(self, line: str) -> Ended:
        """Leave it out: the programs are there."""
        return LEFT_OUT

    def python(self, text: str) -> Ended:
        """Run a script with the environment of the checkout, which has pandas."""
        script = self._home / "script.py"
        script.write_text(text, encoding="utf-8")
        return self._bash(f"{self._python} {script}", self._home)

    def _bash(self, line: str, folder: Path, more: dict[str, str] | None = None) -> Ended:
        environment = self._variables | {"PATH": os.pathsep.join(self._path)} | (more or {})
        done = subprocess.run(
            ["bash", "-c", line], cwd=folder, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout)


class FromClone(Processes):
    """Clones the checkout first, and installs from there as the pages say."""

    def __init__(self, home: Path, hub: HubServer) -> None:
        checkout = home / "labeler"
        clone = ["git", "clone", "--quiet", str(ROOT), str(checkout)]
        subprocess.run(clone, check=True)
        super().__init__(home, hub, checkout, checkout / ".venv" / "bin")
        # Another home must not mean that gigabytes are fetched again.
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._variables.setdefault("UV_CACHE_DIR", str(cache / "uv"))
        # The tests are collected and not run: `.ci/run` runs them with this line.
        self._variables["PYTEST_ADDOPTS"] = "--collect-only"
        self._path.insert(0, str(checkout / ".uv" / "bin"))

    def install(self, line: str) -> Ended:
        """Run it in the clone; what it installs for the user is what is run from then on."""
        own = self._home / ".local" / "bin"
        ended = self._bash(line, self._checkout)
        if (own / "labeler").exists():
            self._path = [str(own), *(place for place in self._path if place != str(own))]
        return ended


def main() -> int:
    """Walk, and say how it went; 0 where every block ran."""
    parser = argparse.ArgumentParser(prog="python -m tests.guide", description=__doc__)
    parser.add_argument("--here", action="store_true", help="use this environment, do not install")
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="guide-"))
    ran, failed = 0, False
    try:
        make_workplace(home)
        with HubServer() as hub:
            bins = Path(sys.executable).parent
            runner = Processes(home, hub, ROOT, bins) if arguments.here else FromClone(home, hub)
            for step in walk(runner, home):
                _print(step)
                ran, failed = ran + 1, bool(step.ended.code)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"{ran} lines, {'the last of which failed' if failed else 'each ended with 0'}.")
    return int(failed)


def _print(step: Step) -> None:
    print(f"{step.place:20} {step.ended.code:3} {step.seconds:6.1f} s  {step.line}", flush=True)
    if step.ended.code:
        print(step.ended.output)


if __name__ == "__main__":
    sys.exit(main())
