"""Datasets on a Hub on loopback, read by their address: listed, fetched by file, never written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants

from labeler.errors import HubError, NotADatasetError, SourceChangedError, UsageError
from labeler.remote import local_root, mirror_of
from labeler.remote.mirror import mirrors
from tests.labeler.hub.server import Answer, HubServer
from tests.labeler.remote.cases import assert_read_as_the_folder, image, videos

NAME, URL = "lab/pick_cube", "hf://datasets/lab/pick_cube"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mirrors of a test's own."""
    monkeypatch.setenv("LABELER_REMOTE", str(tmp_path / "remote"))


@pytest.fixture
def url(hub: HubServer, recording: Path) -> str:
    """Address of the recording on the Hub."""
    hub.put(NAME, recording)
    return URL


def test_rows_come_at_opening_and_a_video_when_it_is_read(
    url: str, hub: HubServer, recording: Path
) -> None:
    root = local_root(url)
    assert_read_as_the_folder(root, recording, url)
    for episode, fetched in ((0, 2), (1, 2), (2, 3)):
        np.testing.assert_array_equal(image(root, episode), image(recording, episode))
        assert len(videos(root)) == fetched
    assert {asked.method for asked in hub.asked} <= {"GET", "HEAD"}
    assert {asked.token for asked in hub.asked if NAME in asked.path} == {"hf_of_a_test"}


def test_only_what_was_pushed_since_is_fetched_again(
    url: str, hub: HubServer, recording: Path, tmp_path: Path
) -> None:
    root = local_root(url)
    image(root, 0)
    hub.asked.clear()
    assert local_root(url) == root and len(videos(root)) == 1
    assert not [asked for asked in hub.asked if "/resolve/" in asked.path]
    newer = shutil.copytree(recording, tmp_path / "newer")
    info = newer / "meta/info.json"
    info.write_text(info.read_text().replace('"robot_type": "', '"robot_type": "other '))
    hub.put(NAME, newer)
    hub.asked.clear()
    local_root(url)
    fetched = [asked.path for asked in hub.asked if "/resolve/" in asked.path]
    assert [path.rpartition("/resolve/main/")[2] for path in fetched] == ["meta/info.json"]
    assert (root / "meta/info.json").read_bytes() == info.read_bytes()
    assert len(videos(root)) == 1


def test_a_video_that_is_pushed_midway_is_not_mixed_with_the_others(
    url: str, hub: HubServer, recording: Path, tmp_path: Path
) -> None:
    root = local_root(url)
    newer = shutil.copytree(recording, tmp_path / "newer")
    last = max(newer.rglob("*.mp4"))
    last.write_bytes(last.read_bytes() + b"\0" * 8)
    hub.put(NAME, newer)
    np.testing.assert_array_equal(image(root, 0), image(recording, 0))
    with pytest.raises(SourceChangedError, match=r"was replaced while the dataset was read"):
        image(root, 2)
    assert len(videos(root)) == 1


def test_a_revision_and_a_folder_are_part_of_the_address(
    hub: HubServer, recording: Path, tmp_path: Path
) -> None:
    both = tmp_path / "both"
    shutil.copytree(recording, both / "left")
    repository = hub.put(NAME, both)
    first = repository.refs["main"]
    repository.tags["first/try"] = first
    repository.commit("main", {"README.md": b"nothing left"})
    for revision in (first, "first%2Ftry"):
        root = local_root(f"{URL}@{revision}/left")
        np.testing.assert_array_equal(image(root, 2), image(recording, 2))
    with pytest.raises(NotADatasetError, match=r"has no meta/info\.json"):
        local_root(f"{URL}/left")
    with pytest.raises(UsageError, match="has no such revision"):
        local_root(f"{URL}@never")


@pytest.mark.parametrize("size", ["same", "shorter"])
def test_content_that_the_list_does_not_give_is_thrown_away(
    url: str, hub: HubServer, recording: Path, size: str
) -> None:
    root = local_root(url)
    there = max(recording.rglob("*.mp4")).read_bytes()
    other = there[:-1] + bytes([there[-1] ^ 1]) if size == "same" else there[:-1]

    def fault(handler, asked) -> None:
        if asked.path.endswith(".mp4"):
            raise Answer(200, other)

    hub.fault = fault
    with pytest.raises(SourceChangedError):
        image(root, 2)
    assert videos(root) == []


def test_a_connection_that_breaks_off_leaves_nothing_half(url: str, hub: HubServer) -> None:
    root = local_root(url)

    def fault(handler, asked) -> None:
        if asked.path.endswith(".mp4"):
            handler.break_off(b"half", 1000)

    hub.fault = fault
    with pytest.raises(HubError):
        image(root, 0)
    assert videos(root) == []
    assert not [path for path in mirrors().rglob("*.mp4*") if path.suffix != ".lock"]
    hub.fault = lambda handler, asked: None
    image(root, 0)


def test_a_full_disk_is_not_the_hub_s(url: str, recording: Path) -> None:
    from labeler.remote.hub_store import HubStore

    name = max(recording.rglob("*.mp4")).relative_to(recording).as_posix()
    store = HubStore(url)
    listed = store.listing()[name]
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - closed below
    with full, pytest.raises(OSError, match="No space left") as error:
        store.fetch(name, listed, full)
    assert not isinstance(error.value, HubError)


@pytest.mark.parametrize("place", ["hf://lab/pick_cube", "hf://datasets/pick_cube", "hf://models"])
def test_what_is_no_address_of_a_dataset_is_refused(hub: HubServer, place: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a dataset") as error:
        local_root(place)
    assert "hf://datasets/OWNER/NAME" in str(error.value.cures)
    assert not hub.asked


def test_a_dataset_that_is_not_there(hub: HubServer) -> None:
    with pytest.raises(UsageError, match="There is no dataset lab/pick_cube on the Hub"):
        local_root(URL)
    assert not mirrors().exists()


def test_offline_nothing_is_asked(url: str, hub: HubServer, monkeypatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE is set"):
        local_root(url)
    assert not hub.asked


def ended(url: str, hub: HubServer, **more: str) -> subprocess.CompletedProcess[str]:
    """A command of its own process, which may not use the Hub unless it has a reason to."""
    there = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    there |= {"HF_ENDPOINT": hub.endpoint, **more}
    words = [sys.executable, "-m", "labeler", "inspect", url]
    return subprocess.run(words, env=there, capture_output=True, text=True, check=False)


def test_a_command_that_names_an_address_may_use_the_hub(url: str, hub: HubServer) -> None:
    done = ended(url, hub)
    assert done.returncode == 0, done.stderr
    assert "3 episodes" in done.stdout
    assert done.stderr == f"Next: labeler-train {url}\n"
    mirror = mirror_of(local_root(url))
    assert mirror is not None and mirror.url == url


def test_unless_the_user_forbids_it(url: str, hub: HubServer) -> None:
    done = ended(url, hub, HF_HUB_OFFLINE="1")
    assert (done.returncode, done.stdout) == (8, "")
    assert "HF_HUB_OFFLINE is set, so nothing was asked." in done.stderr
    assert not hub.asked


FORBIDDEN_SINCE = """
import sys
from labeler.offline import stay_offline
stay_offline()
import huggingface_hub
from labeler.remote import local_root
local_root(sys.argv[1])
stay_offline()
import os
print(os.environ.get("HF_HUB_OFFLINE"), huggingface_hub.constants.HF_HUB_OFFLINE)
"""


def test_what_was_imported_before_is_told(url: str, hub: HubServer) -> None:
    there = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    there |= {"HF_ENDPOINT": hub.endpoint}
    words = [sys.executable, "-c", FORBIDDEN_SINCE, url]
    done = subprocess.run(words, env=there, capture_output=True, text=True, check=False)
    assert done.stdout == "None False\n", done.stderr
