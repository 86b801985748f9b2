"""Every dataset that LeRobot wrote through `inspect`, `apply` and `check`, then judged by LeRobot.

`check_labels.py` of the shared folder is a second opinion that shares no code with us.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from labeler.dataset import open_dataset
from tests.interop.command import labeler, snapshot
from tests.interop.lerobot_process import LerobotProcess
from tests.interop.releases import Release
from tests.interop.shared import CHECKER, DATASETS, reads

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(not CHECKER.is_file(), reason="no check_labels.py beside the checkout"),
]


@pytest.fixture(scope="session")
def checker(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LerobotProcess]:
    """A process that only ever forks, since LeRobot is slow to import."""
    with LerobotProcess(release, tmp_path_factory.mktemp(f"check-{release.name}")) as process:
        yield process


def true_cutoffs(root: Path) -> dict[str, int | None]:
    """The cutoffs that belong to a dataset; the middle of each episode where it has none."""
    for name in (root.name, root.name.removesuffix("-lr044")):
        path = root.with_name(f"{name}.cutoffs.json")
        if path.is_file():
            found: dict[str, int | None] = json.loads(path.read_text(encoding="utf-8"))
            return found
    with closing(open_dataset(root)) as dataset:
        return {str(e): int(length) // 2 for e, length in enumerate(dataset.lengths)}


@pytest.mark.parametrize("root", DATASETS, ids=lambda path: path.name)
def test_the_whole_way(
    root: Path, release: Release, checker: LerobotProcess, tmp_path: Path
) -> None:
    if not reads(release, root):
        pytest.skip(f"LeRobot {release.name} does not read this version")
    before, copy, file = snapshot(root), tmp_path / f"{root.name}_labeled", tmp_path / "c.json"
    file.write_text(json.dumps(true_cutoffs(root)), encoding="utf-8")
    labeler("inspect", root)
    labeler("apply", root, "--labels", file, "--out", copy)
    labeler("check", copy, "--against", root)
    assert snapshot(root) == before
    done = checker.ask(
        "run_script",
        script=CHECKER,
        arguments=[copy, file, "--json"],
        output=tmp_path / "said.json",
    )
    assert done["exit"] == 0, done["output"]
