"""Several sessions as one: numbers, undo, what is wrong where, and what reloading does."""

from contextlib import closing

import pytest

from labeler.collection import CollectionSpec, SourceSpec
from labeler.dataset.labels_of import ColumnReading
from labeler.errors import LabelError
from labeler.labels import State
from labeler.labels.document import from_text
from labeler.labels.episode import never, with_cutoff
from labeler.session import Changed, Session, queue
from labeler.session.opening_together import open_together


@pytest.fixture
def roots(make_recording):
    return [
        make_recording(lengths=(5, 6, 7), name="one", tasks=("lift",)),
        make_recording(lengths=(8, 9), name="two", seed=40, tasks=("push",)),
    ]


@pytest.fixture
def session(roots, tmp_path):
    spec = CollectionSpec(
        (
            SourceSpec(roots[0], tmp_path / "one.json", "one", "0, 2"),
            SourceSpec(roots[1], tmp_path / "two.json", "two"),
        )
    )
    joined = open_together(spec, roots, author="ana")
    yield joined
    joined.close()


def decide(session, episode, label=never):
    session.decide(episode, label(session.label(episode)), frame=1, what=f"step {episode}")


def test_numbers_and_names(session):
    assert len(session.dataset) == 4
    assert session.episode_name(1) == "episode 2 of one"
    assert [session.find_episode(own, 0) for own in (0, 1, 2, 3)] == [0, None, 1, None]
    assert session.find_episode(1, 2) == 3
    assert session.session_at(3) is session.members[1].session
    assert {file.name for file in session.files} == {"one.json", "two.json"}


def test_a_decision_is_its_recordings_and_is_announced_with_its_number(session):
    heard = []
    session.subscribe(lambda event: isinstance(event, Changed) and heard.append(event.episodes))
    decide(session, 1)
    decide(session, 3)
    assert heard == [(1,), (3,)]
    assert session.members[0].session.label(2).state is State.NEVER
    assert session.members[1].session.label(1).author == "ana"
    assert session.counts()[State.NEVER] == 2
    assert session.labels()[3].state is State.NEVER
    assert session.flush(30)
    assert session.save_state().pending == 0 and session.save_state().saved_at is not None


def test_undo_and_redo_go_through_all_recordings_latest_first(session):
    for episode in (0, 3, 1):
        decide(session, episode)
    assert session.undo_text == "step 1"
    assert [session.undo().episode for _ in range(3)] == [1, 3, 0]
    assert session.undo() is None and session.undo_text == ""
    assert [session.redo().episode for _ in range(2)] == [0, 3]
    assert session.redo_text == "step 1"
    decide(session, 2)
    assert session.redo() is None, "a new decision ends what could be redone"
    assert session.undo().episode == 2
    assert session.undo().frame == 1
    assert session.states().tolist() == [2, 0, 0, 0]


def test_what_was_undone_in_one_recording_does_not_come_back_by_another_way(session):
    decide(session, 0)
    session.undo()
    decide(session, 3)
    decide(session, 1)
    session.undo()
    assert session.redo().episode == 1
    assert session.redo() is None
    assert session.label(0).state is State.UNLABELED


def test_reloading_one_label_file_is_a_step_of_all(session, tmp_path):
    decide(session, 0)
    decide(session, 2)
    session.flush(30)
    file = tmp_path / "one.json"
    other = from_text(file.read_text(), lengths=(5, 6, 7))
    changed = file.read_text().replace('"never"', '"skipped"')
    assert changed != file.read_text() and other[0].state is State.NEVER
    file.write_text(changed)
    session.check_disk()
    assert session.save_state().conflict.startswith("one: one.json was changed")
    session.members[0].session.reload()
    assert session.label(0).state is State.SKIPPED
    assert session.undo().episode == 0
    assert session.label(0).state is State.NEVER
    assert session.undo().episode == 2


def test_a_step_about_episodes_that_are_not_taken_has_a_place_all_the_same(session):
    own = session.members[0].session
    own.decide(1, never(own.label(1)), frame=2, what="elsewhere")
    step = session.undo()
    assert (step.episode, dict(step.changes)) == (0, {})
    assert own.label(1).state is State.UNLABELED


def test_only_if_all_are_locked_all_is_read_only(session, roots, tmp_path):
    spec = CollectionSpec(
        (
            SourceSpec(roots[0], tmp_path / "one.json", "one"),
            SourceSpec(roots[1], tmp_path / "own.json", "two"),
        )
    )
    second = open_together(spec, roots)
    try:
        assert second.save_state().read_only == ""
        assert second.members[0].session.save_state().read_only
        decide(second, 4)
        assert any("one is read-only: " in note for note in second.notes)
    finally:
        second.close()


def test_what_a_reader_reloads_stands_in_the_way_of_no_undo(session, roots, tmp_path):
    """The labels of one recording are open elsewhere; those of the other are decided here."""
    spec = CollectionSpec(
        (
            SourceSpec(roots[0], tmp_path / "one.json", "one"),
            SourceSpec(roots[1], tmp_path / "own.json", "two"),
        )
    )
    with closing(open_together(spec, roots)) as second:
        decide(second, 4)
        decide(session, 1)
        assert session.flush(30)
        second.check_disk()
        read_only = second.members[0].session
        assert read_only.save_state().conflict
        cures = read_only.save_state().cures
        read_only.reload()
        assert second.label(2).state is State.NEVER
        assert read_only.save_state().cures == cures, "what would let one decide is still told"
        step = second.undo()
        assert step.what == "step 4" and second.label(4).state is State.UNLABELED
        assert second.label(2).state is State.NEVER


def test_a_search_finds_recordings_and_tasks(session):
    assert queue(session, search="TWO").tolist() == [2, 3]
    assert queue(session, search="lift").tolist() == [0, 1]
    assert queue(session, search="two lift").tolist() == []


def test_labels_are_there_when_opened_alone(session, roots, tmp_path):
    decide(session, 1, lambda label: with_cutoff(label, 4))
    session.close()
    alone = Session.open(roots[0], tmp_path / "one.json")
    assert [alone.label(e).cutoff for e in range(3)] == [None, None, 4]
    alone.close()


def opened_with(roots, tmp_path, column):
    spec = CollectionSpec(
        tuple(SourceSpec(root, tmp_path / f"{root.name}.json", root.name) for root in roots)
    )
    return open_together(spec, roots, column=column)


def test_a_column_fills_in_each_recording_that_has_it(roots, make_recording, tmp_path):
    last = make_recording(
        lengths=(5, 4), name="last", seed=80, reward=lambda e: [0, 0, *[3 * (e == 0)] * 3][: 5 - e]
    )
    session = opened_with([*roots, last], tmp_path, ColumnReading("next.reward", above=1.0))
    with closing(session):
        assert session.table.touched.keys() == {5, 6}
        assert session.label(5).cutoff == 2 and session.label(6).state is State.NEVER
        told = [note for note in session.notes if "next.reward is not taken over" in note]
        assert [note.split(":")[0] for note in told] == ["one", "two"]
        assert all("has no column next.reward" in note for note in told)


def test_a_column_that_no_recording_has_opens_none_and_decides_nothing(roots, tmp_path):
    with pytest.raises(LabelError, match=r"No recording has labels in next.done. .*no column"):
        opened_with(roots, tmp_path, ColumnReading("next.done"))
    assert not list(tmp_path.glob("*.json"))
    with closing(opened_with(roots, tmp_path, None)) as session:
        assert not session.table.touched
