"""What an operator does with the demo recording, by keys, and what becomes of it on the disk."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labeler.demo import true_labels
from labeler.labels import State
from tests.screen.display import Display, wait_until

EPISODES = 13


@contextmanager
def program(display: Display, recording: Path, labels: Path) -> Iterator[None]:
    """The real program on a recording; it has to end well and to leave the console silent."""
    command = [sys.executable, "-m", "labeler", str(recording), "--labels", str(labels)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, env=display.environment, **pipes) as running:
        try:
            display.window(recording.name)
            yield
            display.keys("ctrl+q")
            output, _ = running.communicate(timeout=120)
        except AssertionError as error:
            seen = display.sketch()
            running.kill()
            said = running.communicate()[0]
            raise AssertionError(f"{error}; the program said: {said}\n{seen}") from error
        finally:
            running.kill()
    assert running.returncode == 0, output
    assert output == "", f"the console stays silent, but: {output}"


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


def write(display: Display, copy: Path) -> None:
    """Write the copy by keys."""
    display.keys("ctrl+s")  # shows what would be written; once more writes it
    wait_until(lambda: written(display, copy), f"a copy at {copy}")


def written(display: Display, copy: Path) -> bool:
    if (copy / "meta" / "labeler").is_dir():
        return True
    time.sleep(1)
    display.keys("ctrl+s")
    return False


def assert_checked(recording: Path, copy: Path) -> None:
    """`labeler check` passes."""
    check = [sys.executable, "-m", "labeler", "check", str(copy), "--against", str(recording)]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
