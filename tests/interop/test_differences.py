"""LeRobot and our reader on recordings in which one thing is different; a table of both verdicts.

The table is docs/lerobot-differences.md. With LABELER_WRITE_DIFFERENCES=1 and one process
(`-n 0`) it is brought up to date.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from tests.interop.lerobot_process import LerobotError, LerobotProcess
from tests.interop.releases import RELEASES, Release
from tests.mutations import ALL, Mutation, table
from tests.mutations.reading import RECORDINGS, Reading, grouped
from tests.mutations.verdicts import Verdict

pytestmark = pytest.mark.interop
READERS = {"v2": RELEASES[0], "v3": RELEASES[-1]}
"""The newest release that reads a format."""


def _param(change: Mutation) -> object:
    mark = pytest.mark.xdist_group(READERS[change.base[:2]].name)
    return pytest.param(change, id=change.key, marks=mark)


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., LerobotProcess]]:
    """Function that gives the one process of a release, as `lerobot` does for all releases."""
    running: dict[str, LerobotProcess] = {}
    with ExitStack() as stack:

        def process(release: Release) -> LerobotProcess:
            if release.missing():
                required = os.environ.get("LABELER_INTEROP_REQUIRED", "").split()
                (pytest.fail if release.name in required else pytest.skip)(release.missing())
            if release.name not in running:
                folder = tmp_path_factory.mktemp(f"differences-{release.name}")
                running[release.name] = stack.enter_context(LerobotProcess(release, folder))
            return running[release.name]

        yield process


@pytest.mark.parametrize("change", [_param(change) for change in ALL.values()])
def test_both_verdicts_fit(
    change: Mutation, reader: Callable[[Release], LerobotProcess], tmp_path: Path
) -> None:
    release = READERS[change.base[:2]]
    lerobot = reader(release)
    root = shutil.copytree(RECORDINGS / change.base, tmp_path / "recording")
    root = change.change(root) or root
    theirs, refused = read_by_lerobot(lerobot, change, root, tmp_path / "images.npz")
    judged, why = table.judged(change, root, theirs, refused)
    shutil.rmtree(tmp_path)
    if os.environ.get("LABELER_WRITE_DIFFERENCES"):
        table.write_line(release.name, judged)
    assert not why, f"{why}: {judged}"
    assert str(judged) in table.documented(release.name).splitlines()


def read_by_lerobot(
    lerobot: LerobotProcess, change: Mutation, root: Path, frames: Path
) -> tuple[Reading, Verdict | None]:
    """What LeRobot reads, or why it reads nothing."""
    try:
        found = lerobot.ask("scan", root=root, frames=frames, tolerance_s=change.tolerance_s)
    except LerobotError as error:
        return Reading(), Verdict("fails", reason(str(error)))
    with np.load(frames) as stored:
        images = dict(stored)
    cameras = found["cameras"]

    def shown(row: int) -> dict[str, np.ndarray | None]:
        return {key: images.get(f"{row}/{key}") for key in cameras}

    reading = grouped(found["values"], shown)
    if found["reason"] and not images:
        return reading, Verdict("fails", reason(found["reason"]))
    return reading, None


def reason(message: str) -> str:
    """The kind of an error, and its words where these are short and name no place."""
    kind, _, words = message.partition(": ")
    if "Offline" in kind or "LocalEntryNotFound" in kind:
        return "it wants to download the recording"
    words = words.splitlines()[0] if words else ""
    return f"{kind}: {words}" if 0 < len(words) < 60 and "/" not in words else kind
