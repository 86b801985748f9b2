"""The Hub's panel against a Hub on this machine: asked when told to, and only then."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from labeler.runs import process
from labeler.ui.hub.hub_panel import HubPanel
from labeler.ui.kit.cures import Action
from labeler.ui.window.main_window import MainWindow
from tests.labeler.hub.server import Answer, HubServer
from tests.labeler.ui.conftest import OpenWindow
from tests.network import refused
from tests.snapshot import snapshot

NAME = "me/pick_cube"
HURRIED = """
from labeler.remote import hub_connection as connection
connection.SECONDS = 1.0
from labeler.__main__ import main
main()
"""
"""The same program with a Hub that may be silent for a second only."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    """A Hub that programs started from here take for the real one."""
    with HubServer() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        monkeypatch.setenv("HF_LEROBOT_HOME", str(tmp_path / "lerobot"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield server


def opened(window: MainWindow) -> HubPanel:
    window.actions_by_id["file.hub"].trigger()
    assert window.page is not None
    panel = window.page.single.hub_panel
    assert panel.isVisible()
    return panel


@pytest.fixture
def panel(open_window: OpenWindow, root: Path) -> HubPanel:
    return opened(open_window(root))


def compare(panel: HubPanel, qtbot: QtBot, name: str = NAME) -> None:
    panel.repo_id.setText(name)
    panel.compare_button.click()
    assert panel.tool.running and panel.cancel_button.isVisible()
    qtbot.waitUntil(lambda: not panel.tool.running)


def test_nobody_is_asked_before_the_button_is_pressed(
    open_window: OpenWindow, root: Path, hub: HubServer, qtbot: QtBot
) -> None:
    hub.put(NAME, root)
    imported = "huggingface_hub" in sys.modules  # by another test of this process
    with refused() as attempts:
        panel = opened(open_window(root))
        assert not panel.compare_button.isEnabled()
        panel.repo_id.setText(NAME)
        panel.revision.setText("main")
        panel.folder.setCurrentIndex(0)
        panel.copy_button.click()
        qtbot.wait(300)
        assert not panel.tool.running
        panel.close_button.click()
        qtbot.wait(100)
    assert attempts == [] and hub.asked == []
    assert ("huggingface_hub" in sys.modules) == imported
    window = panel.window()
    assert isinstance(window, MainWindow)
    compare(opened(window), qtbot)
    assert hub.asked


def test_what_differs_is_shown_and_nothing_is_written(
    panel: HubPanel, hub: HubServer, root: Path, qtbot: QtBot
) -> None:
    before = snapshot(root)
    repository = hub.put(NAME, root)
    files = dict(repository.main)
    data = next(name for name in files if name.startswith("data/"))
    files[data] = bytes(reversed(files[data]))
    files["meta/more.json"] = b"{}"
    del files["meta/stats.json"]
    commit = repository.commit("main", files)
    compare(panel, qtbot)
    told = panel.comparison.texts()
    assert panel.trouble.isHidden(), panel.trouble.what.text()
    assert f"Other content: {data}" in told
    assert "Only here: meta/stats.json" in told
    assert "Only on the Hub: meta/more.json" in told
    assert told.count("4") == 2 and told.count("110") == 2, "episodes and frames of both sides"
    assert commit[:12] in told
    assert any(text.startswith("LeRobot 0.5 and newer does not look here") for text in told)
    assert snapshot(root) == before
    assert all(asked.method == "GET" for asked in hub.asked)
    panel.repo_id.setText("me/other")
    assert not panel.comparison.isVisible(), "what is shown is about another name"


def test_a_long_name_keeps_everything_inside_the_panel(
    panel: HubPanel, hub: HubServer, root: Path, qtbot: QtBot
) -> None:
    """Panels do not scroll sideways: what is wider than one is cut, its close button as well."""
    name = "robotics-lab-of-the-university/" + "_".join(["pick_and_place_the_cube"] * 3)
    panel.setFixedWidth(panel.least_width)
    repository = hub.put(name, root)
    repository.commit("main", {**repository.main, "meta/" + "notes_" * 12 + ".json": b"{}"})
    compare(panel, qtbot, name)
    assert panel.comparison.isVisible()
    page, room = panel.widget(), panel.viewport().width()
    assert page.width() == room, f"{page.minimumSizeHint().width()} pixels are needed"
    for part in (panel.close_button, *panel.comparison.findChildren(QLabel)):
        right = part.mapTo(page, part.rect().topRight()).x()
        assert right <= room, part.text()


def test_harm_is_marked(
    open_window: OpenWindow, hub: HubServer, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    """The folder lies where LeRobot looks, and lacks a file that it wants."""
    place = tmp_path / "lerobot" / NAME
    shutil.copytree(root, place)
    hub.put(NAME, place)
    panel = opened(open_window(place))
    next((place / "data").rglob("*.parquet")).unlink()
    compare(panel, qtbot)
    told = panel.comparison.texts()
    assert any(text.startswith("⚠ LeRobot 0.5 and newer replaces or adds 1 file") for text in told)
    assert any("incomplete" in text for text in told)


def test_a_dataset_that_is_not_there(panel: HubPanel, hub: HubServer, qtbot: QtBot) -> None:
    compare(panel, qtbot)
    assert any("There is no such dataset" in text for text in panel.comparison.texts())


def test_a_revision_that_is_not_there_leads_to_its_field(
    panel: HubPanel, hub: HubServer, root: Path, qtbot: QtBot
) -> None:
    hub.put(NAME, root)
    panel.revision.setText("v9")
    compare(panel, qtbot)
    assert "has no such revision" in panel.trouble.what.text()
    assert panel.trouble.cure.text() == "Check the revision."
    button = panel.trouble.buttons[Action.CHANGE_REVISION]
    assert [one for one in panel.trouble.buttons.values() if one.isVisible()] == [button]
    button.click()
    assert panel.revision.hasFocus()
    panel.revision.setText("main")
    compare(panel, qtbot)
    assert panel.trouble.isHidden(), panel.trouble.what.text()


def answers(status: int):
    def fault(handler, asked) -> None:
        raise Answer(status)

    return fault


def hangs_up(handler, asked) -> None:
    handler.break_off(b"{", 500)


@pytest.mark.parametrize(
    ("fault", "what", "cure"),
    [
        (answers(401), "(401)", "Log in with `hf auth login`"),
        (answers(403), "(403)", "Log in with `hf auth login`"),
        (answers(503), "The Hub reports a server error (503)", "Try again later"),
        (hangs_up, "cannot be reached, or the connection broke off", "Check the network"),
    ],
    ids=["401", "403", "503", "breaks off"],
)
def test_what_the_hub_refuses_is_told_in_place(
    fault, what: str, cure: str, panel: HubPanel, hub: HubServer, root: Path, qtbot: QtBot
) -> None:
    hub.put(NAME, root)
    hub.fault = fault
    compare(panel, qtbot)
    assert what in panel.trouble.what.text()
    assert cure in panel.trouble.cure.text().replace("\u200b", "")
    assert not panel.comparison.isVisible() and panel.compare_button.isEnabled()


def test_no_hub_and_a_user_who_forbids_it(
    panel: HubPanel, hub: HubServer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    compare(panel, qtbot)
    assert "cannot be reached" in panel.trouble.what.text()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    compare(panel, qtbot)
    assert "HF_HUB_OFFLINE" in panel.trouble.what.text().replace("\u200b", "")
    assert hub.asked == []


def test_a_silent_hub_is_given_up(desk, hub: HubServer, root: Path, qtbot: QtBot) -> None:
    hub.put(NAME, root)
    hub.fault = lambda handler, asked: handler.trickle(20)
    panel = HubPanel(desk, (sys.executable, "-c", HURRIED))
    qtbot.addWidget(panel)
    panel.show()
    panel.set_shown(True)
    compare(panel, qtbot)
    assert "cannot be reached" in panel.trouble.what.text()


def test_cancel_and_closing_end_the_process(
    panel: HubPanel, hub: HubServer, root: Path, qtbot: QtBot
) -> None:
    hub.put(NAME, root)
    hub.fault = lambda handler, asked: handler.trickle(20)
    for end in (panel.cancel_button, panel.close_button):
        panel.repo_id.setText(NAME)
        asked = len(hub.asked)
        panel.compare_button.click()
        qtbot.waitUntil(lambda asked=asked: len(hub.asked) > asked)
        pid = panel.tool.pid
        born = process.birth(pid)
        end.click()
        assert not process.alive(pid, born) and not panel.tool.running
        assert panel.state.text() == "Cancelled."


def test_a_download_goes_into_a_new_folder(
    panel: HubPanel, hub: HubServer, root: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    hub.put(NAME, root)
    panel.repo_id.setText(NAME)
    panel.download(tmp_path / "new")
    qtbot.waitUntil(lambda: not panel.tool.running)
    assert panel.trouble.isHidden(), panel.trouble.what.text()
    assert "Downloaded and verified" in panel.state.text()
    assert (tmp_path / "new" / "meta" / "info.json").read_bytes() == (
        root / "meta" / "info.json"
    ).read_bytes()
    (tmp_path / "new" / "mine").touch()
    panel.download(tmp_path / "new")
    qtbot.waitUntil(lambda: not panel.tool.running)
    assert panel.trouble.isVisible() and "new" in panel.trouble.what.text()


def test_the_command_that_pushes_is_copied(panel: HubPanel, root: Path) -> None:
    assert not panel.copy_button.isEnabled()
    panel.repo_id.setText(NAME)
    panel.copy_button.click()
    wanted = f"labeler hub push {root} --repo-id {NAME}"
    assert QApplication.clipboard().text() == wanted
