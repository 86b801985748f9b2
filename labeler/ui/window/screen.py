"""Whether a window can open here, found out before Qt would end the whole program."""

import ctypes
import importlib
import os
import sys
from pathlib import Path

from labeler.cures import UseCommands
from labeler.errors import WindowError

_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
_HEADLESS = UseCommands()


def has_screen() -> bool:
    """Whether there is a screen to open a window on."""
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal", "vnc"):
        return True
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"))


def check_screen() -> None:
    """See that Qt can open a window; it would abort the program otherwise.

    Raises:
        WindowError: no screen, a screen that cannot be reached, or a missing system library.
    """
    if not has_screen():
        raise WindowError("There is no screen to open a window on.", _HEADLESS)
    _check_libraries()
    if _uses_x11():
        _check_x11()


def missing_library(problem: str) -> WindowError:
    """The error for a library that the loader of the system did not find."""
    name = problem.split(":")[0].strip()
    package = _PACKAGES.get(name)
    cure = f"Install it, on Debian and Ubuntu with: sudo apt install {package}"
    return WindowError(
        f"The system library {name} is missing, so no window can open.",
        cure if package else "Install the package of your system that provides it.",
    )


def _check_libraries() -> None:
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        if "cannot open shared object" in str(error):
            raise missing_library(str(error)) from error
        raise
    if not _uses_x11():
        return
    import PySide6

    plugin = Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if plugin.is_file():
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            raise missing_library(str(error)) from error


def _uses_x11() -> bool:
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform:
        return platform == "xcb"
    x11 = bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")
    return sys.platform.startswith("linux") and x11


def _check_x11() -> None:
    """Connect to the X server once."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if failed:
        display = os.environ.get("DISPLAY", "")
        raise WindowError(
            f"The screen {display} cannot be reached.",
            "Check DISPLAY, or allow access to the X server.",
            _HEADLESS,
        )
