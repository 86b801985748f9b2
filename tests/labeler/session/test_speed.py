"""A decision costs the same in a small and in a large dataset."""

import time
from dataclasses import replace

import numpy as np
import pytest

from labeler.labels import DatasetIdentity, DatasetLabels, EpisodeLabel
from labeler.labels.document import from_text, join_lines, to_text
from labeler.labels.episode import never, with_cutoff
from labeler.session import Order, Show, queue
from labeler.session.table import Table

MANY, FEW = 100_000, 100
LENGTH = 30


class Wide:
    """A dataset of many episodes, as far as a session needs one; the rest is a real dataset."""

    def __init__(self, dataset, episodes):
        self._dataset = dataset
        self.lengths = np.full(episodes, LENGTH, np.int64)
        self.total_frames = int(self.lengths.sum())

    def __len__(self):
        return len(self.lengths)

    def __getattr__(self, name):
        return getattr(self._dataset, name)


@pytest.fixture
def wide(monkeypatch, open_session, tmp_path):
    from labeler.session import opening

    original = opening.open_dataset

    def opened(episodes):
        monkeypatch.setattr(opening, "open_dataset", lambda root: Wide(original(root), episodes))
        return open_session(tmp_path / f"{episodes}.json")

    return opened


def seconds(action, times=40):
    taken = []
    for number in range(times):
        start = time.perf_counter()
        action(number)
        taken.append(time.perf_counter() - start)
    return sorted(taken)[times // 4]  # what most cost, however often others had the cores


def decide(session):
    def one(number):
        label = with_cutoff(session.label(number), 1 + number % (LENGTH - 1))
        session.decide(number, label, frame=0, what="success")
        session.counts()
        session.states()

    return one


def test_decisions_do_not_depend_on_the_number_of_episodes(wide):
    small, large = wide(FEW), wide(MANY)
    some = range(50, MANY, 50)
    large.decide_many({e: never(EpisodeLabel(LENGTH)) for e in some}, what="import")
    assert large.flush(120)  # with all lines of the label file made
    few, many = seconds(decide(small)), seconds(decide(large))
    assert many < 5 * few + 0.002
    few, many = seconds(lambda n: small.undo()), seconds(lambda n: large.undo())
    assert many < 5 * few + 0.002


def test_a_queue_is_far_faster_than_looking_at_every_label(wide):
    session = wide(MANY)
    some = range(0, MANY, 50)
    session.decide_many({e: never(EpisodeLabel(LENGTH)) for e in some}, what="import")
    by_hand = seconds(lambda n: [session.label(e).state for e in range(MANY)], 2)
    for order in Order:
        vectorised = seconds(lambda n, order=order: queue(session, Show.ALL, order), 5)
        assert vectorised < by_hand / 2, order
    assert len(queue(session, Show.UNLABELED, Order.RECENT)) == MANY - len(some)


def test_lines_made_one_by_one_are_the_label_file():
    lengths = np.arange(1, 60)
    table = Table(lengths, {3: never(EpisodeLabel(4))})
    table.prepare()
    table.put(7, never(EpisodeLabel(8)))
    table.lines()
    labels = DatasetLabels(lengths.tolist(), {3: never(EpisodeLabel(4)), 7: never(EpisodeLabel(8))})
    for episode in (5, 9, 5, 58):
        label = replace(with_cutoff(EpisodeLabel(episode + 1), episode // 2), note="ü\n")
        table.put(episode, label)
        labels = labels.with_label(episode, label)
    identity = DatasetIdentity(name="x", fps=29.97)
    text = join_lines(identity, table.lines(), {})
    assert text == to_text(labels.with_identity(identity))
    assert from_text(text).touched == labels.touched
