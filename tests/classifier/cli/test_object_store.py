"""The trainer's commands on a dataset in a bucket, which a real S3 server on loopback has."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.classifier.cluster.nodes import Nodes
from tests.classifier.runs import arguments, numbers, small
from tests.labeler.conftest import run
from tests.labeler.remote.conftest import server
from tests.labeler.remote.server import S3Server

__all__ = ["run", "server"]  # fixtures


@pytest.fixture
def url(server: S3Server, recording: Path) -> str:
    """Six labelled episodes."""
    return server.put(recording, "lab/pick")


def test_a_training_gives_what_it_gives_on_a_folder(
    url: str, server: S3Server, recording: Path, cli, cache, tmp_path
) -> None:
    before = server.objects()
    here = cli(*arguments(small(recording, tmp_path / "here", train__views=0)))
    words = arguments(small(Path("-"), tmp_path / "there", train__views=0))
    there = cli(url, *(word for word in words if not word.startswith("--dataset.root")))
    assert (here.code, there.code) == (0, 0), there.err
    assert numbers(tmp_path / "there") == numbers(tmp_path / "here")
    assert server.objects() == before
    resumed = cli("--resume", f"--output_dir={tmp_path / 'there'}")
    assert resumed.code == 0, resumed.err


def test_predictions_evaluation_and_sweep_read_the_store(
    url: str, recording: Path, finished: Path, cli, cache, tmp_path
) -> None:
    for root, name in ((recording, "here.parquet"), (url, "there.parquet")):
        ended = cli("predict", finished, root, "--out", tmp_path / name)
        assert ended.code == 0, ended.err
    tables = [pq.read_table(tmp_path / name) for name in ("here.parquet", "there.parquet")]
    assert tables[0].equals(tables[1])
    told = [cli("evaluate", finished, root, "--json").out for root in (recording, url)]
    assert told[0] == told[1] and json.loads(told[0])["figures"]
    values = small(recording, train__views=0).model_dump(mode="json", exclude_unset=True)
    values["dataset"]["root"] = url
    (tmp_path / "sweep.json").write_text(json.dumps(values | {"sweep": {"settings": [{}]}}))
    swept = cli("sweep", tmp_path / "sweep.json", "--out", tmp_path / "sweep")
    assert swept.code == 0, swept.err


@pytest.fixture
def far(server: S3Server, tmp_path: Path) -> Iterator[Nodes]:
    """A node that fetches into a folder of its own."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    (tmp_path / "nodes").mkdir()
    own = {"LABELER_REMOTE": str(tmp_path / "of_node"), "LABELER_CACHE": str(tmp_path / "other")}
    cluster = Nodes(tmp_path / "nodes", **own)
    cluster.start_worker()
    yield cluster
    cluster.close()


def test_each_node_of_a_cluster_fetches_what_it_reads(
    url: str, recording: Path, far: Nodes, finished: Path, cli, cache, tmp_path
) -> None:
    there, here = tmp_path / "there.parquet", tmp_path / "here.parquet"
    ended = cli("predict", finished, url, "--out", there, "--on", far.file)
    assert ended.code == 0, ended.err
    assert list((tmp_path / "of_node").rglob("*.mp4"))
    assert not list((tmp_path / "remote").rglob("*.mp4"))
    assert cli("predict", finished, recording, "--out", here).code == 0
    assert pq.read_table(there)["probability"].to_numpy() == pytest.approx(
        pq.read_table(here)["probability"].to_numpy(), abs=1e-6
    )
    words = arguments(small(Path("-"), tmp_path / "run", train__views=0))
    words = [word for word in words if not word.startswith("--dataset.root")]
    trained = cli(url, *words, "--on", far.file)
    assert trained.code == 0, trained.err


def test_a_store_that_is_gone_midway_leaves_no_file(
    url: str, server: S3Server, finished: Path, cli, tmp_path
) -> None:
    assert cli("evaluate", finished, url).code == 0
    for video in (tmp_path / "remote").rglob("*.mp4"):
        video.unlink()
    server.stop()
    ended = cli("predict", finished, url, "--out", tmp_path / "scores.parquet")
    assert ended.code == 3 and "cannot be read" in ended.err
    assert "Check network and address" in ended.err
    assert not (tmp_path / "scores.parquet").exists()


def test_inspect_and_review_read_the_store(
    url: str, recording: Path, finished: Path, run, cli, tmp_path
) -> None:
    scores = tmp_path / "scores.parquet"
    assert cli("predict", finished, url, "--out", scores).code == 0
    for command in (("inspect", "--json"), ("review", "--scores", scores, "--json")):
        name, *options = command
        there, here = (run(name, root, *options) for root in (url, recording))
        assert there.exit_code == here.exit_code == 0, there.stderr
        mine, other = (json.loads(one.stdout) for one in (there, here))
        assert mine | {"root": None} == other | {"root": None}
        assert name == "review" or mine["root"] == url
