"""The real program on a real (virtual) screen: the demo is labelled by keys, written, checked."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labeler.demo import true_labels, write_demo
from labeler.labels import State
from tests.screen.display import MISSING, Display, virtual_display, wait_until

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
EPISODES = 13


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo") / "pick_lift"
    write_demo(root, "v3.0", lambda episode: None)
    return root


def label(display: Display, episode: int) -> None:
    """Label the episode shown as it truly is, the way an operator would."""
    truth = true_labels()[episode]
    if truth.state is State.NEVER:
        display.keys("x")
    elif truth.cutoff is not None:
        go(display, truth.cutoff)
        display.keys("s")
    else:
        for part in truth.success:
            go(display, part.start)
            display.keys("r")
            go(display, part.end - 1)
            display.keys("r")


def go(display: Display, frame: int) -> None:
    display.keys("g")
    display.type(str(frame))
    display.keys("Return")


def states(file: Path) -> list[tuple[str, list]]:
    """State and success ranges of every episode in a label file; empty before there is one."""
    if not file.is_file():
        return []
    lines = json.loads(file.read_text())["episodes"]
    return [(line.get("state", "unlabeled"), line.get("success", [])) for line in lines.values()]


def test_the_demo_is_labelled_written_and_checked(recording: Path, tmp_path: Path) -> None:
    labels = tmp_path / "demo.labels.json"
    copy = recording.with_name("pick_lift_labeled")
    command = [sys.executable, "-m", "labeler", str(recording), "--labels", str(labels)]
    with virtual_display(tmp_path / "home") as display:
        program = subprocess.Popen(
            command, env=display.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        try:
            window = display.window("pick_lift")
            label_all_and_write(display, labels, copy)
            display.keys("ctrl+q")
            output, _ = program.communicate(timeout=60)
        finally:
            program.kill()
    assert program.returncode == 0, output
    assert output == "", f"the console stays silent, of window {window} came: {output}"
    expected = [
        (label.state.value, [[p.start, p.end] for p in label.success])
        for _, label in sorted(true_labels().items())
    ]
    assert states(labels) == expected
    assert_checked(recording, copy, labels)


def label_all_and_write(display: Display, labels: Path, copy: Path) -> None:
    start = time.monotonic()
    for episode in range(EPISODES):
        label(display, episode)
    assert time.monotonic() - start < 60, "the demo is labelled in under a minute"
    wait_until(lambda: len(states(labels)) == EPISODES, "a label file")
    complete = states(labels)
    display.keys("ctrl+z", "ctrl+z", "ctrl+z")
    wait_until(lambda: states(labels) != complete, "three steps undone in the label file")
    display.keys("ctrl+shift+z", "ctrl+shift+z", "ctrl+shift+z")
    wait_until(lambda: states(labels) == complete, "three steps done again")
    display.keys("ctrl+s")  # shows what would be written; once more writes it
    wait_until(lambda: written(display, copy), f"a copy at {copy}")


def written(display: Display, copy: Path) -> bool:
    if (copy / "meta" / "labeler").is_dir():
        return True
    time.sleep(1)
    display.keys("ctrl+s")
    return False


def assert_checked(recording: Path, copy: Path, labels: Path) -> None:
    """`labeler check` passes, and the ten reference episodes hold 584 success frames."""
    check = [sys.executable, "-m", "labeler", "check", str(copy), "--against", str(recording)]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    reference = states(labels)[:10]
    assert sum(end - start for _, ranges in reference for start, end in ranges) == 584
