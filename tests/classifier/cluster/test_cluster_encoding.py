"""Frames encoded by real workers are those that this process would have encoded."""

import operator
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import torch

pytest.importorskip("distributed", reason="the extra dask is not installed")

from classifier.cluster import Cluster, ClusterEncoding, open_cluster, require_nodes
from classifier.cluster import cluster_encoding as cutting
from classifier.cluster import connection as connecting
from classifier.cluster.work import EncoderOrigin, EncodingWork, require_encoder, state_of
from classifier.config import CameraInput, ImageTransforms
from classifier.data import Recipe
from classifier.features import FeatureBank, FeatureCache, local_bank, names_for
from classifier.model import RewardClassifier
from labeler.dataset import open_dataset
from labeler.errors import ClusterError, DamagedDatasetError
from tests.classifier.cluster.nodes import Nodes, certificate
from tests.classifier.conftest import GRIPPER, SIDE

LENGTHS = (17, 5, 40, 3, 12, 8)
CAMERAS = (CameraInput(GRIPPER, 40, 33, (4, 6, 30, 50)), CameraInput(SIDE, 32, 64))
RECIPE = Recipe(2, ImageTransforms(enable=True), 5)
GIB = 1 << 30
FRAMES = 2 * 2 * sum(LENGTHS)  # of two cameras and two views


def cpu() -> torch.device:
    """The device of every worker here."""
    return torch.device("cpu")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory) -> Iterator[Nodes]:
    """Two workers, connected by TLS."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, which makes the certificate")
    folder = tmp_path_factory.mktemp("nodes")
    settings = certificate(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        import dask

        dask.config.refresh()
        cluster = Nodes(folder, "tls", **settings)
        cluster.start_worker()
        cluster.start_worker()
        yield cluster
        cluster.close()
    dask.config.refresh()


@pytest.fixture
def root(make_recording) -> Path:
    """An episode in each file of one camera, three in each of the other."""
    return make_recording(
        lengths=LENGTHS, size=(48, 64), cameras=(GRIPPER, SIDE), episodes_per_video_file=(1, 3)
    )


@pytest.fixture
def model(encoder, settings) -> RewardClassifier:
    torch.manual_seed(0)
    return RewardClassifier(encoder, CAMERAS, settings).eval()


def work_for(dataset, model, images=False, **changes) -> EncodingWork:
    """The work of encoding a dataset."""
    given = {
        "root": dataset.root,
        "state": state_of(dataset),
        "cameras": CAMERAS,
        "settings": model.settings,
        "pixels": model.pixels,
        "origin": None if images else EncoderOrigin.of(model.source),
        "recipe": RECIPE,
        "device": cpu,
    }
    return EncodingWork(**given | changes)


@contextmanager
def joined(nodes: Nodes) -> Iterator[Cluster]:
    with open_cluster(str(nodes.file)) as cluster:
        yield cluster


@contextmanager
def bank_on(cluster, root, model, folder, images=False, strict=False) -> Iterator[FeatureBank]:
    with open_dataset(root) as dataset:
        work = work_for(dataset, model, images)
        require_nodes(cluster, partial(require_encoder, work))
        names = names_for(dataset, model, RECIPE, images=images)
        encode = ClusterEncoding(cluster, dataset, names.images.of, work, strict=strict)
        cache = FeatureCache(folder, GIB)
        yield FeatureBank(dataset.lengths, CAMERAS, names.of, cache, encode)


def entries(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*/*.npy")}


def local_entries(root, model, folder, images=False) -> dict[str, bytes]:
    with open_dataset(root) as dataset:
        bank = local_bank(dataset, model, RECIPE, FeatureCache(folder, GIB), images)
        bank.prepare(range(len(dataset)), 1)
    return entries(folder)


@pytest.mark.parametrize("images", [False, True], ids=["features", "images"])
def test_two_nodes_give_the_bytes_of_a_local_run(nodes, root, model, tmp_path, images) -> None:
    with joined(nodes) as cluster, bank_on(cluster, root, model, tmp_path / "a", images) as bank:
        assert bank.prepare(range(len(LENGTHS)), 1) == FRAMES
    assert entries(tmp_path / "a") == local_entries(root, model, tmp_path / "b", images)


def test_a_part_is_of_one_file_and_bounded(nodes, root, model, tmp_path, monkeypatch) -> None:
    """With room for 60 images, episodes of 5, 3 and 12 frames share a task if they share a file."""
    monkeypatch.setattr(cutting, "_IMAGES", 60)
    sent = []
    with joined(nodes) as cluster:
        submit = cluster._client.submit

        def watched(work, part, **options):
            sent.append(part)
            return submit(work, part, **options)

        monkeypatch.setattr(cluster._client, "submit", watched)
        with bank_on(cluster, root, model, tmp_path / "a") as bank:
            bank.prepare(range(len(LENGTHS)), 1)
    of_camera = {
        camera.key: [
            sorted({job.episode for job in part.jobs}) for part in sent if part.camera == camera
        ]
        for camera in CAMERAS
    }
    assert of_camera[GRIPPER] == [[0], [1], [2], [3], [4], [5]]
    assert of_camera[SIDE] == [[0, 1], [2], [3, 4, 5]]


def test_results_come_in_order_and_few_are_in_flight(nodes) -> None:
    asked: list[int] = []

    def parts() -> Iterator[int]:
        for number in range(40):
            asked.append(number)
            yield number

    received = []
    with joined(nodes) as cluster:
        for one in cluster.in_order(operator.neg, parts()):
            assert len(asked) - len(received) <= 4  # two for each of two threads
            if one is not None:
                received.append(one)
    assert received == [(number, -number) for number in range(40)]


def test_a_worker_that_is_killed_costs_nothing_but_time(
    nodes, root, model, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(cutting, "_IMAGES", 8)
    victim, told = nodes.workers[1], []

    def report(progress) -> None:
        told.append(progress.done)
        if progress.done and victim.poll() is None:
            victim.send_signal(signal.SIGKILL)
            victim.wait()

    with joined(nodes) as cluster, bank_on(cluster, root, model, tmp_path / "a") as bank:
        assert bank.prepare(range(len(LENGTHS)), 1, report) == FRAMES
        nodes.start_worker()
    assert victim.returncode == -signal.SIGKILL
    assert told == sorted(told)
    assert entries(tmp_path / "a") == local_entries(root, model, tmp_path / "b")


OTHER = """
import labeler
labeler.__version__ = "9.8.7"
"""


def executed(dask_worker) -> int:
    return dask_worker.state.executed_count


def test_a_worker_that_joins_midway_with_another_version_gets_no_work(
    nodes, root, model, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(cutting, "_IMAGES", 2)  # more parts than are in flight when it joins
    (tmp_path / "other.py").write_text(OTHER)
    said, before = [], []

    def report(progress) -> None:
        if not before:
            before.extend(cluster.threads())
            nodes.start_worker("--preload", tmp_path / "other.py")
            while len(cluster.threads()) == len(before):
                time.sleep(0.1)

    with joined(nodes) as cluster, bank_on(cluster, root, model, tmp_path / "a") as bank:
        with open_dataset(root) as dataset:
            work = work_for(dataset, model)
        require_nodes(cluster, partial(require_encoder, work), say=said.append)
        assert bank.prepare(range(len(LENGTHS)), 1, report) == FRAMES
        (new,) = set(cluster.threads()) - set(before)
        assert cluster.run_on_each(executed, workers=[new]) == {new: 0}
        nodes.workers[-1].kill()
        nodes.workers[-1].wait()
    (sentence,) = said
    assert sentence.startswith("A worker that joined is left out. ")
    assert "has Labeler 9.8.7" in sentence
    assert entries(tmp_path / "a") == local_entries(root, model, tmp_path / "b")


def test_where_all_workers_are_killed_those_that_come_take_over(
    nodes, root, model, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(cutting, "_IMAGES", 8)
    killed = []

    def report(progress) -> None:
        if progress.done and not killed:
            killed.extend(worker for worker in nodes.workers if worker.poll() is None)
            for worker in killed:
                worker.kill()
                worker.wait()
            for _ in killed:
                nodes.start_worker()

    with joined(nodes) as cluster, bank_on(cluster, root, model, tmp_path / "a") as bank:
        assert bank.prepare(range(len(LENGTHS)), 1, report) == FRAMES
    assert len(killed) >= 2
    assert entries(tmp_path / "a") == local_entries(root, model, tmp_path / "b")


def test_a_report_that_raises_cancels_what_is_in_flight(
    nodes, root, model, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(cutting, "_IMAGES", 8)

    class Enough(Exception):
        pass

    def report(progress) -> None:
        if progress.done:
            raise Enough

    with joined(nodes) as cluster, bank_on(cluster, root, model, tmp_path / "a") as bank:
        with pytest.raises(Enough):
            bank.prepare(range(len(LENGTHS)), 1, report)
        kept = entries(tmp_path / "a")
        assert kept
        end = time.monotonic() + 60
        while cluster._client.futures:  # they are forgotten in Dask's own thread
            assert time.monotonic() < end, cluster._client.futures
            time.sleep(0.05)
        again = bank.prepare(range(len(LENGTHS)), 1)
    assert 0 < again < FRAMES
    assert kept.items() <= entries(tmp_path / "a").items()


def damage(root: Path, episode: int) -> None:
    """Overwrite the images in the gripper's file of an episode."""
    with open_dataset(root) as dataset:
        path = root / dataset.layout.video(episode, GRIPPER)[0]
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 400] = bytes(400)
    path.write_bytes(data)


@pytest.mark.parametrize("where", ["local", "cluster"])
def test_damaged_episodes_are_listed_after_all_others_were_encoded(
    nodes, root, model, tmp_path, where
) -> None:
    damage(root, 1)
    damage(root, 4)
    with joined(nodes) as cluster, open_dataset(root) as dataset:
        cache = FeatureCache(tmp_path / "a", GIB)
        bank = local_bank(dataset, model, RECIPE, cache)
        with bank_on(cluster, root, model, tmp_path / "a") as there:
            bank = there if where == "cluster" else bank
            with pytest.raises(DamagedDatasetError) as caught:
                bank.prepare(range(len(LENGTHS)), 1)
    assert caught.value.message.startswith(
        f"2 episodes are damaged: 1 of {GRIPPER}, 4 of {GRIPPER}. "
    )
    assert caught.value.cures
    assert len(entries(tmp_path / "a")) == 2 * (2 * len(LENGTHS) - 2)


def test_with_strict_the_first_damaged_episode_ends_the_work(
    nodes, root, model, tmp_path, monkeypatch
) -> None:
    damage(root, 0)
    damage(root, 4)
    with (
        joined(nodes) as cluster,
        bank_on(cluster, root, model, tmp_path / "a", strict=True) as bank,
        pytest.raises(DamagedDatasetError) as caught,
    ):
        bank.prepare(range(len(LENGTHS)), 1)
    assert "episodes are damaged" not in caught.value.message
    with open_dataset(root) as dataset:
        cache = FeatureCache(tmp_path / "b", GIB)
        with pytest.raises(DamagedDatasetError, match="episode 0"):
            local_bank(dataset, model, RECIPE, cache, strict=True).prepare(range(6), 1)
    assert not entries(tmp_path / "b")


LACKING = {
    "root": ({"root": Path("/nowhere/at/all")}, "The folder /nowhere/at/all is not there."),
    "dataset": ({"state": "0" * 64}, "differs from the one on the command's machine."),
    "encoder": (
        {"origin": EncoderOrigin("random", "cnn", None, "0" * 64)},
        "The encoder random has other weights than on the command's machine.",
    ),
}


@pytest.mark.parametrize("what", LACKING)
def test_a_node_that_lacks_something_is_named_before_work_starts(nodes, root, model, what) -> None:
    changes, sentence = LACKING[what]
    with (
        joined(nodes) as cluster,
        open_dataset(root) as dataset,
        pytest.raises(ClusterError) as caught,
    ):
        require_nodes(cluster, partial(require_encoder, work_for(dataset, model, **changes)))
    assert " cannot do this work: " in caught.value.message
    assert caught.value.message.endswith(sentence)
    assert caught.value.cures


def test_a_node_with_another_version_is_named(nodes, root, model, monkeypatch) -> None:
    monkeypatch.setattr("classifier.cluster.nodes.__version__", "9.8.7")
    with (
        joined(nodes) as cluster,
        open_dataset(root) as dataset,
        pytest.raises(ClusterError, match=r" has Labeler .*; this is Labeler 9\.8\.7\."),
    ):
        require_nodes(cluster, partial(require_encoder, work_for(dataset, model)))


def test_a_node_without_room_is_named(nodes, root, model, monkeypatch) -> None:
    with (
        joined(nodes) as cluster,
        open_dataset(root) as dataset,
        pytest.raises(ClusterError, match=r"free, and .* are needed for results"),
    ):
        require_nodes(cluster, partial(require_encoder, work_for(dataset, model)), 1 << 60)


def test_a_scheduler_that_is_killed_leaves_whole_entries(
    root, model, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(cutting, "_IMAGES", 8)
    (tmp_path / "nodes").mkdir()
    own = Nodes(tmp_path / "nodes")
    own.start_worker()

    def report(progress) -> None:
        if progress.done:
            own.scheduler.kill()
            own.scheduler.wait()

    try:
        with (
            joined(own) as cluster,
            bank_on(cluster, root, model, tmp_path / "a") as bank,
            pytest.raises(ClusterError, match=r"The connection to the scheduler at .* was lost"),
        ):
            bank.prepare(range(len(LENGTHS)), 1, report)
    finally:
        own.close()
    kept = entries(tmp_path / "a")
    whole = local_entries(root, model, tmp_path / "b")
    assert kept and kept.items() < whole.items()
    assert local_entries(root, model, tmp_path / "a") == whole


def test_a_cluster_without_workers_is_refused_after_a_while(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(connecting, "_PATIENCE", 0.5)
    own = Nodes(tmp_path)
    try:
        with joined(own) as cluster, pytest.raises(ClusterError, match="No worker is connected"):
            cluster.wait_for_workers()
    finally:
        own.close()
