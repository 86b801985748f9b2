"""Deciding, taking back, and what is announced."""

import gc
import threading
import weakref
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from labeler.errors import BusyError, LabelError
from labeler.labels import EpisodeLabel, Origin, State
from labeler.labels.document import from_text
from labeler.labels.episode import clear, never, skip, with_cutoff
from labeler.session import Changed, SaveState, Session

from .conftest import LENGTHS


def cutoff(session, episode, frame, **others):
    label = replace(with_cutoff(session.label(episode), frame), **others)
    session.decide(episode, label, frame=frame, what=f"success from {frame}")


def test_a_fresh_session_has_no_labels(session, home):
    assert list(session.states()) == [0, 0, 0, 0]
    assert session.counts()[State.UNLABELED] == 4
    assert session.label(2) == EpisodeLabel(15)
    assert session.undo_text == session.redo_text == ""
    assert session.undo() is None and session.redo() is None
    assert session.file.is_relative_to(home / "data" / "labeler" / "labels")
    assert not session.file.exists()


def test_a_decision_holds_everywhere_at_once(session):
    states, flagged = session.states(), session.flagged()
    before = datetime.now(UTC)
    cutoff(session, 1, 4, flag="occluded")
    label = session.label(1)
    assert (label.cutoff, label.author, label.origin) == (4, "operator", Origin.HUMAN)
    assert before <= label.time <= datetime.now(UTC)
    assert tuple(State)[states[1]] is State.SUCCESS
    assert list(flagged) == [False, True, False, False]
    assert session.counts() == {
        State.UNLABELED: 3, State.SUCCESS: 1, State.NEVER: 0, State.SKIPPED: 0,
    }  # fmt: skip
    assert session.labels().touched == {1: label}
    assert session.labels().identity.name == "recording"


def test_views_cannot_be_written(session):
    with pytest.raises(ValueError):
        session.states()[0] = 1
    with pytest.raises(ValueError):
        session.flagged()[0] = True


def test_origin_is_that_of_the_label(session):
    cutoff(session, 0, 3, origin=Origin.ACCEPTED)
    assert session.label(0).origin is Origin.ACCEPTED


def test_a_label_that_says_nothing_new_is_no_step(session):
    cutoff(session, 0, 3)
    stamped = session.label(0)
    events = []
    session.subscribe(events.append)
    cutoff(session, 0, 3, author="somebody else", time=None)
    session.decide(1, session.label(1), frame=0, what="nothing")
    assert session.label(0) == stamped and not events
    session.undo()
    assert session.undo_text == ""


def test_undo_and_redo_cross_episodes_and_know_the_place(session):
    cutoff(session, 0, 3)
    first = session.label(0)
    session.decide(2, never(session.label(2)), frame=7, what="never")
    cutoff(session, 0, 5)
    assert session.undo_text == "success from 5"
    step = session.undo()
    assert (step.what, step.episode, step.frame) == ("success from 5", 0, 5)
    assert session.label(0) == first  # author and time, too
    step = session.undo()
    assert (step.what, step.episode, step.frame) == ("never", 2, 7)
    assert session.label(2) == EpisodeLabel(15)
    assert (session.undo_text, session.redo_text) == ("success from 3", "never")
    assert session.redo().episode == 2
    assert session.label(2).state is State.NEVER
    session.decide(1, skip(session.label(1)), frame=0, what="skip")
    assert session.redo_text == "" and session.redo() is None


def test_clearing_leaves_no_trace(session):
    cutoff(session, 0, 3)
    session.decide(0, clear(session.label(0)), frame=3, what="clear")
    assert session.label(0) == EpisodeLabel(12)
    assert session.labels().touched == {}
    session.undo()
    assert session.label(0).cutoff == 3


def test_many_at_once_are_one_step(session):
    cutoff(session, 0, 3)
    time = datetime(2026, 1, 2, tzinfo=UTC)
    theirs = with_cutoff(EpisodeLabel(9, author="colleague", time=time), 2)
    session.decide_many({0: never(EpisodeLabel(12)), 1: theirs}, what="import of x")
    assert session.label(1) == theirs
    assert session.label(0).author == "operator"
    step = session.undo()
    assert (step.what, set(step.changes)) == ("import of x", {0, 1})
    assert session.label(0).cutoff == 3 and session.label(1) == EpisodeLabel(9)


@pytest.mark.parametrize("episode", [-1, 4])
def test_an_episode_that_is_not_there(session, episode):
    with pytest.raises(LabelError, match="does not exist"):
        session.decide(episode, never(EpisodeLabel(5)), frame=0, what="never")
    with pytest.raises(IndexError):
        session.label(episode)


def test_a_label_of_another_length_changes_nothing(session):
    with pytest.raises(LabelError, match="12 frames"):
        session.decide_many({1: never(EpisodeLabel(9)), 0: never(EpisodeLabel(9))}, what="x")
    assert session.labels().touched == {} and session.undo_text == ""


def test_events(session):
    events = []
    end = session.subscribe(events.append)
    cutoff(session, 1, 4)
    session.undo()
    changes = [event for event in events if isinstance(event, Changed)]
    assert changes == [Changed((1,)), Changed((1,))]
    states = [event for event in events if isinstance(event, SaveState)]
    assert states[0].pending == 1 and states[1].pending == 2
    assert session.flush(30)
    assert events[-1] == session.save_state() and session.save_state().pending == 0
    end()
    events.clear()
    session.redo()
    assert not events


def test_changed_comes_on_the_thread_that_decides(session):
    threads = []
    session.subscribe(
        lambda event: threads.append(threading.current_thread()) if event == Changed((0,)) else None
    )
    cutoff(session, 0, 1)
    assert threads == [threading.current_thread()]


def test_a_callback_may_ask_and_decide(session):
    """The window repaints, and perhaps goes on, inside a callback."""

    def on_event(event):
        if isinstance(event, Changed) and event.episodes == (0,):
            assert session.label(0).cutoff == 2
            assert len(session.labels()) == len(LENGTHS)
            session.decide(1, never(session.label(1)), frame=0, what="never")

    session.subscribe(on_event)
    cutoff(session, 0, 2)
    assert session.label(1).state is State.NEVER


def test_callbacks_on_both_threads_never_wait_for_each_other(session):
    """A callback that needs the labels, on the saver's thread, while decisions go on."""
    seen = []
    session.subscribe(lambda event: seen.append(session.labels()))
    for frame in range(200):
        cutoff(session, 0, frame % 12)
        if frame % 20 == 0:
            session.flush(0.001)
    assert session.flush(30)
    assert seen[-1][0].cutoff == 199 % 12


def test_the_file_is_written_by_itself(session):
    written = threading.Event()
    session.subscribe(
        lambda event: written.set() if isinstance(event, SaveState) and not event.pending else None
    )
    cutoff(session, 3, 1)
    assert not session.file.exists()
    assert written.wait(30)
    on_disk = from_text(session.file.read_text(), lengths=LENGTHS)
    assert on_disk.touched == session.labels().touched


def test_closing_writes_the_file_and_leaves_nothing_else(session, open_session):
    cutoff(session, 0, 2)
    labels = session.labels()
    session.close()
    session.close()
    left = {path.name for path in session.file.parent.iterdir()}
    assert left == {session.file.name, f".{session.file.name}.history"}, "no journal and no lock"
    with pytest.raises(BusyError):
        cutoff(session, 0, 3)
    again = open_session()
    assert again.file == session.file
    assert again.labels().touched == labels.touched
    assert np.array_equal(again.states(), session.states())
    assert again.save_state().recovered == again.save_state().pending == 0


def test_closing_without_a_decision_leaves_nothing(session):
    session.close()
    assert not list(session.file.parent.iterdir())


def test_a_closed_session_is_freed_at_once(recording, tmp_path):
    """Without the garbage collector, which may not run for hours."""
    gc.collect()
    gc.disable()
    try:
        session = Session.open(recording, tmp_path / "labels.json")
        session.decide(0, with_cutoff(session.label(0), 3), frame=0, what="success")
        end = session.subscribe(lambda event: None)
        parts = [weakref.ref(part) for part in (session, session.dataset, session.table)]
        session.close()
        del session
        end()
        assert [part() for part in parts] == [None, None, None]
    finally:
        gc.enable()
