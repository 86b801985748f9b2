"""`labeler hub download` makes a new folder or none, whatever the Hub does in between."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.remote import hub_connection as connection
from tests.labeler.hub.conftest import NAME
from tests.labeler.hub.server import Answer, HubServer, Repository, entry
from tests.snapshot import snapshot


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "got"


@pytest.fixture
def repository(recording, hub: HubServer) -> Repository:
    return hub.put(NAME, recording())


def identity(root: Path) -> str:
    with open_dataset(root) as dataset:
        return fingerprint(dataset)


def left_behind(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.glob("got*"))


def test_a_dataset_comes_whole(run, recording, repository, hub: HubServer, out: Path) -> None:
    done = run("hub", "download", NAME, "--out", out)
    assert done.exit_code == 0, done.output
    assert repository.refs["main"] in done.stdout
    assert identity(out) == identity(recording(name="again"))
    assert left_behind(out) == ["got"]
    assert not (out / ".gitattributes").exists()
    assert ".gitattributes" in done.stderr


def test_an_older_revision(run, repository, hub: HubServer, out: Path) -> None:
    old = repository.refs["main"]
    repository.tags["v3.0"] = old
    repository.commit("main", {"meta/info.json": b"{}"})
    for revision in ("v3.0", old):
        place = out.with_name(revision[:4])
        assert run("hub", "download", NAME, "--out", place, "--revision", revision).exit_code == 0
        with open_dataset(place) as dataset:
            assert len(dataset) == 3
    assert run("hub", "download", NAME, "--out", out, "--revision", "v9").exit_code == 2
    assert left_behind(out) == ["got.partial-download"]


def test_broken_off_in_the_middle(run, repository, hub: HubServer, out: Path) -> None:
    """Every file breaks off at its middle, is gone on with there, and is fetched once in all."""
    seen: set[str] = set()
    sent = []

    def fault(handler, asked) -> None:
        name = asked.path.rpartition(f"{repository.refs['main']}/")[2]
        if "/resolve/" not in asked.path or name == "meta/info.json":
            return
        data = repository.main[name]
        first = int(asked.range.removeprefix("bytes=").removesuffix("-") or 0)
        sent.append((name, first))
        if name not in seen:
            seen.add(name)
            handler.break_off(data[: len(data) // 2], len(data))

    hub.fault = fault
    done = run("hub", "download", NAME, "--out", out)
    assert done.exit_code == 0, done.output
    for name in seen:
        assert [first for other, first in sent if other == name] == [
            0,
            len(repository.main[name]) // 2,
        ]


def test_gone_on_with_by_another_command(run, repository, hub: HubServer, out: Path) -> None:
    film = next(name for name in repository.main if name.endswith(".mp4"))

    def fault(handler, asked) -> None:
        if asked.path.endswith(film):
            raise Answer(403)

    hub.fault = fault
    stopped = run("hub", "download", NAME, "--out", out)
    assert stopped.exit_code == 8
    assert left_behind(out) == ["got.partial-download"]
    hub.fault = lambda handler, asked: None
    hub.asked.clear()
    assert run("hub", "download", NAME, "--out", out).exit_code == 0
    fetched = [asked.path for asked in hub.asked if "/resolve/" in asked.path]
    assert [path for path in fetched if not path.endswith((film, "meta/info.json"))] == []
    assert left_behind(out) == ["got"]


def test_a_hub_that_knows_no_ranges(run, repository, hub: HubServer, out: Path) -> None:
    film = next(name for name in repository.main if name.endswith(".mp4"))
    count = 0

    def fault(handler, asked) -> None:
        nonlocal count
        if asked.path.endswith(film):
            count += 1
            if count == 1:
                handler.break_off(repository.main[film][:100], len(repository.main[film]))
            raise Answer(200, repository.main[film])

    hub.fault = fault
    assert run("hub", "download", NAME, "--out", out).exit_code == 0
    assert (out / film).read_bytes() == repository.main[film]


def spoiled(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


@pytest.mark.parametrize("kind", [".mp4", "stats.json"])
def test_another_content_is_thrown_away(run, repository, hub, out: Path, kind: str) -> None:
    name = next(name for name in repository.main if name.endswith(kind))

    def fault(handler, asked) -> None:
        if asked.path.endswith(name):
            raise Answer(200, spoiled(repository.main[name]))

    hub.fault = fault
    wrong = run("hub", "download", NAME, "--out", out)
    assert wrong.exit_code == 8
    assert "does not have the content" in wrong.stderr
    assert not out.exists()
    hub.fault = lambda handler, asked: None
    assert run("hub", "download", NAME, "--out", out).exit_code == 0


def longer(repository: Repository, name: str):
    raise Answer(200, repository.main[name] + b"more")


def other_commit(repository: Repository, name: str):
    raise Answer(200, repository.main[name], X_Repo_Commit="0" * 40)


def gone(repository: Repository, name: str):
    raise Answer(404, X_Error_Code="EntryNotFound")


def forbidden(repository: Repository, name: str):
    raise Answer(403)


@pytest.mark.parametrize("fault", [longer, other_commit, gone, forbidden])
def test_what_cannot_be_trusted_ends_it(run, repository, hub, out: Path, fault) -> None:
    film = next(name for name in repository.main if name.endswith(".mp4"))

    def answer(handler, asked) -> None:
        if asked.path.endswith(film):
            fault(repository, film)

    hub.fault = answer
    wrong = run("hub", "download", NAME, "--out", out)
    assert wrong.exit_code == 8, wrong.output
    assert not out.exists()
    assert len([asked for asked in hub.asked if asked.path.endswith(film)]) == 1


@pytest.mark.parametrize("code", [429, 500, 503])
def test_trouble_passes(run, repository, hub, out: Path, code: int) -> None:
    film = next(name for name in repository.main if name.endswith(".mp4"))
    count = 0

    def fault(handler, asked) -> None:
        nonlocal count
        if asked.path.endswith(film):
            count += 1
            if count < 3:
                raise Answer(code)

    hub.fault = fault
    assert run("hub", "download", NAME, "--out", out).exit_code == 0
    assert count == 3


def test_trouble_that_does_not_pass(run, repository, hub, out: Path) -> None:
    def fault(handler, asked) -> None:
        if asked.path.endswith(".mp4"):
            raise Answer(503)

    hub.fault = fault
    wrong = run("hub", "download", NAME, "--out", out)
    assert wrong.exit_code == 8
    assert "server error (503)" in wrong.stderr
    assert len([asked for asked in hub.asked if asked.path.endswith(".mp4")]) == 5


def test_silence_in_the_middle(run, repository, hub, out: Path, monkeypatch) -> None:
    monkeypatch.setattr(connection, "SECONDS", 3.0)
    film = next(name for name in repository.main if name.endswith(".mp4"))
    count = 0

    def fault(handler, asked) -> None:
        nonlocal count
        if asked.path.endswith(film):
            count += 1
            if count == 1:
                handler.trickle(60)

    hub.fault = fault
    assert run("hub", "download", NAME, "--out", out).exit_code == 0
    assert count == 2


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "data/../../evil", "meta/a\\..\\evil"])
def test_names_that_lead_out(run, repository, hub, out: Path, name: str, tmp_path: Path) -> None:
    def fault(handler, asked) -> None:
        if "/tree/" in asked.path:
            import json

            files = [*repository.main.items(), (name, b"evil")]
            raise Answer(200, json.dumps([entry(*file) for file in files]).encode())

    hub.fault = fault
    before = snapshot(tmp_path / "in")
    wrong = run("hub", "download", NAME, "--out", out)
    assert wrong.exit_code == 8
    assert "leads out of its folder" in wrong.stderr
    assert not list(tmp_path.rglob("*evil*"))
    assert not out.exists()
    assert snapshot(tmp_path / "in") == before


def test_only_into_a_new_folder(run, recording, repository, out: Path) -> None:
    out.mkdir()
    (out / "mine").write_text("mine")
    link = out.with_name("link")
    link.symlink_to(recording(name="other"))
    for place in (out, recording(name="a"), recording(name="b") / "inner", link, out / "mine"):
        refused = run("hub", "download", NAME, "--out", place)
        assert refused.exit_code == 5, (place, refused.output)
    assert (out / "mine").read_text() == "mine"
    aside = out.with_name("new.partial-download")
    aside.mkdir()
    (aside / "theirs").touch()
    assert run("hub", "download", NAME, "--out", out.with_name("new")).exit_code == 5
    assert (aside / "theirs").exists()


def test_an_empty_folder_will_do(run, repository, out: Path) -> None:
    out.mkdir()
    assert run("hub", "download", NAME, "--out", out).exit_code == 0
    assert (out / "meta" / "info.json").is_file()


def test_what_is_no_dataset(run, hub: HubServer, out: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    hub.put(NAME, tmp_path / "model")
    wrong = run("hub", "download", NAME, "--out", out)
    assert wrong.exit_code == 2
    assert "is not a LeRobot dataset" in wrong.stderr


def test_some_episodes(run, recording, hub: HubServer, out: Path) -> None:
    """One file per episode in v2.1, so that the others are not fetched."""
    root = recording("v2.1")
    hub.put(NAME, root)
    done = run("hub", "download", NAME, "--out", out, "--episodes", "0,2")
    assert done.exit_code == 0, done.output
    assert "episodes=[0, 2]" in done.stderr
    there = {path.name for path in out.rglob("episode_*")}
    assert there == {f"episode_00000{n}.{kind}" for n in (0, 2) for kind in ("parquet", "mp4")}
    wrong = run("hub", "download", NAME, "--out", out.with_name("x"), "--episodes", "9")
    assert wrong.exit_code == 2
    assert "3 episodes" in wrong.stderr
    assert run("hub", "download", NAME, "--out", "y", "--episodes", "a").exit_code == 2


def test_a_full_disk_leaves_what_there_is(run, repository, hub, out: Path, monkeypatch) -> None:
    import errno
    import os

    real, written = os.write, 0

    def write(descriptor: int, data) -> int:
        nonlocal written
        written += len(data)
        if written > 2000:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, data)

    monkeypatch.setattr("labeler.disk.files.os.write", write)
    wrong = run("hub", "download", NAME, "--out", out)
    monkeypatch.setattr("labeler.disk.files.os.write", real)
    assert wrong.exit_code == 5
    assert "full" in wrong.stderr
    assert not out.exists()
    assert run("hub", "download", NAME, "--out", out).exit_code == 0
    shutil.rmtree(out)


def test_killed_in_the_middle(run, repository, hub: HubServer, out: Path, tmp_path: Path) -> None:
    """As a process of its own, which finds the Hub by HF_ENDPOINT."""
    film = next(name for name in repository.main if name.endswith(".mp4"))
    data, reached, go_on = repository.main[film], threading.Event(), threading.Event()

    def fault(handler, asked) -> None:
        if asked.path.endswith(film) and not reached.is_set():
            reached.set()
            go_on.wait(30)
            handler.break_off(data[:50], len(data))

    hub.fault = fault
    variables = {
        **os.environ, "HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "0",
    }  # fmt: skip
    command = [sys.executable, "-m", "labeler", "hub", "download", NAME, "--out", str(out)]
    with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE) as process:
        try:
            assert reached.wait(60)
            process.kill()
        finally:
            process.kill()
            go_on.set()
    assert not out.exists()
    assert left_behind(out) == ["got.partial-download"]
    hub.asked.clear()
    assert run("hub", "download", NAME, "--out", out).exit_code == 0
    fetched = [asked.path for asked in hub.asked if "/resolve/" in asked.path]
    assert [path for path in fetched if not path.endswith((film, "meta/info.json"))] == []
    assert (out / film).read_bytes() == data
