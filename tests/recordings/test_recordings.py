"""The recordings are what README.md says, and every command takes them."""

import json
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from labeler.cli.program import app
from labeler.dataset import open_dataset
from labeler.dataset.consistency import INTEGERS
from labeler.video import FrameReader
from tests.recordings import ROOTS
from tests.recordings.write import RECIPES
from tests.snapshot import snapshot

each = pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_all_are_here_and_described() -> None:
    assert [root.name for root in ROOTS] == sorted(RECIPES)
    described = (ROOTS[0].parent / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in described for name in RECIPES)


@each
def test_they_are_what_their_recipes_say(root: Path) -> None:
    recipe = RECIPES[root.name]
    options = {"lengths": [8, 5, 11], "camera": "video", "cameras": 1, "codec": "av1"}
    options |= recipe.options
    more = recipe.merged["lengths"] if recipe.merged else recipe.resumed
    with closing(open_dataset(root)) as dataset:
        assert dataset.lengths.tolist() == [*options["lengths"], *more]
        assert len(dataset.cameras) == options["cameras"]
        assert {camera.kind for camera in dataset.cameras} == {options["camera"]}
        if options["camera"] == "video":
            assert {camera.codec for camera in dataset.cameras} == {options["codec"]}
        assert dataset.has_column("next.reward") is recipe.options.get("reward", False)
        assert len(dataset[0].tasks) == 1
        assert dataset[0].tasks != dataset[1].tasks
        several = (
            "file_limit" in options
            or recipe.resumed
            or dataset.info.format.files == "of one episode"
        )
        assert (len(dataset.layout.data_files()) > 1) is bool(several)


@each
def test_neighbouring_frames_differ(root: Path) -> None:
    """Why a comparison of images can fail: a reader that is one frame off sees another one."""
    with closing(open_dataset(root)) as dataset:
        for camera in dataset.cameras:
            with FrameReader(dataset, camera.key) as reader:
                for episode in range(len(dataset)):
                    for before, after in pairwise(reader.frames(episode)):
                        assert np.abs(before.astype(np.int16) - after).max() > 50


@each
def test_the_whole_way(root: Path, tmp_path: Path) -> None:
    """Inspect, label and check; the values of the copy are those of the recording."""
    before, copy, labels = snapshot(root), tmp_path / "copy", tmp_path / "labels.json"
    with closing(open_dataset(root)) as source:
        cutoffs = {str(e): int(n) // 2 for e, n in enumerate(source.lengths)}
        labels.write_text(json.dumps(cutoffs), encoding="utf-8")
        assert "error " not in run("inspect", root)
        run("apply", root, "--labels", labels, "--out", copy)
        run("check", copy, "--against", root)
        assert snapshot(root) == before
        with closing(open_dataset(copy)) as labelled:
            for episode, length in enumerate(source.lengths.tolist()):
                kept = ["timestamp", "observation.state", "action", *INTEGERS]
                assert labelled.rows(episode, kept) == source.rows(episode, kept)
                rewards = labelled.rows(episode, ["next.reward"])["next.reward"].to_pylist()
                assert rewards == [float(f >= length // 2) for f in range(length)]


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of copies go to a folder of the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
