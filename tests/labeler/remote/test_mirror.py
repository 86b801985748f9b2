"""Datasets in a bucket of a real S3 server: read as folders are, fetched by file, never written."""

import io
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from labeler.cures import DownloadDataset
from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import changes_since, fingerprint
from labeler.errors import (
    DamagedDatasetError,
    NotADatasetError,
    SourceChangedError,
    StoreError,
    UsageError,
)
from labeler.inspection import inspect_dataset
from labeler.remote import local_root, mirror_of, remote_url
from labeler.remote.mirror import RECORD, mirrors
from labeler.remote.store import Store
from tests.labeler.remote.cases import assert_read_as_the_folder, image, videos
from tests.labeler.remote.conftest import use
from tests.labeler.remote.server import BUCKET, S3Server


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("s3://robots/pick/", "s3://robots/pick"),
        (Path("s3://robots/pick"), "s3://robots/pick"),
        ("gs://robots/pick", "gs://robots/pick"),
        ("hf://datasets/me/pick", "hf://datasets/me/pick"),
        ("/data/s3:/robots", None),
        ("s3:", None),
        ("ftp://robots/pick", None),
    ],
)
def test_addresses_are_told_from_folders(typed: str | Path, url: str | None) -> None:
    assert remote_url(typed) == url


def test_keys_that_would_lead_out_of_the_folder_are_left_alone(
    url: str, server: S3Server, tmp_path: Path
) -> None:
    """A key is any text: what follows the address may begin with a slash."""
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(b"somebody's own")
    key = f"lab/pick_cube/{kept}"
    for body in (b"first", b"replaced since"):  # what changed is dropped from the mirror
        server.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        assert str(kept) not in mirror_of(local_root(url)).objects
    server.s3.delete_object(Bucket=BUCKET, Key=key)
    local_root(url)
    assert kept.read_bytes() == b"somebody's own"


def test_rows_come_at_opening_and_a_video_when_it_is_read(
    url: str, server: S3Server, recording: Path
) -> None:
    before = server.objects()
    root = local_root(url)
    assert_read_as_the_folder(root, recording, url)
    with open_dataset(root) as remote, open_dataset(recording) as local:
        assert inspect_dataset(remote).oddities == inspect_dataset(local).oddities
    assert videos(root) == videos(recording)
    assert server.objects() == before, "nothing is ever written to a store"


def test_what_changed_in_the_store_is_fetched_again(
    url: str, server: S3Server, recording: Path
) -> None:
    root = local_root(url)
    image(root, 0)
    kept, since = root / "meta/info.json", (root / "meta/info.json").stat().st_ino
    assert local_root(url) == root and kept.stat().st_ino == since and len(videos(root)) == 1
    told = json.loads(kept.read_text()) | {"robot_type": "other"}
    put(server, "lab/pick_cube/meta/info.json", json.dumps(told).encode())
    video = next(iter(sorted(recording.rglob("*.mp4"))))
    name = video.relative_to(recording).as_posix()
    put(server, f"lab/pick_cube/{name}", video.read_bytes() + b"\0" * 8)
    with open_dataset(root) as before:
        first = fingerprint(before)
    local_root(url)
    assert json.loads(kept.read_text())["robot_type"] == "other"
    assert videos(root) == []
    with open_dataset(root) as after:
        assert fingerprint(after) != first
        assert "info.json" in changes_since(after, datetime.now(UTC) - timedelta(days=1))
    server.s3.delete_object(Bucket=BUCKET, Key=f"lab/pick_cube/{name}")
    local_root(url)
    with open_dataset(root) as lacking:
        assert name not in lacking.mirror.objects
        assert fingerprint(lacking, missing_ok=True)
    with pytest.raises(DamagedDatasetError, match=r"\.mp4"):
        image(root, 0)


def put(server: S3Server, key: str, body: bytes) -> None:
    """Replace an object; its time is of whole seconds."""
    time.sleep(1.1)
    server.s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def test_a_video_that_is_replaced_midway_is_not_mixed_with_the_others(
    url: str, server: S3Server, recording: Path
) -> None:
    root = local_root(url)
    video = max(recording.rglob("*.mp4"))
    put(server, f"lab/pick_cube/{video.relative_to(recording).as_posix()}", video.read_bytes())
    image(root, 0)
    with pytest.raises(SourceChangedError, match="was replaced while the dataset was read"):
        image(root, 2)
    assert len(videos(root)) == 1
    local_root(url)
    image(root, 2)


class Replacing(io.BytesIO):
    """Replaces an object by another of the same length as soon as some of it is written."""

    def __init__(self, server: S3Server, key: str, body: bytes) -> None:
        super().__init__()
        self._put = partial(server.s3.put_object, Bucket=BUCKET, Key=key, Body=body)

    def write(self, block: bytes) -> int:
        self._put()
        return super().write(block)


def test_an_object_that_is_replaced_in_the_same_second_is_noticed_by_its_tag(
    server: S3Server, url: str, recording: Path
) -> None:
    name = max(recording.rglob("*.mp4")).relative_to(recording).as_posix()
    body = (recording / name).read_bytes()
    key = f"lab/pick_cube/{name}"
    store = Store(url)
    server.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    same = io.BytesIO()
    store.fetch(name, store.listing()[name], same)
    assert same.getvalue() == body
    with pytest.raises(SourceChangedError, match="was replaced"):
        store.fetch(name, store.listing()[name], Replacing(server, key, bytes(reversed(body))))


def test_a_full_disk_is_not_the_store_s(url: str, recording: Path) -> None:
    name = max(recording.rglob("*.mp4")).relative_to(recording).as_posix()
    store = Store(url)
    listed = store.listing()[name]
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - closed below
    with full, pytest.raises(OSError, match="No space left") as error:
        store.fetch(name, listed, full)
    assert not isinstance(error.value, StoreError)


def test_a_network_that_goes_midway_leaves_what_was_fetched(url: str, server: S3Server) -> None:
    root = local_root(url)
    image(root, 0)
    server.stop()
    image(root, 0)
    with pytest.raises(StoreError, match=r"s3://robots/lab/pick_cube/.*cannot be read") as error:
        image(root, 2)
    assert error.value.cures
    assert len(videos(root)) == 1
    assert not [path for path in root.rglob("*") if "staged" in path.name or path.suffix == ".new"]
    with pytest.raises(StoreError, match="cannot be read"):
        local_root(url)


def test_a_key_that_may_only_read_is_enough_and_a_wrong_one_is_refused(
    url: str, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, *server.reader())
    image(local_root(url), 0)
    use(monkeypatch, "AKIAWRONGWRONGWRONG1", "wrong")
    with pytest.raises(StoreError, match="access is denied") as error:
        local_root(url)
    assert "credentials" in str(error.value.cures)


@pytest.mark.parametrize("place", ["s3://absent/lab/pick_cube", "s3://robots/nothing/here"])
def test_what_is_not_in_the_store_is_named(server: S3Server, place: str) -> None:
    with pytest.raises(StoreError, match=f"There is no {place}"):
        local_root(place)
    assert not mirrors().exists()


@pytest.mark.parametrize("name", ["meta/../../evil.json", "meta/a\\b.json", "data/c:x.parquet"])
def test_names_that_lead_elsewhere_are_passed_over(url: str, server: S3Server, name: str) -> None:
    server.s3.put_object(Bucket=BUCKET, Key=f"lab/pick_cube/{name}", Body=b"{}")
    root = local_root(url)
    mirror = mirror_of(root)
    assert mirror is not None and name not in mirror.objects
    last = name.rpartition("/")[2]
    assert not [path for path in mirrors().rglob("*") if path.name in ("evil.json", last)]


def test_a_bucket_without_a_dataset_is_refused(server: S3Server) -> None:
    server.s3.put_object(Bucket=BUCKET, Key="notes/a.txt", Body=b"x")
    with pytest.raises(NotADatasetError, match=r"s3://robots/notes has no meta/info\.json"):
        local_root("s3://robots/notes")


def test_videos_that_were_not_used_for_long_make_room(
    url: str, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = max(path.stat().st_size for path in recording.rglob("*.mp4"))
    monkeypatch.setenv("LABELER_REMOTE_GIB", str(2 * size / (1 << 30)))
    root = local_root(url)
    image(root, 0)
    image(root, 1)
    first, second = (root / name for name in videos(root))
    os.utime(first, (time.time() - 1000,) * 2)
    os.utime(second, (time.time() - 500,) * 2)
    image(root, 0)  # used now
    image(root, 2)
    assert first.is_file() and not second.exists() and len(videos(root)) == 2
    image(root, 1)
    assert len(videos(root)) == 3, "what was used a moment ago may be open"


def test_other_commands_say_that_they_read_folders(url: str) -> None:
    with pytest.raises(UsageError, match="s3://robots/lab/pick_cube is in an object store"):
        open_dataset(Path(url))
    with pytest.raises(UsageError, match="hf://datasets/me/pick@v1/left is on the Hub") as error:
        open_dataset(Path("hf://datasets/me/pick@v1/left"))
    assert error.value.cures == (DownloadDataset("me/pick"),)


def test_a_folder_whose_record_is_damaged_is_no_mirror(url: str) -> None:
    root = local_root(url)
    assert mirror_of(root) is not None
    (root.parent / RECORD).write_text("{")
    assert mirror_of(root) is None
    assert mirror_of(local_root(url)) is not None


def test_a_command_of_its_own_process_reads_the_store(url: str, recording: Path) -> None:
    """Our processes leave Arrow's file systems of clouds out until an address is given."""
    words = [sys.executable, "-m", "labeler", "inspect"]
    done = [
        subprocess.run([*words, str(place)], capture_output=True, text=True, check=False)
        for place in (url, recording)
    ]
    assert done[0].returncode == done[1].returncode == 0, done[0].stderr
    assert "3 episodes" in done[0].stdout
    assert done[0].stderr == f"Next: labeler-train {url}\n"  # the window wants a folder


@pytest.mark.parametrize("words", [("open",), ("check",), ("apply",)])
def test_what_wants_a_folder_says_so(words, url: str, run) -> None:
    done = run(*words, url)
    assert done.exit_code == 2
    assert f"{url} is in an object store" in done.stderr
