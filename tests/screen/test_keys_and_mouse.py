"""Ten episodes by keys only and ten by the mouse only, under a window manager: labels are true."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from labeler.demo import true_labels
from labeler.labels import EpisodeLabel, State
from tests.screen.demo import label, states
from tests.screen.display import MANAGER, MISSING, Display, virtual_display, wait_until

pytestmark = pytest.mark.skipif(
    bool(MISSING + MANAGER), reason=f"not installed: {', '.join(MISSING + MANAGER)}"
)
EPISODES = 10
SCREENS = {"keys": "1280x800", "mouse": "1024x640"}  # the usual laptop, and the smallest supported


class Eye:
    """What the window says that is on the screen."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def look(self) -> dict[str, Any]:
        return json.loads(self._file.read_text()) if self._file.is_file() else {}

    def wait(self, **wanted: object) -> dict[str, Any]:
        """Look until this is seen."""
        wait_until(lambda: self._shows(wanted), f"{wanted} on the screen")
        return self.look()

    def _shows(self, wanted: dict[str, object]) -> bool:
        seen = self.look()
        return bool(seen) and all(seen[name] == value for name, value in wanted.items())


@contextmanager
def window(display: Display, recording: Path, labels: Path, report: Path) -> Iterator[Eye]:
    """The window; a window manager gives it the focus, and its frame fits the screen."""
    command = [sys.executable, "-m", "tests.screen.watched_window"]
    with subprocess.Popen(
        [*command, str(recording), str(labels), str(report)],
        env=display.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        try:
            eye = Eye(report)
            eye.wait(active=True, inside=True, episode=0)
            yield eye
            assert (running.communicate(timeout=120)[0], running.returncode) == ("", 0)
        except AssertionError as error:
            running.kill()
            raise AssertionError(f"{error}; the window said: {running.communicate()[0]}") from error
        finally:
            running.kill()


@pytest.mark.parametrize("hand", SCREENS)
def test_ten_episodes_are_labelled_as_they_are(hand: str, recording: Path, tmp_path: Path) -> None:
    labels = tmp_path / "demo.labels.json"
    with (
        virtual_display(tmp_path / "home", SCREENS[hand], manager=True) as display,
        window(display, recording, labels, tmp_path / "seen.json") as eye,
    ):
        for episode in range(EPISODES):
            if hand == "keys":
                label(display, episode)
            else:
                label_by_mouse(display, eye, episode, true_labels()[episode])
        if hand == "keys":
            display.keys("ctrl+q")
        else:
            display.click(eye.look()["cross"])
    wait_until(lambda: len(states(labels)) >= EPISODES, "a label file")
    expected = [
        (true.state.value, [[part.start, part.end] for part in true.success])
        for true in (true_labels()[episode] for episode in range(EPISODES))
    ]
    assert states(labels)[:EPISODES] == expected


def label_by_mouse(display: Display, eye: Eye, episode: int, truth: EpisodeLabel) -> None:
    """Click the row, the frames in the filmstrip, and the buttons."""
    display.click(eye.look()["rows"][str(episode)])
    seen = eye.wait(episode=episode, row=episode)
    assert seen["card"].startswith(f"Episode {episode}\nunlabeled")
    if truth.state is State.NEVER:
        press(display, eye, "Never succeeds, next")
    elif truth.cutoff is not None:
        go(display, eye, truth.cutoff)
        press(display, eye, "Success from here, next")
    else:
        for part in truth.success:
            for frame in (part.start, part.end - 1):
                go(display, eye, frame)
                press(display, eye, "Start or end of a success range")


def go(display: Display, eye: Eye, frame: int) -> None:
    display.click(eye.look()["frames"][frame])
    eye.wait(frame=frame, playing=False)


def press(display: Display, eye: Eye, button: str) -> None:
    before = eye.look()
    display.click(before["buttons"][button])
    if "next" in button:
        eye.wait(episode=before["episode"] + 1, row=before["episode"] + 1)
