"""The menu Help: the guide that comes along, versions, and the folder for a bug report."""

import json
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler import __version__
from labeler.storage.program.reports import write_crash_report
from labeler.ui.desk.desk import Desk
from labeler.ui.window.guide import _is_heading, _slug
from labeler.ui.window.main_window import MainWindow
from tests.labeler.ui.conftest import Press
from tests.labeler.ui.mouse import button, click

DOCS = Path(__file__).resolve().parents[4] / "docs"


def test_f1_opens_the_guide_and_escape_closes_it(window: MainWindow, press: Press) -> None:
    press(window, "F1")
    guide = window.help.guide
    assert guide.isVisible()
    assert guide.pages.toPlainText().strip()
    QTest.keyClick(guide.pages, "\x1b")
    assert not guide.isVisible()


def test_links_of_the_guide_lead_to_pages_and_sections(window: MainWindow) -> None:
    guide = window.help.guide
    guide.open()
    guide.pages.anchorClicked.emit(QUrl("window.md#several-recordings"))
    assert guide.pages.source().fileName() == "window.md"
    assert guide.pages.textCursor().block().text() == "Several recordings"
    click(button(guide, "Back"))
    assert guide.pages.source().fileName() == "README.md"
    guide.close()


def test_every_section_that_a_page_links_to_is_found(window: MainWindow) -> None:
    guide = window.help.guide
    guide.show_page("internals.md")
    block, slugs = guide.pages.document().firstBlock(), set()
    while block.isValid():
        if _is_heading(block):
            slugs.add(_slug(block.text()))
        block = block.next()
    assert {"five-flows", "s--disk", "what-fails-how"} <= slugs


def test_a_link_of_the_web_goes_to_the_browser(window: MainWindow, monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toString()))
    window.help.guide.open()
    window.help.guide.pages.anchorClicked.emit(QUrl("https://example.org/page"))
    assert asked == ["https://example.org/page"]
    assert window.help.guide.pages.source().fileName() == "README.md"
    window.help.guide.close()


def test_about_copies_what_a_bug_report_needs(window: MainWindow, desk: Desk, press: Press) -> None:
    window.actions_by_id["help.about"].trigger()
    about = window.help.about
    assert about.isVisible() and QApplication.focusWidget() is about.copy
    assert f"Labeler {__version__}" in about.text.text() and "PyAV" in about.text.text()
    assert about.card.width() == 560  # at which the text reads well, in a window of any size
    press(window, "Return")
    assert QGuiApplication.clipboard().text().startswith(f"Labeler {__version__}\nPython ")
    press(window, "Tab", "Return")  # Close, which Tab leads to
    assert not about.isVisible()
    assert not desk.label.decided


def test_a_report_has_logs_and_versions_but_no_images_and_no_labels(
    window: MainWindow, desk: Desk, own_folders: Path, press: Press, qtbot: QtBot, monkeypatch
) -> None:
    monkeypatch.setenv("HOME", str(own_folders))
    crash = write_crash_report(f"it broke in {own_folders}/recordings/night")
    training = own_folders / "data/labeler/trainings/pick/2026-01-02_03-04-05"
    training.mkdir(parents=True)
    (training / "log.txt").write_text("encoder missing\n")
    (training / "labels.json").write_text("{}")
    (training / "image.png").write_bytes(b"png")
    window.actions_by_id["help.report"].trigger()
    report = window.help.report
    assert crash is not None and crash.name in report.text.text().replace("\u200b", "")
    press(window, "Return")
    qtbot.waitUntil(lambda: report.made is not None)
    assert report.made is not None
    names = {path.name for path in report.made.iterdir()}
    assert names == {"versions.txt", crash.name, "pick 2026-01-02_03-04-05 log.txt"}
    assert "it broke in ~/recordings/night" in (report.made / crash.name).read_text()
    assert __version__ in (report.made / "versions.txt").read_text()
    assert str(report.made) in report.text.text().replace("\u200b", "")
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()))
    press(window, "Return")
    assert asked == [str(report.made)]


def test_settings_are_in_the_report(window: MainWindow, own_folders: Path, qtbot: QtBot) -> None:
    window.use(window.preferences.model_copy(update={"loop_seconds": 2.0}))
    report = window.help.report
    report.open()
    report.gather.click()
    qtbot.waitUntil(lambda: report.made is not None)
    assert report.made is not None
    assert json.loads((report.made / "settings.json").read_text())["loop_seconds"] == 2.0
