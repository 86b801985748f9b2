"""A recording in a bucket, and an environment in which its server is the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labeler.remote import store
from tests.conftest import MakeRecording
from tests.labeler.hub.conftest import hub as hub
from tests.labeler.remote.server import S3Server


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A server that is asked once, and waited for however busy the machine is."""
    monkeypatch.setattr(store, "_PATIENCE", 60.0)
    monkeypatch.setattr(store, "_ATTEMPTS", 1)
    running = S3Server(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("LABELER_REMOTE", str(tmp_path / "remote"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    use(monkeypatch, "anybody", "anything")
    yield running
    running.stop()


@pytest.fixture
def recording(make_recording: MakeRecording) -> Path:
    """Three episodes, each in a video file of its own; only to be read."""
    return make_recording("v3.0", (12, 9, 12), cameras=("image",), episodes_per_video_file=(1,))


@pytest.fixture
def url(server: S3Server, recording: Path) -> str:
    """Its address in the bucket."""
    return server.put(recording, "lab/pick_cube")


def use(monkeypatch: pytest.MonkeyPatch, key: str, secret: str) -> None:
    """The key that programs find in their environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
