"""A Hub on this machine, which the commands take for the real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from labeler.hub import downloading
from labeler.remote import hub_connection as connection
from tests.labeler.hub.server import HubServer

NAME = "me/pick_lift"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    """A Hub that is waited for, however busy the machine is."""
    from huggingface_hub.utils import close_session

    with HubServer() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.endpoint)
        template = server.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "AGENT_HARNESSES_PATH", str(tmp_path / "harnesses.json"))
        monkeypatch.setattr(connection, "SECONDS", 120.0)
        monkeypatch.setattr(connection, "CONNECTING", 120.0)
        monkeypatch.setattr(downloading, "PAUSE", 0.01)
        monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
        monkeypatch.setenv("HF_LEROBOT_HOME", str(tmp_path / "lerobot"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server
        close_session()
