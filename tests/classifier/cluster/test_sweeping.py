"""A sweep whose trainings are tasks of real workers has the figures of one on this machine."""

import csv
import json

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

from classifier.config import with_whole_paths
from classifier.train.fold_tasks import FoldTask, require_fold
from classifier.train.preflight import prepare
from labeler.errors import ClusterError
from tests.classifier.cli.conftest import cli
from tests.classifier.runs import small

__all__ = ["cli"]  # a fixture


@pytest.fixture
def config(recording, tmp_path):
    """Two settings, one of which cannot be trained."""
    values = small(recording, train__views=0).model_dump(mode="json", exclude_unset=True)
    settings = [{}, {"train.method": "network", "policy.learning_rate": 1e30}]
    path = tmp_path / "sweep.json"
    path.write_text(json.dumps(values | {"sweep": {"settings": settings, "folds": 2}}))
    return path


def rows(folder) -> list[dict[str, str]]:
    with (folder / "trainings.csv").open() as lines:
        return list(csv.DictReader(lines))


def test_a_sweep_on_a_cluster_has_the_figures_of_this_machine(
    nodes, cli, config, cache, tmp_path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    remote = cli("sweep", config, "--out", there, "--on", nodes.file)
    assert remote.code == 0, remote.err
    assert "Frames are encoded on 1 node of " in remote.err
    encoded = {path.name for path in cache.glob("*/*.npy")}
    assert len(encoded) == 2 * 6  # with changed views; workers read what the command has
    assert cli("sweep", config, "--out", here).code == 0
    assert {path.name for path in cache.glob("*/*.npy")} == encoded
    compared = list(zip(rows(there), rows(here), strict=True))
    assert len(compared) == 4
    for mine, other in compared:
        for name in ("setting", "seed", "fold", "frames", "failure"):
            assert mine[name] == other[name]
        assert bool(mine["accuracy"]) == (mine["setting"] == "1")
        for name in ("accuracy", "log_loss") if mine["accuracy"] else ():
            assert float(mine[name]) == pytest.approx(float(other[name]), abs=1e-6)


def test_a_worker_that_has_other_labels_is_refused(recording, tmp_path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({str(episode): 6 for episode in range(6)}))
    told = with_whole_paths(small(recording, train__labels=str(labels), train__folds=2))
    task = FoldTask.of(prepare(told), 0)
    require_fold(task)
    labels.write_text(json.dumps({str(episode): 7 for episode in range(6)}))
    with pytest.raises(ClusterError, match="Dataset, labels or encoder differ from those"):
        require_fold(task)
