"""The list of datasets that were open."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labeler.labels.episode import never
from labeler.session import recent as module
from labeler.session.recent import MOST, forget, recent, recent_file, remember


def test_the_place_is_remembered(session, recording, home):
    assert recent() == []
    session.decide(1, never(session.label(1)), frame=0, what="never")
    before = datetime.now(UTC)
    remember(session, 2, 7)
    (entry,) = recent()
    assert (entry.root, entry.labels) == (recording, None)
    assert (entry.decided, entry.episodes, entry.place, entry.frame) == (1, 4, 2, 7)
    assert before <= entry.opened <= datetime.now(UTC)
    assert recent_file().is_relative_to(home / "state")


def test_newest_first_and_one_per_dataset(open_session, make_recording, tmp_path):
    first = open_session()
    other = open_session(tmp_path / "x.json", make_recording(lengths=(3,), size=(32, 32)))
    remember(first, 0, 0)
    remember(other, 0, 1)
    remember(first, 1, 2)
    assert [(e.root, e.place) for e in recent()] == [
        (first.dataset.root, 1),
        (other.dataset.root, 0),
    ]
    assert recent()[1].labels == tmp_path / "x.json"
    forget([first.dataset.root])
    assert [e.root for e in recent()] == [other.dataset.root]
    forget([Path("/not/there")])
    assert len(recent()) == 1


def test_at_most_so_many(session, monkeypatch):
    remember(session, 0, 0)
    (entry,) = recent()
    module._write([replace(entry, root=Path(f"/data/{n}")) for n in range(30)])
    remember(session, 0, 0)
    assert len(recent()) == MOST and recent()[0].root == session.dataset.root


@pytest.mark.parametrize(
    "text", ["", "{", "{}", "[1, null, {}]", '[{"root": 1}]', '[{"root": "/x", "opened": "never"}]']
)
def test_damage_is_tolerated(session, text):
    recent_file().parent.mkdir(parents=True)
    recent_file().write_text(text)
    assert recent() == []
    remember(session, 0, 0)
    assert len(recent()) == 1


def test_good_entries_survive_bad_ones(session):
    remember(session, 3, 1)
    text = recent_file().read_text()
    recent_file().write_text(text.replace("[", '[{"root": 7, "opened": 5}, ', 1))
    assert [entry.place for entry in recent()] == [3]
