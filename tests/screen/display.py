"""A virtual screen of its own, and a hand on its keyboard and mouse."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeler.console.heartbeat import VARIABLE

TOOLS = ("Xvfb", "xdotool")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
MANAGER = [] if shutil.which("openbox") else ["openbox"]
"""A window manager, where it is missing."""
_PATIENCE = 120.0  # seconds
_STILL = 1.0  # seconds
_CURSOR = 60  # pixels
_STEADY = ("-noreset", "-r")
"""A server that resets when its last client leaves turns away whoever connects at that moment, and
one that repeats held keys types letters twice when the machine stops between press and release.
"""
_SHADES = " .:-=+*#%@"


class Display:
    """A running X server; `environment` leads programs to it."""

    def __init__(self, number: str, home: Path, pixels: Path):
        self._pixels = pixels
        self.pressed = 0
        """How many keys were pressed so far."""
        kinds = ("CONFIG", "DATA", "STATE", "CACHE")
        folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in kinds}
        # A slow machine is not the program's fault: what it prints then says nothing here.
        steady = {"DISPLAY": f":{number}", VARIABLE: "0"}
        self.environment = {**os.environ, **steady, **folders}
        # Compiled modules are kept, as those of an installed program are.
        for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "PYTHONDONTWRITEBYTECODE"):
            self.environment.pop(name, None)

    def keys(self, *names: str) -> None:
        """Press keys one after the other, as xdotool names them, at the pace of a quick hand."""
        self.pressed += len(names)
        self._do("key", "--delay", "30", *names)

    def type(self, text: str) -> None:
        """Type a text."""
        self.pressed += len(text)
        self._do("type", "--delay", "20", text)

    def click(self, at: tuple[int, int]) -> None:
        """Click with the left button at a place of the screen."""
        self._do("mousemove", str(at[0]), str(at[1]), "click", "1")

    def managed(self) -> bool:
        """Whether a window manager is at work."""
        return self._run("get_desktop").returncode == 0

    def window(self, title: str) -> str:
        """Wait for a visible window whose title matches, give it the focus; its id comes back."""
        found: list[str] = []

        def there() -> bool:
            search = self._run("search", "--onlyvisible", "--name", title)
            found[:] = search.stdout.split()
            return bool(found)

        wait_until(there, f"a window {title!r}")
        self._do("windowfocus", found[-1])
        return found[-1]

    def picture(self) -> NDArray[np.uint8]:
        """What is on the screen now: (height, width, 3), red, green, blue.

        The server keeps it in a file, in the format of `xwd`: numbers of 32 bits, the header's
        length first, then rows of blue, green, red and an unused byte.
        """
        data = self._pixels.read_bytes()
        header = np.frombuffer(data, ">u4", 25)
        start, width, height = (int(header[place]) for place in (0, 4, 5))
        line, colours = int(header[12]), int(header[19])
        rows = np.frombuffer(data, np.uint8, height * line, start + 12 * colours)
        return rows.reshape(height, line)[:, : 4 * width].reshape(height, width, 4)[..., 2::-1]

    def settle(self, before: NDArray[np.uint8]) -> None:
        """Wait until the screen is another one than `before` and has stood still for a second.

        A cursor that blinks in a field is no change.
        """
        seen, since = before, time.monotonic()

        def still() -> bool:
            nonlocal seen, since
            now = self.picture()
            if _differ(now, seen):
                seen, since = now, time.monotonic()
            return _differ(now, before) and time.monotonic() - since > _STILL

        wait_until(still, "a screen that stands still after a key")

    def sketch(self, columns: int = 120, lines: int = 45) -> str:
        """What is on the screen in letters, the brighter the denser: for a failure's message."""
        bright = self.picture().mean(axis=-1)
        height, width = (bright.shape[0] // lines, bright.shape[1] // columns)
        cut = bright[: lines * height, : columns * width]
        means = cut.reshape(lines, height, columns, width).mean(axis=(1, 3))
        steps = np.digitize(means, np.linspace(0, 256, len(_SHADES) + 1)[1:-1])
        return "\n".join("".join(_SHADES[step] for step in line).rstrip() for line in steps)

    def title(self, window: str) -> str:
        return self._run("getwindowname", window).stdout.strip()

    def _do(self, *arguments: str) -> None:
        done = self._run(*arguments)
        assert done.returncode == 0, f"xdotool {arguments}: {done.stderr}"

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["xdotool", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)


def _differ(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    return int((one != other).any(axis=-1).sum()) > _CURSOR


@contextmanager
def virtual_display(
    home: Path, size: str = "1280x800", *, manager: bool = False
) -> Iterator[Display]:
    """Start an X server on a free number, with a window manager if wanted; both end with the
    block.
    """
    home.mkdir(parents=True, exist_ok=True)
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp",
            "-fbdir", str(home), *_STEADY,
        ],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        display = Display(number, home, home / "Xvfb_screen0")
        with _managed(display) if manager else nullcontext():
            yield display
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _managed(display: Display) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["openbox"], env=display.environment, **quiet) as running:
        try:
            wait_until(display.managed, "a window manager")
            yield
        finally:
            running.terminate()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
    """Look again and again until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"there was never {what}"
        time.sleep(0.05)
