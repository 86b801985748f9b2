"""The entry by which Linux desktops show the window among the applications.

Desktop Entry Specification 1.5 and Icon Theme Specification 0.13 of freedesktop.org.
"""

import shlex
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_data_path

from labeler import disk
from labeler.resource import resource

NAME = "labeler"
"""Of entry and icon: what Qt gives the window as its application's name, too."""


def write_desktop_entry(command: Sequence[str]) -> tuple[Path, Path]:
    """Write or renew the entry that runs a command, and its icon; their paths come back.

    Raises:
        StorageError: they cannot be written.
    """
    data = user_data_path()
    entry = data / "applications" / f"{NAME}.desktop"
    icon = data / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"
    text = (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Version=1.5\n"
        "Name=Labeler\n"
        "Comment=Label recorded robot episodes for a reward classifier\n"
        f"Exec={shlex.join(command)} open %f\n"
        f"Icon={NAME}\n"
        "Terminal=false\n"
        "Categories=Science;Robotics;\n"
        f"StartupWMClass={NAME}\n"
    )
    content = {entry: text.encode(), icon: resource("icons/labeler.svg").read_bytes()}
    for path, data_bytes in content.items():
        disk.make_folders(path.parent)
        disk.rewrite(path, data_bytes)
    return entry, icon
