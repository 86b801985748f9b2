"""`labeler hub status` compares and writes nothing; refusals of the Hub are told plainly."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from labeler.hub.forecast import Situation, forecast
from labeler.remote import hub_connection as connection
from labeler.remote.hub_files import safe_names
from tests.labeler.hub.conftest import NAME
from tests.labeler.hub.server import Answer, HubServer
from tests.snapshot import snapshot


def status(run, root: Path, *more: object) -> dict:
    said = run("hub", "status", root, "--repo-id", NAME, "--json", *more)
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)


def test_the_same_on_both_sides(run, recording, hub: HubServer) -> None:
    root = recording()
    repository = hub.put(NAME, root)
    before = snapshot(root)
    found = status(run, root)
    assert found["there"]["episodes"] == found["here"]["episodes"] == 3
    assert found["there"]["frames"] == found["here"]["frames"] == 12
    assert found["there"]["commit"] == repository.refs["main"]
    assert found["files"]["changed"] == found["files"]["only_here"] == []
    assert len(found["files"]["same"]) == sum(path.is_file() for path in root.rglob("*"))
    assert not any(told["harm"] for told in found["lerobot"])
    said = run("hub", "status", root, "--repo-id", NAME).stdout
    assert "All files are the same." in said
    assert snapshot(root) == before
    assert all(asked.method == "GET" for asked in hub.asked)
    fetched = {asked.path[-14:] for asked in hub.asked if "/resolve/" in asked.path}
    assert fetched == {"meta/info.json"}
    assert any(asked.token == "hf_of_a_test" for asked in hub.asked)


def test_what_differs_is_named(run, recording, hub: HubServer) -> None:
    root = recording()
    repository = hub.put(NAME, root)
    files = dict(repository.main)
    data = next(name for name in files if name.startswith("data/"))
    files[data] = bytes(reversed(files[data]))
    files["meta/more.json"] = b"{}"
    del files["meta/stats.json"]
    repository.commit("main", files)
    found = status(run, root)["files"]
    assert found["changed"] == [data]
    assert found["only_here"] == ["meta/stats.json"]
    assert found["only_there"] == ["meta/more.json"]
    said = run("hub", "status", root, "--repo-id", NAME).stdout
    assert f"other content: {data}" in said


def test_where_lerobot_would_look(run, recording, hub: HubServer, tmp_path: Path) -> None:
    home = tmp_path / "lerobot" / NAME
    shutil.copytree(recording(), home)
    repository = hub.put(NAME, home)
    files = dict(repository.main)
    files["meta/info.json"] = files["meta/info.json"].replace(b'episodes": 3', b'episodes": 9')
    repository.commit("main", files)
    complete = {told["generation"]: told for told in status(run, home)["lerobot"]}
    assert "asks the Hub nothing" in complete["LeRobot 0.4"]["sentence"]
    next(home.rglob("*.mp4")).unlink()
    found = status(run, home)
    assert found["here"]["problems"]
    broken = {told["generation"]: told for told in found["lerobot"]}
    assert broken["LeRobot 0.4"]["harm"]
    assert "3 episodes become 9 episodes" in broken["LeRobot 0.4"]["sentence"]
    (home / ".cache" / "huggingface" / "download").mkdir(parents=True)
    told = {told["generation"]: told for told in status(run, home)["lerobot"]}
    assert "ignores this folder" in told["LeRobot 0.5 and newer"]["sentence"]


def test_no_such_dataset(run, recording, hub: HubServer) -> None:
    found = status(run, recording())
    assert found["there"] is None
    assert (
        "have no access to it"
        in run("hub", "status", recording(name="b"), "--repo-id", NAME).stdout
    )
    hub.put(NAME, recording(name="c"))
    wrong = run("hub", "status", recording(name="d"), "--repo-id", NAME, "--revision", "v9")
    assert wrong.exit_code == 2
    assert "no such revision" in wrong.stderr


def refusing(status: int, **headers: str):
    def fault(handler, asked) -> None:
        if asked.path.startswith("/api/datasets"):
            raise Answer(status, **headers)

    return fault


@pytest.mark.parametrize(
    ("code", "part"),
    [
        (401, "does not accept your token"),
        (403, "does not allow this (403)"),
        (404, "answers 404"),
        (429, "asks for fewer requests"),
        (500, "server error (500)"),
        (503, "server error (503)"),
    ],
)
def test_refusals(run, recording, hub: HubServer, code: int, part: str) -> None:
    root = recording()
    hub.put(NAME, root)
    hub.fault = refusing(code)
    said = run("hub", "status", root, "--repo-id", NAME)
    assert part in said.output
    assert said.exit_code == 8


def test_a_slow_hub_is_not_waited_for(run, recording, hub: HubServer, monkeypatch) -> None:
    monkeypatch.setattr(connection, "SECONDS", 1.0)
    root = recording()
    hub.put(NAME, root)
    hub.fault = lambda handler, asked: handler.trickle(60)
    said = run("hub", "status", root, "--repo-id", NAME)
    assert said.exit_code == 8
    assert "cannot be reached" in said.stderr


def test_nobody_there(run, recording, hub: HubServer, monkeypatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    said = run("hub", "status", recording(), "--repo-id", NAME)
    assert said.exit_code == 8
    assert "cannot be reached" in said.stderr


@pytest.mark.parametrize("command", ["status", "download", "push", "doctor"])
def test_a_hub_that_says_nothing_is_one_sentence(command, recording, tmp_path) -> None:
    """The limit of a request is half a minute; whoever says nothing at all is given up before."""
    root = recording()
    words = {
        "status": ["hub", "status", root, "--repo-id", NAME],
        "push": ["hub", "push", root, "--repo-id", NAME, "--recording"],
        "download": ["hub", "download", NAME, "--out", tmp_path / "new"],
        "doctor": ["doctor", "--hub"],
    }[command]
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        here = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        hub = {"HF_ENDPOINT": here, "NO_PROXY": "127.0.0.1"}
        ended = subprocess.run(
            [sys.executable, "-m", "labeler", *map(str, words)],
            env={**os.environ, "HF_HUB_OFFLINE": "0", **hub}, capture_output=True, text=True,
        )  # fmt: skip
    said = ended.stdout if command == "doctor" else ended.stderr
    assert "The Hub cannot be reached, or the connection broke off: no answer within 2.5 s" in said
    assert ended.returncode == (1 if command == "doctor" else 8)
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "new").exists()


def test_offline_is_offline(run, recording, hub: HubServer, monkeypatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    said = run("hub", "status", recording(), "--repo-id", NAME)
    assert said.exit_code == 8
    assert "HF_HUB_OFFLINE" in said.stderr
    assert hub.asked == []


def test_a_name_that_is_none(run, recording, hub: HubServer) -> None:
    said = run("hub", "status", recording(), "--repo-id", "a/b/c d")
    assert said.exit_code == 2
    assert "OWNER/NAME" in said.stderr


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "a/../../x", "a//b", "a\\..\\b", "C:x", "a/./b", "", "a\nb", "nul. "],
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    from labeler.errors import HubError

    with pytest.raises(HubError):
        safe_names(NAME, ["meta/info.json", name])


def test_names_that_are_one_file_elsewhere() -> None:
    from labeler.errors import HubError

    with pytest.raises(HubError, match="some disks take for the same file"):
        safe_names(NAME, ["a/B", "A/b"])
    assert safe_names(NAME, ["a/B", "a/c"]) == ["a/B", "a/c"]


def now(**changes: object) -> Situation:
    usual = {
        "version": "v3.0", "there": "v3.0", "at_home": True, "complete": True,
        "downloaded": False, "differing": 4, "episodes": 14, "episodes_there": 26,
    }  # fmt: skip
    return Situation(**(usual | changes))


@pytest.mark.parametrize(
    ("situation", "harmful"),
    [
        # The table of what was measured with each release, "v2.0 0.3 0.4 0.5+"; x is overwritten.
        (now(version="v2.1", there="v2.1"), "x..."),
        (now(version="v2.1", there="v2.1", complete=False), "xx.."),
        (now(), "x..."),
        (now(complete=False), "x.xx"),
        (now(complete=False, downloaded=True), "x.x."),
        (now(there="v2.1"), "xx.."),
        (now(at_home=False, complete=False), "...."),
        (now(there="", complete=False), "...."),
        (now(complete=False, differing=0), "...."),
    ],
)
def test_what_lerobot_would_do(situation: Situation, harmful: str) -> None:
    assert "".join("x" if told.harm else "." for told in forecast(situation)) == harmful
