"""Addresses of Google's store, read from an emulator of it on loopback."""

import io
import logging
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gcp_storage_emulator.server import create_server

from labeler.errors import NotADatasetError, SourceChangedError, StoreError
from labeler.remote import local_root, store
from labeler.remote.store import Store
from tests.labeler.remote.cases import assert_read_as_the_folder, image

BUCKET, URL = "robots", "gs://robots/lab/pick_cube"


class Emulator:
    """A bucket; `asked` are the lines of the server's log."""

    def __init__(self, endpoint: str, log: "Log") -> None:
        self._endpoint = endpoint
        self.asked = log.lines
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def put(self, name: str, body: bytes) -> None:
        query = urllib.parse.urlencode({"uploadType": "media", "name": name})
        place = f"{self._endpoint}/upload/storage/v1/b/{BUCKET}/o?{query}"
        self._opener.open(urllib.request.Request(place, data=body, method="POST")).read()


class Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An empty bucket, whose answers are waited for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(store, "_PATIENCE", 60.0)
    monkeypatch.setattr(store, "_ATTEMPTS", 1)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("LABELER_REMOTE", str(tmp_path / "remote"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    log, logger = Log(), logging.getLogger("gcp_storage_emulator")
    logger.addHandler(log)
    logger.setLevel(logging.INFO)
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket=BUCKET)
    server.start()
    yield Emulator(f"http://127.0.0.1:{port}", log)
    server.stop()
    logger.removeHandler(log)


@pytest.fixture
def url(emulator: Emulator, recording: Path) -> str:
    """Address of the recording."""
    for path in sorted(recording.rglob("*")):
        if path.is_file():
            name = path.relative_to(recording).as_posix()
            emulator.put(f"lab/pick_cube/{name}", path.read_bytes())
    emulator.asked.clear()
    return URL


def test_a_dataset_is_that_of_the_folder(url: str, emulator: Emulator, recording: Path) -> None:
    root = local_root(url)
    assert_read_as_the_folder(root, recording, url)
    requests = [line for line in emulator.asked if "/storage/v1/" in line]
    assert requests and not [line for line in requests if not line.startswith(('"GET', "GET"))]


def test_what_was_replaced_is_noticed(url: str, emulator: Emulator, recording: Path) -> None:
    root = local_root(url)
    name = max(recording.rglob("*.mp4")).relative_to(recording).as_posix()
    time.sleep(1.1)  # its times may be of whole seconds
    emulator.put(f"lab/pick_cube/{name}", (recording / name).read_bytes())
    with pytest.raises(SourceChangedError, match="was replaced while the dataset was read"):
        image(root, 2)
    local_root(url)
    np.testing.assert_array_equal(image(root, 2), image(recording, 2))


class Replacing(io.BytesIO):
    """Replaces an object by another of the same length as soon as some of it is written."""

    def __init__(self, emulator: Emulator, name: str, body: bytes) -> None:
        super().__init__()
        self._replace = lambda: emulator.put(name, body)

    def write(self, block: bytes) -> int:
        self._replace()
        return super().write(block)


def test_an_object_that_is_replaced_while_it_is_read_is_noticed(
    url: str, emulator: Emulator, recording: Path
) -> None:
    name = max(recording.rglob("*.mp4")).relative_to(recording).as_posix()
    body = (recording / name).read_bytes()
    reading = Store(url)
    same = io.BytesIO()
    reading.fetch(name, reading.listing()[name], same)
    assert same.getvalue() == body
    replacing = Replacing(emulator, f"lab/pick_cube/{name}", bytes(reversed(body)))
    with pytest.raises(SourceChangedError, match="was replaced"):
        reading.fetch(name, reading.listing()[name], replacing)


def test_what_is_not_there_is_named(url: str) -> None:
    with pytest.raises((StoreError, NotADatasetError), match="gs://robots/nothing/here"):
        local_root("gs://robots/nothing/here")
    with pytest.raises(StoreError, match="There is no gs://absent/lab"):
        local_root("gs://absent/lab")
