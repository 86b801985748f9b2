"""Datasets of many episodes: the window's thread does not work longer because there are more."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labeler.labels import State
from labeler.session.queue import Order, Show
from labeler.ui.window.main_window import MainWindow
from tests.bench.synthetic import write_v3_metadata
from tests.labeler.ui.conftest import NewWindow, Press
from tests.labeler.ui.mouse import click_row
from tests.watchdog import Watchdog

FEW, MANY = 20, 20_000
FACTOR = 4
SLACK = 0.03  # seconds: what any machine may do in between


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Metadata of two datasets; their videos are missing, which must not matter here."""
    places = {count: tmp_path_factory.mktemp("many") / str(count) for count in (FEW, MANY)}
    for count, place in places.items():
        write_v3_metadata(place, count)
    return places


@pytest.fixture
def windows(roots, new_window: NewWindow, qtbot: QtBot) -> dict[int, MainWindow]:
    found = {}
    for count, root in roots.items():
        window = found[count] = new_window()
        with qtbot.waitSignal(window.opening.opened, timeout=60_000):
            window.open(root)
        qtbot.waitUntil(lambda w=window: w.desk is not None, timeout=60_000)
        qtbot.wait(200)
    return found


def blocks(window: MainWindow, qtbot: QtBot, act: Callable[[int], object], times: int) -> float:
    """The shortest of the longest blocks: what the work itself costs, not the machine's moods."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    watchdog = Watchdog()
    found = []
    for number in range(times):
        qtbot.wait(5)
        watchdog.forget()
        start = perf_counter()
        act(number)
        own = perf_counter() - start
        QApplication.processEvents()
        qtbot.wait(5)
        found.append(max(own, watchdog.longest))
    return min(found)


@pytest.mark.parametrize(
    "keys", [["Right", "Left"], ["Down", "Up"], ["Shift+S", "Backspace"], ["U"], ["Space", "K"]],
    ids="+".join,
)  # fmt: skip
def test_keys_cost_the_same_with_many_episodes(
    windows: dict[int, MainWindow], press: Press, qtbot: QtBot, keys
) -> None:
    few, many = (
        blocks(windows[count], qtbot, lambda n, w=windows[count]: press(w, keys[n % len(keys)]), 12)
        for count in (FEW, MANY)
    )
    assert many <= FACTOR * few + SLACK


def test_a_frame_change_looks_at_no_other_episode(
    windows: dict[int, MainWindow], press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a matter of time: no label but that of the episode shown is looked up."""
    window = windows[MANY]
    window.activateWindow()
    session = window.desk.session
    asked: set[int] = set()
    label = session.label

    def watched(episode: int):
        asked.add(episode)
        return label(episode)

    QApplication.processEvents()
    monkeypatch.setattr(session, "label", watched)
    press(window, "Right", "Shift+Right", "End", "Home")
    rows = window.page.queue.view.viewport().height() // 48 + 2
    QApplication.processEvents()
    assert len(asked) <= rows


def test_the_queue_of_many_is_filtered_ordered_and_chosen_from(
    windows: dict[int, MainWindow], press: Press, qtbot: QtBot
) -> None:
    window = windows[MANY]
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    desk, panel = window.desk, window.page.queue
    click_row(panel.view, 15_000)
    assert desk.episode == 15_000
    press(window, "Shift+X")
    desk.queue.choose(show=Show.NEVER)
    assert desk.queue.rows.tolist() == [15_000]
    assert panel.view.currentIndex().row() == 0
    desk.queue.choose(show=Show.UNLABELED, order=Order.LENGTH, descending=True)
    assert len(desk.queue) == MANY - 1 and desk.queue.row_of(15_000) == -1
    press(window, "Down")
    assert desk.episode == 0
    desk.queue.choose(show=Show.ALL, order=Order.DATASET, descending=False)
    press(window, "X")
    assert desk.session.counts()[State.NEVER] == 2
    assert desk.episode == 1
    assert panel.progress.text().startswith("2 of 20,000")
