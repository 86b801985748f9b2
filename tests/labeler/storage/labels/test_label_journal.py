"""The journal beside a label file: what is cut, flipped, removed or emptied, and what is left."""

import hashlib
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.errors import StorageError
from labeler.storage.labels.journal_lines import count_line, first_line, read_journal
from labeler.storage.labels.label_journal import Journal

ENTRIES = [{"what": f"step {n} ü", "labels": {str(n): {"length": 5}}} for n in range(4)]


def written(path, base="abc"):
    journal = Journal(path, base)
    for number, entry in enumerate(ENTRIES):
        journal.append(entry)
        if number == 1:
            journal.note_written("def")
    journal.close(remove=False)
    return path.read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return written(tmp_path_factory.mktemp("journal") / "x.journal")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("journal") / "y.journal"


def test_what_was_appended_is_read(tmp_path):
    path = tmp_path / "x.journal"
    assert read_journal(path).entries == ()
    written(path)
    found = read_journal(path)
    assert list(found.entries) == ENTRIES
    assert (found.base, found.written) == ("abc", {"def"})
    assert not found.rest and not found.damaged and not found.missing
    assert found.belongs_to("abc") and found.belongs_to("def") and not found.belongs_to("")


START = len(first_line("abc") + count_line(0))


@given(st.data())
def test_any_cut_leaves_what_was_finished_and_is_noticed(whole, place, data):
    length = data.draw(st.integers(0, len(whole)))
    place.write_bytes(whole[:length])
    found = read_journal(place)
    assert list(found.entries) == ENTRIES[: len(found.entries)]
    assert not found.damaged and found.rest == whole[:length].rpartition(b"\n")[2]
    finished = whole[:length].count(b"\n")
    there = len(found.entries) + len(found.written)
    assert there == max(finished - 2, 0)
    if length >= START:
        assert found.missing == whole.count(b"\n") - 2 - there


@given(st.data())
def test_any_zeroed_end_leaves_what_was_finished_and_is_noticed(whole, place, data):
    length = data.draw(st.integers(0, len(whole) - 1))
    place.write_bytes(whole[:length] + bytes(len(whole) - length))
    found = read_journal(place)
    assert list(found.entries) == ENTRIES[: len(found.entries)]
    assert found.rest.endswith(b"\0")
    if length >= START:
        there = len(found.entries) + len(found.written)
        assert found.missing == whole.count(b"\n") - 2 - there > 0


@given(st.data())
def test_any_changed_byte_costs_one_line_at_most_and_is_noticed(whole, place, data):
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at]))
    place.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    found = read_journal(place)
    assert found.damaged or found.rest
    assert all(entry in ENTRIES for entry in found.entries)
    # A newline that is gone makes one line of two; the last one's tears it.
    assert len(found.entries) >= len(ENTRIES) - 2
    assert found.raw == place.read_bytes()


def test_lines_of_the_first_version_are_read(tmp_path):
    path = tmp_path / "x.journal"
    values = {"journal": 1, "base": "abc"}, ENTRIES[0], {"written": "def"}, ENTRIES[1]
    texts = [json.dumps(value, separators=(",", ":")).encode() for value in values]
    path.write_bytes(b"".join(b"%08x %s\n" % (zlib.crc32(text), text) for text in texts))
    found = read_journal(path)
    assert list(found.entries) == ENTRIES[:2]
    assert (found.version, found.base, found.written) == (1, "abc", {"def"})
    assert not found.rest and not found.damaged and not found.missing


def test_going_on_where_another_ended(tmp_path):
    path = tmp_path / "x.journal"
    written(path)
    found = read_journal(path)
    journal = Journal(path, found.base, found.lines)
    journal.open()
    journal.append({"what": "more"})
    assert list(read_journal(path).entries) == [*ENTRIES, {"what": "more"}]
    journal.close(remove=True)
    assert not path.exists()


def test_restarting_empties_it(tmp_path):
    path = tmp_path / "x.journal"
    journal = Journal(path)
    journal.append(ENTRIES[0])
    journal.restart("def")
    assert path.read_bytes() == first_line("") + count_line(0)
    journal.append(ENTRIES[1])
    found = read_journal(path)
    assert found.entries == (ENTRIES[1],) and found.belongs_to("def") and not found.missing
    journal.restart("ghi", (ENTRIES[2],))
    found = read_journal(path)
    assert (found.base, found.entries) == ("ghi", (ENTRIES[2],))
    journal.close(remove=True)


@pytest.mark.parametrize("harm", ["removed", "replaced", "folder"])
def test_a_file_that_went_away_comes_back_whole(tmp_path, harm):
    folder = tmp_path / "labels"
    folder.mkdir()
    path = folder / "x.journal"
    journal = Journal(path, "abc")
    journal.append(ENTRIES[0])
    if harm == "removed":
        path.unlink()
    elif harm == "replaced":
        path.rename(folder / "away")
        path.write_bytes(b"something else\n")
    else:
        folder.rename(tmp_path / "away")
        with pytest.raises(StorageError):
            journal.append(ENTRIES[1])
        folder.mkdir()
    journal.append(ENTRIES[2])
    assert list(read_journal(path).entries) == [ENTRIES[0], ENTRIES[2]]
    journal.close(remove=False)


def test_a_link_is_not_followed(tmp_path):
    target = tmp_path / "precious"
    target.write_text("precious")
    link = tmp_path / "x.journal"
    link.symlink_to(target)
    with pytest.raises(StorageError):
        Journal(link).open()
    assert target.read_text() == "precious"


def test_lines_that_fit_their_digest_and_say_nothing_are_damage(tmp_path):
    """Not what a disk does; what another program may write."""
    path = tmp_path / "x.journal"
    for text in (b"{", b"[]", b"[" * 100_000):
        digest = hashlib.sha256(text).hexdigest()[:16].encode()
        path.write_bytes(
            first_line("abc") + count_line(1) + b"%d %s %s\n" % (len(text), digest, text)
        )
        found = read_journal(path)
        assert found.damaged and found.entries == ()
