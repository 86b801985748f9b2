"""The recording changes after it was labelled; it is found wherever it is moved."""

import shutil

import pytest

from labeler.cli.cures import hint
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import identity_of
from labeler.errors import RefusedError
from labeler.labels.document import from_text
from labeler.session.default_places import default_file

from .conftest import LENGTHS
from .test_interrupted import crash, cutoff


@pytest.fixture
def own(recording, tmp_path):
    """A recording that may be changed."""
    return shutil.copytree(recording, tmp_path / "place" / "mine")


def known(session):
    assert session._recording.wait(60)
    return session.save_state().dataset_changed


def damage(session):
    """What is known to be missing once the recording was looked through."""
    assert known(session) == ""
    return session.save_state().dataset_damaged


def fingerprint_in(file):
    return from_text(file.read_text(), lengths=LENGTHS).identity.fingerprint


def test_new_labels_get_the_fingerprint(open_session, own):
    session = open_session(root=own)
    assert known(session) == ""
    cutoff(session, 0, 3)
    assert session.flush(30)
    assert fingerprint_in(session.file) == identity_of(open_dataset(own)).fingerprint


def test_it_comes_later_where_it_takes_long(open_session, own, monkeypatch):
    import threading

    from labeler.session import recording_check

    original, go_on = recording_check.fingerprint, threading.Event()

    def slow(*arguments):
        assert go_on.wait(60)
        return original(*arguments)

    monkeypatch.setattr(recording_check, "fingerprint", slow)
    session = open_session(root=own)
    cutoff(session, 0, 3)
    assert session.flush(30)
    assert fingerprint_in(session.file) == ""
    go_on.set()
    assert known(session) == ""
    assert session.flush(30)
    assert fingerprint_in(session.file)


def test_no_file_is_made_for_a_fingerprint(open_session, own):
    session = open_session(root=own)
    assert known(session) == "" and session.flush(30)
    session.close()
    assert not session.file.exists()


def change(root):
    """Append a byte to a data file: footers are found from the end, so it is damaged, too."""
    file = next((root / "data").rglob("*.parquet"))
    file.write_bytes(file.read_bytes() + b"\0")


def test_a_recording_that_changed(open_session, own):
    session = open_session(root=own)
    cutoff(session, 0, 3)
    known(session)
    session.close()
    text = session.file.read_text()
    change(own)
    again = open_session(root=own)
    assert "not the one that was labelled" in known(again)
    assert again.label(0).cutoff == 3
    again.close()
    assert again.file == session.file and again.file.read_text() == text
    third = open_session(root=own)
    known(third)
    cutoff(third, 1, 2)
    assert third.flush(30)
    assert fingerprint_in(third.file) == from_text(text, lengths=LENGTHS).identity.fingerprint
    third.accept_recording()
    assert third.save_state().dataset_changed == ""
    assert third.flush(30)
    third.close()
    assert known(open_session(root=own)) == ""


def test_closing_does_not_wait_for_the_fingerprint(open_session, own, monkeypatch):
    """It stops at the next block that is read."""
    from labeler.session import recording_check

    blocks = []

    def endless(dataset, on_bytes):
        while True:
            blocks.append(on_bytes(1))

    monkeypatch.setattr(recording_check, "fingerprint", endless)
    session = open_session(root=own)
    session.close()
    assert not session._recording._thread.is_alive()


def test_a_missing_data_file_is_said(open_session, own):
    next((own / "data").rglob("*.parquet")).unlink()
    assert "parquet" in damage(open_session(root=own))


@pytest.mark.parametrize("name", ["mine", "renamed"])
def test_a_moved_recording_finds_its_labels(open_session, own, tmp_path, name):
    session = open_session(root=own)
    cutoff(session, 0, 3)
    known(session)
    session.close()
    moved = tmp_path / "elsewhere" / name
    moved.parent.mkdir()
    own.rename(moved)
    again = open_session(root=moved)
    assert again.label(0).cutoff == 3 and again.file == session.file
    assert known(again) == ""


def test_a_renamed_recording_finds_the_journal_of_an_interrupted_session(
    open_session, own, tmp_path
):
    session = open_session(root=own)
    cutoff(session, 0, 3)
    crash(session)
    assert not session.file.exists()
    again = open_session(root=own.rename(tmp_path / "renamed"))
    assert again.label(0).cutoff == 3 and again.file == session.file


def test_another_recording_of_the_same_name_does_not(open_session, own, make_recording):
    session = open_session(root=own)
    cutoff(session, 0, 3)
    other = open_session(root=make_recording(lengths=LENGTHS, name="mine", size=(32, 32)))
    assert other.file != session.file and other.labels().touched == {}


def test_a_very_long_name(recording, tmp_path):
    long = shutil.copytree(recording, tmp_path / ("ü" * 120))
    name = default_file(open_dataset(long)).name
    assert len(name.encode()) < 255 - len(".journal.damaged-20260101T000000Z-10")


def test_labels_inside_a_dataset_are_refused(open_session, own, recording):
    for place in (own / "labels.json", own / "meta" / "x.json", recording / "new" / "x.json"):
        with pytest.raises(RefusedError, match="inside a dataset") as error:
            open_session(place, own)
        assert "--out" not in hint(error.value)
        assert not place.exists()


def test_the_source_stays_untouched(open_session, own):
    from tests.snapshot import snapshot

    before = snapshot(own)
    session = open_session(root=own)
    cutoff(session, 0, 3)
    known(session)
    session.close()
    assert snapshot(own) == before
