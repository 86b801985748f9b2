"""The desktop entry runs this installation, and its icon is a picture."""

import configparser
import shlex
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

from labeler import __version__


def test_the_entry_runs_this_program(run, tmp_path: Path) -> None:
    for _ in range(2):  # renewed by a second call
        ended = run("--install-desktop-entry")
        assert ended.exit_code == 0, ended.output
    data = tmp_path / "data"
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(data / "applications" / "labeler.desktop", encoding="utf-8")
    words = shlex.split(entry["Desktop Entry"]["Exec"])
    assert words[-2:] == ["open", "%f"]
    told = subprocess.run([*words[:-2], "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith(f"labeler {__version__}")
    assert words[0] == sys.executable
    icon = data / "icons/hicolor/scalable/apps/labeler.svg"
    assert xml.etree.ElementTree.parse(icon).getroot().tag.endswith("svg")
