"""The window reaches for no network: opening, labelling, writing the copy, closing."""

import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.labeler.ui.conftest import OpenWindow, Press
from tests.labeler.ui.writing.conftest import label_all, wait_preview, wait_written
from tests.network import refused


def test_no_attempt(
    open_window: OpenWindow, press: Press, qtbot: QtBot, root: Path, tmp_path: Path
) -> None:
    source = shutil.copytree(root, tmp_path / "recordings" / "pick_cube")
    with refused() as attempts:
        window = open_window(source)
        press(window, "Home", "S", "X")
        label_all(window)
        assert window.page is not None
        files = window.page.panels
        press(window, "Ctrl+Shift+S")
        wait_preview(files, qtbot)
        files.write_panel.write_button.click()
        wait_written(files, qtbot)
        window.actions_by_id["train.show"].trigger()
        qtbot.wait(50)
        window.close()
    assert (tmp_path / "recordings" / "pick_cube_labeled" / "meta" / "info.json").is_file()
    assert attempts == []
