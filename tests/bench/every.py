"""Every benchmark of time, one after the other, in one table.

    python -m tests.bench all [--json FILE] [--markdown FILE] [--frames N ...] [--only PART ...]

Peers are the releases of LeRobot that `scripts/interop prepare` set up, through their own API, with
PyAV and, where it loads, torchcodec for videos. Limits are plain, synced and digested copies of the
same bytes, and the import of a library. Both sides of a line come from one run, in turns where they
take seconds; LeRobot labels once. Growth is the exponent of Labeler's time with the size of the
work, fitted over all sizes. A part is `start`, `opening`, `labelling`, `merge`, `video` or `robot`.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tests.bench.processes import ROOT, Samples, measure
from tests.bench.robot_rule import times_of
from tests.bench.start_cost import EMPTY, HELP, cpu_seconds
from tests.bench.table import Line, as_json, growth, markdown
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import RELEASES, Release

Lines = Iterator[Line]
_NEWEST = RELEASES[-1]
_V3 = [release for release in RELEASES if release.v3]
_TYPER = (sys.executable, "-c", "import typer")


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench all",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--frames", type=int, nargs="*", default=[10**4, 10**5, 10**6])
    parser.add_argument("--episodes", type=int, nargs="*", default=[10**3, 10**4, 10**5])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--recordings", type=int, default=50, help="that are merged")
    parser.add_argument("--rounds", type=int, default=200, help="frames on the robot")
    parser.add_argument("--only", nargs="*", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--work", type=Path, help="folder for datasets; needs 8 GB")
    parser.add_argument("--json", type=Path, help="write every line to this file")
    parser.add_argument("--markdown", type=Path, help="write the table to this file")
    return parser.parse_args(words)


def main(words: list[str]) -> None:
    """Measure all parts, and print and keep the table after each of them."""
    chosen = arguments(words)
    lines: list[Line] = []
    for name in chosen.only:
        with tempfile.TemporaryDirectory(prefix="labeler-bench-", dir=chosen.work) as work:
            for line in PARTS[name](chosen, Path(work)):
                lines.append(line)
                print(line, flush=True)
        text = f"{markdown(lines)}\n\n{surroundings(chosen)}\n"
        if chosen.markdown:
            chosen.markdown.write_text(text, "utf-8")
        if chosen.json:
            figures = {"about": surroundings(chosen), "lines": as_json(lines)}
            chosen.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(f"\n{text}")


def surroundings(chosen: argparse.Namespace) -> str:
    """Machine, versions, date and extent, for whoever compares tables."""
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("pyarrow", "av", "PySide6_Essentials")
    )
    return (
        f"{datetime.now(UTC):%d %B %Y}; {os.cpu_count()} processors ({platform.machine()}), load "
        f"average {os.getloadavg()[2]:.1f} over 15 minutes; Python {platform.python_version()}, "
        f"{libraries}; medians of {chosen.repetitions} repetitions."
    )


def start(chosen: argparse.Namespace, work: Path) -> Lines:
    """CPU seconds of the shortest command, beside the library that reads its options."""
    repetitions = max(2 * chosen.repetitions + 1, 5)
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(work)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for command in (HELP, _TYPER):
        cpu_seconds(command, 1, environment)
    own, typer, empty = (cpu_seconds(c, repetitions, environment) for c in (HELP, _TYPER, EMPTY))
    yield Line("`labeler --help`, CPU", own, '`python -c "import typer"`', typer)
    yield Line("`labeler --help`, CPU", own, "`python -c pass`", empty)


def opening(chosen: argparse.Namespace, work: Path) -> Lines:
    """Metadata by number of episodes."""
    times: dict[int, float] = {}
    samples, script = Samples(), Path(__file__).with_name("lerobot_open.py")
    for episodes in chosen.episodes:
        root, samples = work / str(episodes), Samples()
        measure("synthesize", "write_v3_metadata", root, str(episodes))
        for _ in range(chosen.repetitions):
            samples.add({"own": measure("opening", root)["open"]})
            for release in filter(is_there, _V3):
                samples.add(
                    {release.name: _last_line([release.python, "-P", script, root])["open"]}
                )
        times[episodes] = samples.median("own")
    work_done = f"opening {chosen.episodes[-1]:,} episodes"
    if not any(map(is_there, _V3)):
        yield Line(work_done, samples.median("own"), growth=growth(times))
    for release in filter(is_there, _V3):
        other = samples.median(release.name)
        yield Line(
            work_done, samples.median("own"), f"LeRobot {release.name}", other, growth(times)
        )


def labelling(chosen: argparse.Namespace, work: Path) -> Lines:
    """Writing and reading labels by number of frames."""
    for release in filter(is_there, reversed(_V3)):
        file = work / "figures.json"
        newest = release is _NEWEST
        sizes = chosen.frames if newest else chosen.frames[:-1] or chosen.frames
        _own(
            "tests.bench", "--episodes", "--v21-episodes", "--frames", *sizes, "--repetitions",
            chosen.repetitions if newest else 1, "--lerobot", release.python,
            "--lerobot-repetitions", 1, "--lerobot-limit", 900, "--work", work, "--json", file,
            "--quiet",
        )  # fmt: skip
        found = {int(n): Samples(v) for n, v in json.loads(file.read_text())["labelling"].items()}
        if newest:
            yield from _limits(found)
        yield from _lerobot_lines(found, release)


def _limits(found: dict[int, Samples]) -> Lines:
    most = max(found)
    for title, names in (
        ("labelling into a new copy", ("new: prepare", "new: write")),
        ("labelling again, in place", ("in place: prepare", "in place: write")),
        ("inspect", ("inspect: inspect",)),
        ("check", ("check: check",)),
        ("export", ("export: export",)),
    ):
        times = {size: _sum(samples, names) for size, samples in found.items()}
        limit = "digested copy" if len(names) == 2 else "copy"
        other = found[most].median(limit)
        work = f"{title}, {most:,} frames"
        yield Line(work, times[most], f"{limit} of the parquet files", other, growth(times))


def _lerobot_lines(found: dict[int, Samples], release: Release) -> Lines:
    for title, kind in (("into a new copy", "new"), ("again, in place", "in place")):
        theirs = f"LeRobot {kind}: add_features"
        sizes = [size for size, samples in found.items() if samples.has(theirs)]
        if sizes:
            samples = found[max(sizes)]
            own = _sum(samples, (f"{kind}: prepare", f"{kind}: write"))
            work = f"labelling {title}, {max(sizes):,} frames"
            beside = f"LeRobot {release.name}, `add_features`"
            yield Line(work, own, beside, samples.median(theirs))


def merge(chosen: argparse.Namespace, work: Path) -> Lines:
    """Small recordings into one."""
    file = work / "figures.json"
    lerobot = ["--lerobot", _NEWEST.python] if is_there(_NEWEST) else []
    _own("tests.bench.merge", "--recordings", chosen.recordings, "--repetitions",
         chosen.repetitions, "--work", work, "--json", file, *lerobot)  # fmt: skip
    samples = Samples(json.loads(file.read_text())["seconds"])
    for side in samples.values:
        if side != "labeler":
            beside = side.replace("LeRobot", f"LeRobot {_NEWEST.name}")
            work_done = f"merging {chosen.recordings} recordings, the whole command"
            yield Line(work_done, samples.median("labeler"), beside, samples.median(side))


def video(chosen: argparse.Namespace, work: Path) -> Lines:
    """One image for the window."""
    file = work / "figures.json"
    lerobot = ["--lerobot", _NEWEST.python] if is_there(_NEWEST) else []
    _own("tests.bench.video", "--repetitions", chosen.repetitions, "--work", work, "--json", file,
         "--quiet", *lerobot)  # fmt: skip
    for clip, values in json.loads(file.read_text())["samples"].items():
        samples = Samples(values)
        for kind in ("random", "forward", "backward"):
            for backend in ("pyav", "torchcodec"):
                if samples.has(f"{backend}: {kind}"):
                    other = samples.median(f"{backend}: {kind}")
                    beside = f"LeRobot {_NEWEST.name}, {backend}"
                    yield Line(f"{clip}: frame, {kind}", samples.median(kind), beside, other)


def robot(chosen: argparse.Namespace, work: Path) -> Lines:
    """A frame on the robot with the decision rule, and without."""
    for release in filter(is_there, RELEASES):
        folder = work / release.name
        folder.mkdir()
        with LerobotProcess(release, folder) as process:
            plain, ruled = times_of(release, process, folder, chosen.rounds)
        own, other = (median(frame[0] for frame in times[5:]) for times in (ruled, plain))
        yield Line("frame on the robot with a rule", own, f"LeRobot {release.name} alone", other)


def is_there(release: Release) -> bool:
    """Whether the environment of a release was set up."""
    return not release.missing()


def _own(module: str, *words: object) -> None:
    command = [sys.executable, "-m", module, *map(str, words)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)


def _sum(samples: Samples, names: tuple[str, ...]) -> float:
    return sum(map(samples.median, names))


def _last_line(command: list[Path | str]) -> dict[str, float]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [str(word) for word in command], env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


PARTS: dict[str, Callable[[argparse.Namespace, Path], Lines]] = {
    "start": start,
    "opening": opening,
    "labelling": labelling,
    "merge": merge,
    "video": video,
    "robot": robot,
}
