"""The label file changes under a session: noticed, never overwritten, and nothing is lost."""

from dataclasses import replace

import pytest

from labeler.errors import LabelError, LabelFileError, StorageError
from labeler.labels import EpisodeLabel, State
from labeler.labels.document import from_text, to_text
from labeler.labels.episode import never, with_cutoff

from .conftest import LENGTHS
from .test_interrupted import crash, cutoff


@pytest.fixture
def labels(tmp_path):
    return tmp_path / "labels" / "my.labels.json"


@pytest.fixture
def session(open_session, labels):
    """A session with cutoffs 3 and 4 of episodes 0 and 1 in its file."""
    session = open_session(labels)
    cutoff(session, 0, 3)
    cutoff(session, 1, 4)
    assert session.flush(30) and session._recording.wait(30) and session.flush(30)
    return session


def theirs(session, **changed):
    """Somebody else's version of the file: other labels for some episodes; its text comes back."""
    labels = from_text(session.file.read_text(), lengths=LENGTHS)
    for episode, label in changed.items():
        labels = labels.with_label(int(episode[1:]), label)
    text = to_text(labels)
    session.file.write_text(text)
    return text


def said(session):
    return [
        label.cutoff if label.state is State.SUCCESS else label.state.value
        for label in session.labels()
    ]


def kept(session, what):
    return [
        [label.cutoff for label in from_text(path.read_text(), lengths=LENGTHS)]
        for path in sorted(session.file.parent.glob(f"*.{what}-*"))
    ]


def test_noticed_when_asked(session):
    events = []
    session.subscribe(events.append)
    session.check_disk()
    assert not events
    theirs(session, e2=never(EpisodeLabel(15)))
    session.check_disk()
    assert "changed by another program" in session.save_state().conflict
    assert events[0] == session.save_state()


def test_noticed_before_writing(session):
    text = theirs(session, e2=never(EpisodeLabel(15)))
    cutoff(session, 3, 2)
    assert not session.flush(30)
    assert session.save_state().conflict and session.save_state().pending == 1
    assert session.file.read_text() == text
    assert said(session) == [3, 4, "unlabeled", 2]


def test_what_was_here_is_kept_beside_it(session):
    """Their version may be an old one: then what this session wrote would be nowhere else."""
    theirs(session, e0=EpisodeLabel(12), e1=EpisodeLabel(9))
    session.check_disk()
    session.close()
    assert kept(session, "mine") == [[3, 4, None, None]]


def test_a_file_that_was_put_back_is_no_conflict_any_more(session):
    """So is one that an editor was just writing."""
    text = session.file.read_text()
    session.file.write_text(text[:50])
    cutoff(session, 2, 1)
    assert not session.flush(30)
    assert session.save_state().conflict
    session.file.write_text(text)
    session.check_disk()
    assert not session.save_state().conflict
    assert session.flush(30)
    on_disk = from_text(session.file.read_text())
    assert [label.cutoff for label in on_disk] == [3, 4, 1, None]


def test_a_touched_file_is_no_conflict(session):
    session.file.touch()
    session.check_disk()
    assert not session.save_state().conflict
    cutoff(session, 2, 1)
    assert session.flush(30)


def test_a_file_that_was_removed_comes_back(session):
    session.file.unlink()
    session.check_disk()
    assert session.flush(30) and not session.save_state().conflict
    assert [label.cutoff for label in from_text(session.file.read_text())] == [3, 4, None, None]


def test_reload(session):
    theirs(session, e1=never(EpisodeLabel(9)), e2=with_cutoff(EpisodeLabel(15), 8))
    cutoff(session, 0, 5)
    cutoff(session, 3, 1)
    session.check_disk()
    text = session.file.read_text()
    events = []
    session.subscribe(events.append)
    session.reload()
    assert said(session) == [3, "never", 8, "unlabeled"]
    assert session.save_state().conflict == "" and session.save_state().pending == 0
    assert set(events[0].episodes) == {0, 1, 2, 3}
    assert kept(session, "before-reload") == [[5, 4, None, 1]]
    session.flush(30)
    assert session.file.read_text() == text
    assert session.undo_text == "reloading my.labels.json"
    session.undo()
    assert said(session) == [5, 4, "unlabeled", 1]
    assert session.flush(30)
    assert [label.cutoff for label in from_text(session.file.read_text())] == [5, 4, None, 1]


def test_merge(session):
    theirs(session, e1=never(EpisodeLabel(9)), e2=with_cutoff(EpisodeLabel(15), 8))
    cutoff(session, 2, 5)
    cutoff(session, 3, 1)
    session.check_disk()
    session.merge()
    assert said(session) == [3, "never", 5, 1]
    assert not session.save_state().conflict
    assert kept(session, "before-merge") == [[3, None, 8, None]]
    assert session.flush(30)
    on_disk = from_text(session.file.read_text())
    assert [label.cutoff for label in on_disk] == [3, None, 5, 1]
    session.undo()
    assert said(session) == [3, 4, 5, 1]
    session.undo()
    assert said(session) == [3, 4, 5, "unlabeled"]


def test_what_was_taken_back_here_is_not_merged(session):
    cutoff(session, 2, 5)
    session.undo()
    theirs(session, e2=with_cutoff(EpisodeLabel(15), 8))
    session.check_disk()
    session.merge()
    assert said(session) == [3, 4, 8, "unlabeled"]


def test_a_merge_survives_a_kill(session, open_session, labels):
    theirs(session, e1=never(EpisodeLabel(9)))
    cutoff(session, 3, 1)
    session.check_disk()
    session.merge()
    crash(session)
    again = open_session(labels)
    assert said(again) == [3, "never", "unlabeled", 1]
    assert not again.save_state().conflict


@pytest.mark.parametrize("cure", ["merge", "reload"])
def test_a_conflict_survives_a_kill(session, open_session, labels, cure):
    text = theirs(session, e1=never(EpisodeLabel(9)))
    cutoff(session, 3, 1)
    session.check_disk()
    crash(session)
    for pending in (1, 3):
        again = open_session(labels)
        state = again.save_state()
        assert state.conflict and (state.pending, state.recovered) == (pending, 1)
        assert said(again) == [3, "never", "unlabeled", 1]
        cutoff(again, 2, 2)
        again.undo()
        assert not again.flush(5)
        assert labels.read_text() == text
        crash(again)
    again = open_session(labels)
    getattr(again, cure)()
    assert said(again) == [3, "never", "unlabeled", 1 if cure == "merge" else "unlabeled"]
    assert again.flush(30) and not again.save_state().conflict
    again.close()
    assert said(open_session(labels)) == said(again)


def test_closing_in_a_conflict_loses_nothing(session, open_session, labels):
    text = theirs(session, e1=never(EpisodeLabel(9)))
    cutoff(session, 3, 1)
    session.close()
    assert labels.read_text() == text
    again = open_session(labels)
    assert again.save_state().conflict
    again.merge()
    assert said(again) == [3, "never", "unlabeled", 1]


@pytest.mark.parametrize("text", ["{", '{"0": 1}x', "", '{"format": "labeler-labels"}'])
@pytest.mark.parametrize("cure", ["merge", "reload"])
def test_a_file_that_cannot_be_understood_stays(session, text, cure):
    session.file.write_text(text)
    cutoff(session, 3, 1)
    session.check_disk()
    with pytest.raises(LabelFileError):
        getattr(session, cure)()
    assert session.save_state().conflict
    assert not session.flush(5)
    assert session.file.read_text() == text
    assert said(session) == [3, 4, "unlabeled", 1]
    session.file.unlink()  # the cure
    session.check_disk()
    assert session.flush(30)
    assert [label.cutoff for label in from_text(session.file.read_text())] == [3, 4, None, 1]


def test_a_file_for_another_dataset_is_refused(session, open_session, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(to_text(session.labels()).replace('"length": 12', '"length": 13'))
    with pytest.raises(LabelError, match="13"):
        open_session(other)
    session.file.write_text(other.read_text())
    session.check_disk()
    with pytest.raises(LabelError, match="13"):
        session.reload()
    assert said(session)[:2] == [3, 4]


def test_a_reader_notices_and_reloads(session, open_session, labels):
    reader = open_session(labels)
    assert reader.save_state().read_only
    cutoff(session, 2, 6)
    assert session.flush(30)
    reader.check_disk()
    assert reader.save_state().conflict
    before = sorted(labels.parent.iterdir())
    reader.reload()
    assert said(reader) == [3, 4, 6, "unlabeled"]
    assert not reader.save_state().conflict
    assert sorted(labels.parent.iterdir()) == before


LEFT, RIGHT, TOP = "observation.images.left", "observation.images.right", "observation.images.top"
OLD, NEW, OTHER = (0, 0, 20, 20), (1, 2, 10, 10), (4, 4, 8, 8)


@pytest.fixture
def cropped(session):
    """The session with crops of two cameras in its file."""
    session.set_crops({LEFT: OLD, RIGHT: OLD})
    assert session.flush(30)
    return session


def their_crops(session, crops):
    """Somebody else draws other crops in the file; labels stay as they are there."""
    labels = from_text(session.file.read_text(), lengths=LENGTHS)
    session.file.write_text(to_text(replace(labels, crops=crops)))
    session.check_disk()
    assert session.save_state().conflict


def crops_kept(session, what):
    found = sorted(session.file.parent.glob(f"*.{what}-*"))
    return [from_text(path.read_text(), lengths=LENGTHS).crops for path in found]


def test_reloading_takes_their_crops_and_can_be_undone(cropped, open_session, labels):
    their_crops(cropped, {LEFT: OTHER})
    cropped.reload()
    assert cropped.table.crops == {LEFT: OTHER}
    assert crops_kept(cropped, "before-reload") == [{LEFT: OLD, RIGHT: OLD}]
    assert cropped.undo_text == "reloading my.labels.json"
    cropped.undo()
    assert cropped.table.crops == {LEFT: OLD, RIGHT: OLD}
    cropped.close()
    assert open_session(labels).table.crops == {LEFT: OLD, RIGHT: OLD}


@pytest.mark.parametrize(
    ("ours", "theirs", "merged", "lost"),
    [
        ({LEFT: OLD, RIGHT: OLD}, {LEFT: OTHER}, {LEFT: OTHER}, False),  # nothing is drawn here
        ({LEFT: NEW, RIGHT: OLD}, {LEFT: OLD, RIGHT: OTHER}, {LEFT: NEW, RIGHT: OTHER}, False),
        ({LEFT: NEW}, {LEFT: OLD, RIGHT: OLD, TOP: OTHER}, {LEFT: NEW, TOP: OTHER}, False),
        ({LEFT: NEW, RIGHT: OLD}, {LEFT: OTHER, RIGHT: OLD}, {LEFT: NEW, RIGHT: OLD}, True),
        ({RIGHT: OLD}, {LEFT: OTHER, RIGHT: OLD}, {RIGHT: OLD}, True),
        ({LEFT: NEW, RIGHT: OLD}, {LEFT: NEW}, {LEFT: NEW}, False),
    ],
)
@pytest.mark.parametrize("restart", [False, True])
def test_merging_keeps_the_crops_of_both(
    cropped, open_session, labels, ours, theirs, merged, lost, restart
):
    text = to_text(replace(from_text(labels.read_text(), lengths=LENGTHS), crops=theirs))
    labels.write_text(text)
    cropped.check_disk()
    cropped.set_crops(ours)
    cropped.merge()
    assert cropped.table.crops == merged
    assert crops_kept(cropped, "before-merge") == ([theirs] if lost else [])
    if restart:
        crash(cropped)
        cropped = open_session(labels)
        assert not cropped.save_state().conflict and cropped.table.crops == merged
    assert cropped.flush(30)
    assert from_text(labels.read_text(), lengths=LENGTHS).crops == merged
    if merged != ours:
        cropped.undo()
        assert cropped.table.crops == ours


def test_crops_drawn_in_a_conflict_outlive_the_session(cropped, open_session, labels):
    """They lie in the journal, as decisions do: nobody else has them."""
    text = theirs(cropped, e1=never(EpisodeLabel(9)))
    cropped.set_crops({LEFT: NEW, RIGHT: OLD})
    cropped.close()
    assert labels.read_text() == text
    again = open_session(labels)
    assert again.save_state().conflict and again.table.crops == {LEFT: NEW, RIGHT: OLD}
    again.merge()
    assert again.table.crops == {LEFT: NEW, RIGHT: OLD}
    assert said(again) == [3, "never", "unlabeled", "unlabeled"]


def test_crops_that_could_not_be_written_are_those_that_merging_knows(cropped, monkeypatch):
    """A write that fails forgets nothing of what was changed since the file was read."""
    overwrite = cropped._autosave.file.overwrite

    def refuse(data):
        raise StorageError("The disk is full.")

    monkeypatch.setattr(cropped._autosave.file, "overwrite", refuse)
    cropped.set_crops({LEFT: NEW, RIGHT: OLD})
    assert not cropped.flush(5)
    monkeypatch.setattr(cropped._autosave.file, "overwrite", overwrite)
    their_crops(cropped, {LEFT: OLD, RIGHT: OTHER})
    cropped.merge()
    assert cropped.table.crops == {LEFT: NEW, RIGHT: OTHER}
