"""Folds of a training that steps along a gradient are tasks of workers, and give the same."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

from labeler.contracts.events import Event, TrainingStep, parse
from labeler.dataset import open_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.document import to_text
from labeler.labels.episode import with_cutoff
from tests.classifier.cli.conftest import cli
from tests.classifier.cluster.nodes import Nodes
from tests.classifier.runs import arguments, numbers, process, small

__all__ = ["cli"]  # a fixture

FOLDS = 3


def settings(root: Path, folder: Path, **changes: object):
    return small(
        root, folder, train__views=0, train__method="network", train__folds=FOLDS, **changes
    )


def steps(folder: Path, events: Path) -> list[tuple[int | None, int, float]]:
    told: list[Event | None] = [parse(line) for line in events.read_text().splitlines()]
    return [(one.fold, one.step, one.loss) for one in told if isinstance(one, TrainingStep)]


def test_folds_on_a_cluster_give_the_probabilities_of_this_machine(
    nodes: Nodes, cli, recording, cache, tmp_path
) -> None:
    nodes.wait_for_workers(2)
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, more in ((there, ("--on", nodes.file)), (here, ())):
        events = tmp_path / f"{folder.name}.jsonl"
        given = (*arguments(settings(recording, folder)), f"--events={events}", *more)
        ended = cli(*given)
        assert ended.code == 0, ended.err
        assert "Folds are trained on this machine" not in events.read_text()
    mine, other = (pq.read_table(one / "probabilities.parquet") for one in (there, here))
    assert mine.drop_columns("probability").equals(other.drop_columns("probability"))
    pairs = zip(mine["probability"].to_pylist(), other["probability"].to_pylist(), strict=True)
    assert max(abs(one - two) for one, two in pairs) <= 1e-6
    assert numbers(there) == numbers(here)
    told = [sorted(steps(one, tmp_path / f"{one.name}.jsonl"), key=str) for one in (there, here)]
    assert told[0] == told[1]
    assert {fold for fold, _, _ in told[0]} == {None, *range(FOLDS)}


def test_where_a_node_cannot_see_the_labels_folds_are_trained_here(
    recording, tmp_path, cli, cache
) -> None:
    with open_dataset(recording) as dataset:
        lengths = tuple(dataset.lengths.tolist())
    labels = {index: with_cutoff(EpisodeLabel(length), 6) for index, length in enumerate(lengths)}
    file = tmp_path / "labels.json"
    file.write_text(to_text(DatasetLabels(lengths, labels)))
    (tmp_path / "nodes").mkdir()
    hidden = tmp_path / "nodes" / "sitecustomize.py"
    hidden.write_text(HIDE.format(file=str(file)))
    cluster = Nodes(tmp_path / "nodes", PYTHONPATH=str(hidden.parent))
    try:
        cluster.start_worker()
        cluster.wait_for_workers(1)
        config = settings(recording, tmp_path / "run", train__labels=str(file))
        ended = cli(*arguments(config), "--on", cluster.file)
    finally:
        cluster.close()
    assert ended.code == 0, ended.err
    assert "Folds are trained on this machine. " in ended.err
    assert "cannot do this work: " in ended.err and "labels.json" in ended.err
    assert "Frames are encoded on 1 node of " in ended.err
    assert pq.read_metadata(tmp_path / "run" / "probabilities.parquet").num_rows == sum(lengths)


HIDE = """
import sys

def hide(event, given):
    if event == "open" and given and str(given[0]) == {file!r}:
        raise FileNotFoundError(2, "No such file or directory", {file!r})

sys.addaudithook(hide)
"""
"""A worker's disk without the label file, whatever opens it."""


def test_a_worker_that_is_killed_costs_only_time(recording, tmp_path, cli, cache) -> None:
    (tmp_path / "nodes").mkdir()
    cluster = Nodes(tmp_path / "nodes")
    long = settings(recording, tmp_path / "run", train__epochs=150, train__patience=None)
    try:
        first = cluster.start_worker()
        cluster.wait_for_workers(1)
        running = process(*arguments(long), "--on", cluster.file, "--events=-")
        for line in running.stdout:
            if _in_folds(line):
                break
        cluster.start_worker()
        cluster.wait_for_workers(2)
        first.kill()
        first.wait()
        out, err = running.communicate()
        assert running.returncode == 0, err
    finally:
        cluster.close()
    local = settings(recording, tmp_path / "local", train__epochs=150, train__patience=None)
    assert cli(*arguments(local)).code == 0
    assert numbers(tmp_path / "run") == numbers(tmp_path / "local")
    assert {json.loads(one).get("fold") for one in out.splitlines() if '"step"' in one} >= {1, 2}


def _in_folds(line: str) -> bool:
    """Whether the first fold is done, so that a worker is at the next."""
    told = parse(line)
    return isinstance(told, TrainingStep) and told.fold == 0
