"""Real processes that are killed, and journals in every state that a crash or a person leaves."""

import json
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.cures import Advice
from labeler.errors import BusyError
from labeler.labels import EpisodeLabel
from labeler.labels.document import from_text
from labeler.labels.episode import never, with_cutoff
from labeler.session import Session
from labeler.storage.labels.journal_lines import line_of, read_journal
from tests.labeler.labels.label_strategies import episode_labels

from .conftest import LENGTHS

REPOSITORY = Path(__file__).resolve().parents[3]
OPERATOR = """
import sys
from pathlib import Path
from labeler.session import Session
from labeler.labels.episode import with_cutoff
session = Session.open(Path(sys.argv[1]), Path(sys.argv[2]), author="operator")
for line in sys.stdin:
    episode, frame = map(int, line.split())
    label = with_cutoff(session.label(episode), frame)
    session.decide(episode, label, frame=frame, what=f"success from {frame}")
    print("decided", flush=True)
"""


class Operator:
    """A process that decides what it is told."""

    def __init__(self, root, labels):
        command = [sys.executable, "-c", OPERATOR, str(root), str(labels)]
        self.process = subprocess.Popen(
            command, cwd=REPOSITORY, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def decide(self, episode, frame):
        self.process.stdin.write(f"{episode} {frame}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "decided\n"

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        assert self.process.wait(60) == -signal.SIGKILL
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def labels(tmp_path):
    return tmp_path / "labels" / "my.labels.json"


def cutoff(session, episode, frame):
    label = with_cutoff(session.label(episode), frame)
    session.decide(episode, label, frame=frame, what=f"success from {frame}")


def crash(session):
    """End a session as a kill does: nothing more is written, the lock is free."""
    autosave = session._autosave
    autosave.journal.close(remove=False)
    autosave.journal = None
    autosave.saver.stop()
    autosave.file.release()
    session._recording.stop()


def test_killed_right_after_a_decision(recording, labels, open_session):
    operator = Operator(recording, labels)
    operator.decide(0, 3)
    operator.decide(2, 9)
    operator.kill()
    assert not labels.exists()
    session = open_session(labels)
    assert (session.label(0).cutoff, session.label(2).cutoff) == (3, 9)
    assert session.label(0).author == "operator"
    assert session.save_state().recovered == 2
    assert session.flush(30)
    assert from_text(labels.read_text(), lengths=LENGTHS)[2].cutoff == 9


def test_a_folder_that_is_gone_holds_no_journal(open_session, labels):
    """What was decided then lies nowhere but in the session, which must not say otherwise."""
    session = open_session(labels)
    cutoff(session, 0, 3)
    assert session.flush(30)
    away = labels.parent.rename(labels.parent.with_name("away"))
    session.check_disk()
    assert not session.flush(5)
    problem = session.save_state().problem
    assert "keep it open" in problem and "in the journal" not in problem
    away.rename(labels.parent)
    assert session.flush(30) and not session.save_state().problem
    assert from_text(labels.read_text(), lengths=LENGTHS)[0].cutoff == 3
    labels.unlink()
    labels.mkdir()  # in the way of the file, but not of the journal
    cutoff(session, 1, 4)
    assert not session.flush(5)
    assert "safe in the journal" in session.save_state().problem
    labels.rmdir()
    assert session.flush(30)


def test_crops_outlive_a_crash(open_session, labels):
    session = open_session(labels)
    key = session.dataset.cameras[0].key
    cutoff(session, 0, 3)
    session.set_crops({key: (0, 0, 20, 20)})
    session.set_crops({key: (1, 2, 10, 10)})
    session.undo()
    crash(session)
    again = open_session(labels)
    assert again.table.crops == {key: (0, 0, 20, 20)}
    assert again.save_state().recovered == 1, "decisions that are back; a crop is none"
    again.undo()
    assert again.table.crops == {} and again.label(0).cutoff == 3
    crash(again)
    assert open_session(labels).table.crops == {}


@pytest.mark.parametrize("crops", [{"k": [1, 2, 3]}, {"k": None}, {"k": ["a", 0, 1, 1]}, [1], 5])
def test_crops_that_are_none_are_left_out_and_told(open_session, labels, crops):
    session = open_session(labels)
    cutoff(session, 0, 3)
    crash(session)
    journal = labels.with_name("my.labels.json.journal")
    with journal.open("ab") as file:
        file.write(line_of({"what": "crop", "labels": {}, "crops": crops}))
    again = open_session(labels)
    assert again.label(0).cutoff == 3 and again.table.crops == {}
    assert any("is damaged" in note for note in again.notes)


def test_a_second_process_only_reads_until_the_first_ends(recording, labels, open_session):
    operator = Operator(recording, labels)
    operator.decide(0, 3)
    second = open_session(labels)
    assert "Another window" in second.save_state().read_only
    assert second.label(0).cutoff == 3  # what is in the journal is shown, too
    assert second.save_state().recovered == 0
    with pytest.raises(BusyError, match="Another window"):
        cutoff(second, 1, 1)
    with pytest.raises(BusyError, match="Another window"):
        cutoff(second, 0, 3)  # although nothing would change
    with pytest.raises(BusyError):
        second.merge()
    assert second.labels().touched.keys() == {0}
    operator.decide(1, 2)
    second.close()
    assert len(read_journal(labels.with_name("my.labels.json.journal")).entries) == 2
    operator.kill()
    third = open_session(labels)
    assert third.save_state().read_only == ""
    assert third.label(1).cutoff == 2


@pytest.mark.parametrize("way", ["link", "folder", "dots"])
def test_two_ways_to_a_file_are_one(labels, open_session, tmp_path, way):
    first = open_session(labels)
    cutoff(first, 0, 3)
    assert first.flush(30)
    (tmp_path / "other").symlink_to(labels.parent)
    link = tmp_path / "link.json"
    link.symlink_to(labels)
    path = {
        "link": link,
        "folder": tmp_path / "other" / labels.name,
        "dots": labels.parent / ".." / "labels" / labels.name,
    }[way]
    second = open_session(path)
    assert second.save_state().read_only and second.file == first.file


def test_a_link_stays_a_link(labels, open_session, tmp_path):
    labels.parent.mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(labels)
    session = open_session(link)
    cutoff(session, 0, 3)
    session.close()
    assert link.is_symlink() and link.read_text() == labels.read_text()


def test_a_folder_that_may_not_be_written(labels, open_session, monkeypatch):
    from labeler.errors import RefusedError
    from labeler.storage.labels.open_label_file import OpenLabelFile

    def refuse(self):
        raise RefusedError("The folder may not be written.", "Mend the rights.")

    monkeypatch.setattr(OpenLabelFile, "hold", refuse)
    session = open_session(labels)
    state = session.save_state()
    assert state.read_only == "The folder may not be written."
    assert state.cures == (Advice("Mend the rights."),)
    with pytest.raises(BusyError) as caught:
        cutoff(session, 0, 3)
    assert caught.value.cures == state.cures


def journal_of(session):
    return session.file.with_name(f"{session.file.name}.journal")


def only(folder, pattern):
    (path,) = folder.glob(pattern)
    return path


def two_decisions(open_session, labels):
    """The journal of a session that was killed after two decisions."""
    session = open_session(labels)
    cutoff(session, 0, 3)
    cutoff(session, 1, 4)
    crash(session)
    return journal_of(session)


def test_a_line_that_was_never_finished_is_kept_and_told(open_session, labels):
    journal = two_decisions(open_session, labels)
    torn = line_of({"what": "success from 1", "labels": {}})[:-7]
    journal.write_bytes(journal.read_bytes() + torn)
    again = open_session(labels)
    assert (again.label(0).cutoff, again.label(1).cutoff) == (3, 4)
    aside = only(labels.parent, "*.torn-*")
    assert aside.read_bytes() == torn
    assert "incomplete" in again.save_state().problem and aside.name in again.notes[0]
    cutoff(again, 1, 5)
    crash(again)
    third = open_session(labels)
    assert third.label(1).cutoff == 5 and not third.notes


@pytest.mark.parametrize("harm", ["within a line", "between lines", "zeroed"])
def test_a_journal_that_lost_its_end_is_told_and_kept(open_session, labels, harm):
    journal = two_decisions(open_session, labels)
    whole = journal.read_bytes()
    last = len(whole.splitlines(keepends=True)[-1])
    left = {
        "within a line": whole[:-7],
        "between lines": whole[:-last],
        "zeroed": whole[:-last] + bytes(last),
    }[harm]
    journal.write_bytes(left)
    again = open_session(labels)
    assert (again.label(0).cutoff, again.label(1).cutoff) == (3, None)
    assert "At least 1 of its lines" in again.notes[0]
    assert again.save_state().recovered == 1 and again.save_state().problem == again.notes[0]
    assert only(labels.parent, "*.damaged-*").read_bytes() == left
    cutoff(again, 1, 5)
    crash(again)
    third = open_session(labels)
    assert third.label(1).cutoff == 5 and not third.notes


def test_a_journal_of_the_first_version_is_taken_over(open_session, labels):
    journal = two_decisions(open_session, labels)
    values = [json.loads(line.split(b" ", 2)[2]) for line in journal.read_bytes().splitlines()]
    values[:2] = [{"journal": 1, "base": ""}]
    texts = [json.dumps(value).encode() for value in values]
    journal.write_bytes(b"".join(b"%08x %s\n" % (zlib.crc32(text), text) for text in texts))
    again = open_session(labels)
    assert (again.label(0).cutoff, again.label(1).cutoff) == (3, 4)
    assert not again.notes and read_journal(journal).version == 2
    assert again.save_state().recovered == 2


def test_garbage_in_the_middle_is_reported_and_kept(open_session, labels):
    session = open_session(labels)
    for episode, frame in ((0, 3), (1, 4), (2, 5)):
        cutoff(session, episode, frame)
    crash(session)
    journal = journal_of(session)
    lines = journal.read_bytes().splitlines(keepends=True)
    damaged = b"".join([*lines[:3], lines[3].replace(b"success", b"sucCess"), lines[4]])
    journal.write_bytes(damaged)
    again = open_session(labels)
    assert [again.label(e).cutoff for e in range(3)] == [3, None, 5]
    (aside,) = journal.parent.glob("*.damaged-*")
    assert aside.read_bytes() == damaged
    assert aside.name in again.save_state().problem
    assert again.notes == (again.save_state().problem,)
    assert again.save_state().recovered == 2
    assert again.flush(30) and not again.save_state().problem
    again.close()
    third = open_session(labels)
    assert not third.notes and third.label(2).cutoff == 5


@pytest.mark.parametrize("raw", [b"\x00" * 300, b"hello\nworld\n", b"\n\n", b"{}", b"[1]\n"])
def test_a_journal_that_is_none(open_session, labels, raw):
    labels.parent.mkdir()
    journal = labels.with_name(f"{labels.name}.journal")
    journal.write_bytes(raw)
    session = open_session(labels)
    assert session.labels().touched == {}
    assert only(labels.parent, "*.journal.*").read_bytes() == raw and session.notes
    cutoff(session, 0, 2)
    crash(session)
    assert open_session(labels).label(0).cutoff == 2


def test_a_journal_of_another_dataset_is_kept_aside(open_session, labels, make_recording):
    other = make_recording(lengths=(5, 6), size=(32, 32))
    session = open_session(labels, other)
    cutoff(session, 1, 2)
    crash(session)
    raw = journal_of(session).read_bytes()
    again = open_session(labels)
    assert again.labels().touched == {}
    (aside,) = labels.parent.glob("*.damaged-*")
    assert aside.read_bytes() == raw and aside.name in again.notes[0]


def test_killed_between_replacing_the_file_and_emptying_the_journal(open_session, labels):
    session = open_session(labels)
    cutoff(session, 0, 3)
    journal = journal_of(session)
    session._autosave.journal.restart = lambda *arguments: None
    assert session.flush(30)
    cutoff(session, 1, 4)
    assert len(read_journal(journal).entries) == 2
    crash(session)
    again = open_session(labels)
    state = again.save_state()
    assert (state.conflict, state.recovered) == ("", 1)
    assert (again.label(0).cutoff, again.label(1).cutoff) == (3, 4)


def test_a_journal_that_was_removed_comes_back_whole(open_session, labels):
    session = open_session(labels)
    cutoff(session, 0, 3)
    journal_of(session).unlink()
    cutoff(session, 1, 4)
    crash(session)
    again = open_session(labels)
    assert (again.label(0).cutoff, again.label(1).cutoff) == (3, 4)


actions = st.lists(
    st.one_of(
        st.integers(0, len(LENGTHS) - 1).flatmap(
            lambda episode: st.tuples(st.just(episode), episode_labels(LENGTHS[episode]))
        ),
        st.sampled_from(["undo", "redo", "flush", "kill", "close", "several"]),
    ),
    max_size=25,
)


class Course:
    """A session, and beside it the labels as a list of states with a position in it."""

    def __init__(self, recording, labels):
        self.recording, self.labels = recording, labels
        self.now = {episode: EpisodeLabel(length) for episode, length in enumerate(LENGTHS)}
        self.past, self.future = [], []
        self.session = Session.open(recording, labels)

    def do(self, action):
        if isinstance(action, tuple):
            episode, label = action
            self.session.decide(episode, label, frame=0, what="decision")
            self._took({episode})
        else:
            getattr(self, action)()
        assert self.found() == self.now
        state = self.session.save_state()
        assert state.conflict == state.problem == state.read_only == ""

    def found(self):
        return {episode: self.session.label(episode) for episode in self.now}

    def _took(self, episodes):
        """A step, if anything changed; of the labels themselves only the stamps are unknown."""
        after = {**self.now, **{episode: self.session.label(episode) for episode in episodes}}
        if after != self.now:
            self.past, self.future, self.now = [*self.past, self.now], [], after

    def undo(self):
        assert (self.session.undo() is not None) == bool(self.past)
        if self.past:
            self.future.append(self.now)
            self.now = self.past.pop()

    def redo(self):
        assert (self.session.redo() is not None) == bool(self.future)
        if self.future:
            self.past.append(self.now)
            self.now = self.future.pop()

    def flush(self):
        assert self.session.flush(30)
        self.check_file()

    def kill(self):
        crash(self.session)
        self._reopen()

    def close(self):
        self.session.close()
        self.check_file()
        self._reopen()

    def several(self):
        wanted = {0: never(self.now[0]), 3: with_cutoff(self.now[3], 1)}
        self.session.decide_many(wanted, what="import")
        self._took({0, 3})

    def _reopen(self):
        """Undo and redo survive, whichever way the session ended."""
        self.session = Session.open(self.recording, self.labels)

    def check_file(self):
        exists = self.labels.exists()
        touched = from_text(self.labels.read_text(), lengths=LENGTHS).touched if exists else {}
        assert touched == {
            episode: label
            for episode, label in self.now.items()
            if label != EpisodeLabel(label.length)
        }


@settings(max_examples=60, deadline=None)
@given(actions=actions)
def test_any_course_of_events_equals_the_model(recording, tmp_path_factory, actions):
    course = Course(recording, tmp_path_factory.mktemp("course") / "my.labels.json")
    try:
        for action in actions:
            course.do(action)
        course.do("close")
    finally:
        course.session.close()


def test_journal_lines_are_plain(open_session, labels):
    """Whoever has to mend a journal by hand can read it."""
    session = open_session(labels)
    cutoff(session, 0, 3)
    lines = [line.split(" ", 2) for line in journal_of(session).read_text("ascii").splitlines()]
    assert all(int(size) == len(text) for size, _, text in lines)
    first, count, told = (json.loads(text) for _, _, text in lines)
    assert (first, count) == ({"journal": 2, "base": ""}, {"lines": 1})
    assert told["what"] == "success from 3"
    assert told["labels"]["0"]["success"] == [[3, 12]]
