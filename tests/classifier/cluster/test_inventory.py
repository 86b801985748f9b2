"""What a place has to work with, asked of real schedulers and workers before any work."""

import os
import socket

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

from classifier.cluster import inventory
from labeler import __version__
from labeler.contracts.cluster_answer import ClusterAnswer, read_nodes
from labeler.errors import ClusterError, LabelerError, UsageError
from tests.classifier.cli.conftest import cli
from tests.classifier.cluster.nodes import Nodes

__all__ = ["cli"]  # a fixture

CPUS = os.cpu_count() or 1
FAKE_TORCH = """
class cuda:
    device_count = staticmethod(lambda: {count})
    get_device_name = staticmethod(lambda number: "H{{}}".format(number))
"""


def test_nodes_and_cores_of_a_cluster_are_counted(nodes: Nodes, cli) -> None:
    nodes.wait_for_workers(2)
    ended = cli("nodes", nodes.file, "--json")
    assert ended.code == 0, ended.err
    answer = read_nodes(ended.out)
    [node] = answer.nodes
    assert (node.host, node.workers, node.cores, node.cpus) == (socket.gethostname(), 2, 2, CPUS)
    assert answer.problem == ""
    assert answer.summary.startswith("1 node: 2 workers with 2 cores, ")
    told = cli("nodes", nodes.address)
    assert told.out.splitlines()[0] == answer.summary
    assert f"{node.host}: 2 workers with 2 of {CPUS} CPU" in told.out.splitlines()[1]


def test_gpus_are_those_that_workers_see_and_count_once(tmp_path) -> None:
    """Three workers of a machine: two were left the same GPUs, in another order."""
    (tmp_path / "torch.py").write_text(FAKE_TORCH.format(count=2))
    cluster = Nodes(tmp_path, PYTHONPATH=str(tmp_path))
    try:
        for visible in ("0,1", "1,0", "2,3"):
            cluster.start_worker(CUDA_VISIBLE_DEVICES=visible)
        answer = _answer(cluster, 3)
    finally:
        cluster.close()
    assert answer.nodes[0].gpus == ["H0", "H1"] * 2
    assert answer.summary.endswith("2 × H0, 2 × H1.")


def test_a_node_with_another_version_has_a_problem(tmp_path, monkeypatch) -> None:
    cluster = Nodes(tmp_path)
    try:
        cluster.start_worker()
        monkeypatch.setattr("classifier.cluster.nodes.__version__", "9.8.7")
        answer = _answer(cluster, 1)
    finally:
        cluster.close()
    wanted = f"{socket.gethostname()} has Labeler {__version__}; this is Labeler 9.8.7."
    assert answer.problem == wanted


def test_a_scheduler_without_workers_says_so_at_once(tmp_path) -> None:
    cluster = Nodes(tmp_path)
    try:
        with pytest.raises(ClusterError, match="No worker is connected to") as refused:
            inventory(str(cluster.file))
    finally:
        cluster.close()
    assert refused.value.cures


def test_this_machine_and_its_workers() -> None:
    assert inventory("local").nodes[0].workers == 0
    assert inventory("dask").nodes[0].workers == inventory("dask").nodes[0].cores


def test_jobs_of_a_queue_are_counted_and_not_submitted(tmp_path) -> None:
    file = tmp_path / "queue.yaml"
    file.write_text(
        "jobqueue: {local: {cores: 4, processes: 4, memory: 2GB, interface: lo, "
        "job_extra_directives: ['--gres=gpu:1', '--qos=high']}}\njobs: 3\n"
    )
    answer = inventory(str(file))
    assert answer.nodes == []
    assert answer.summary.startswith("3 jobs of local, each with 4 cores and 2GB, --gres=gpu:1. ")


@pytest.mark.parametrize("place", ["elsewhere", "absent.yaml", "absent.json"])
def test_what_is_no_place_is_refused(place) -> None:
    with pytest.raises(UsageError, match="is not a place to work at"):
        inventory(place)


def test_an_answer_that_is_none_is_refused() -> None:
    with pytest.raises(LabelerError, match="cannot be understood"):
        read_nodes("{}")


def _answer(cluster: Nodes, workers: int) -> ClusterAnswer:
    cluster.wait_for_workers(workers)
    return inventory(str(cluster.file))
