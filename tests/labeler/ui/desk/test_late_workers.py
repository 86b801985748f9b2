"""A worker that ends after the window has nobody to speak to, and says nothing on the console."""

import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from labeler.dataset import Dataset, open_dataset
from labeler.ui.desk.images import STRIP_HEIGHT, DeskImages, Thumbnails
from labeler.ui.kit.relay import Relay
from labeler.video import FrameKey, thumbnails
from tests.labeler.ui.conftest import CAMERAS


@pytest.fixture
def dataset(root: Path):
    with open_dataset(root) as dataset:
        yield dataset


def test_thumbnails_that_come_after_the_end_are_dropped(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, go_on = threading.Event(), threading.Event()
    announce = thumbnails.ThumbnailSupply._announce

    def slow(self, key):
        making.set()
        assert go_on.wait(60)
        announce(self, key)

    monkeypatch.setattr(thumbnails, "_END", 0.0)
    monkeypatch.setattr(thumbnails.ThumbnailSupply, "_announce", slow)
    logged: list[str] = []
    monkeypatch.setattr(thumbnails._log, "exception", lambda *args: logged.append(str(args)))
    raised: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    strip = Thumbnails(dataset, STRIP_HEIGHT)
    worker = strip._supply._thread
    strip.want([FrameKey(0, CAMERAS[0], 3)])
    assert making.wait(60)
    strip.close()
    shiboken6.delete(strip)
    go_on.set()
    worker.join(60)
    assert not worker.is_alive()
    assert raised == [] and logged == []


def test_what_is_sent_arrives_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    parent = QObject()
    relay, heard = Relay(parent), []
    relay.arrived.connect(lambda value: heard.append((value, threading.current_thread())))
    sender = threading.Thread(target=lambda: relay.send(7))
    sender.start()
    sender.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(7, threading.main_thread())]


def test_frames_still_arrive(dataset: Dataset, qtbot: QtBot) -> None:
    images = DeskImages(dataset, None)
    images.strip.want([FrameKey(0, CAMERAS[0], 3)])
    qtbot.waitUntil(lambda: images.strip.get(FrameKey(0, CAMERAS[0], 3)) is not None)
    images.close()
