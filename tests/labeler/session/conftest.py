"""A recording made once, sessions that are closed in the end, and a home of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labeler.session import Session
from tests.conftest import recording_maker

LENGTHS = (12, 9, 15, 4)

OpenSession = Callable[..., Session]


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of episodes of `LENGTHS` that no test changes."""
    make = recording_maker(tmp_path_factory.mktemp("session"))
    tasks = ("pick up the red cube", "put it down")
    return make("v3.0", LENGTHS, size=(32, 32), tasks=tasks)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with the user's data, settings and state."""
    folder = tmp_path / "home"
    for kind in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    return folder


@pytest.fixture
def open_session(recording: Path) -> Iterator[OpenSession]:
    """Function that opens a session on `recording`, or on the folder given; closed in the end."""
    sessions: list[Session] = []

    def opened(labels: Path | None = None, root: Path = recording, **options) -> Session:
        sessions.append(Session.open(root, labels, **options))
        return sessions[-1]

    yield opened
    for session in reversed(sessions):
        session.close()


@pytest.fixture
def session(open_session: OpenSession) -> Session:
    """A session on `recording` with labels at the default place."""
    return open_session(author="operator")
