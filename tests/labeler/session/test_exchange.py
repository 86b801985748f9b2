"""Labels from and to files of every dialect."""

import json

import pytest

from labeler.errors import (
    AmbiguousLabelsError,
    InexpressibleError,
    LabelFileError,
    RefusedError,
    UsageError,
)
from labeler.labels import FrameRange, Origin, State
from labeler.labels.dialects import Dialect, read_labels
from labeler.labels.episode import exclude, never, with_cutoff
from labeler.session import export_labels, import_labels

from .conftest import LENGTHS

FILES = {
    "cutoffs.json": '{"0": 3, "1": 4}',
    "ranges.json": '{"episodes": {"0": {"success_start": 3}, "1": {"ranges": [[4, null]]}}}',
    "lines.txt": "00: 4-\n01: 5-\n",
    "table.csv": "episode,success_start,env_reset_start\n0,3,nan\n1,4,nan\n",
}


@pytest.fixture(params=FILES)
def foreign(request, tmp_path):
    path = tmp_path / request.param
    path.write_text(FILES[request.param])
    return path


def said(session):
    return [
        label.cutoff if label.state is State.SUCCESS else label.state.value
        for label in session.labels()
    ]


def test_opening_a_foreign_file_imports_it(open_session, foreign, home):
    text = foreign.read_text()
    session = open_session(foreign)
    assert said(session) == [3, 4, "unlabeled", "unlabeled"]
    assert session.label(0).origin is Origin.IMPORTED
    assert session.file.is_relative_to(home)
    assert any("episodes 2" in note for note in session.notes)
    assert session.undo_text == f"import of {foreign.name}"
    session.close()
    assert foreign.read_text() == text
    assert said(open_session()) == [3, 4, "unlabeled", "unlabeled"]


def test_opening_it_again_undoes_no_correction(open_session, foreign):
    session = open_session(foreign)
    session.decide(0, with_cutoff(session.label(0), 6), frame=6, what="success from 6")
    session.close()
    again = open_session(foreign)
    assert said(again) == [6, 4, "unlabeled", "unlabeled"]
    assert any("episode 0, which kept" in note for note in again.notes)
    assert again.undo_text == "success from 6", "opening it is no step"
    import_labels(again, foreign)
    assert said(again) == [3, 4, "unlabeled", "unlabeled"]
    again.undo()
    assert said(again)[0] == 6


def test_a_foreign_file_with_the_labels_held_elsewhere(session, open_session, foreign):
    reader = open_session(foreign)
    assert reader.save_state().read_only
    assert reader.notes == (f"{foreign.name} was not imported: the labels can only be read.",)


def test_importing_is_one_step(session, foreign):
    session.decide(3, never(session.label(3)), frame=0, what="never")
    notes = import_labels(session, foreign)
    assert said(session) == [3, 4, "unlabeled", "never"]
    assert "says nothing about episodes" in notes[-1]
    step = session.undo()
    assert (step.what, set(step.changes)) == (f"import of {foreign.name}", {0, 1})
    assert said(session) == ["unlabeled"] * 3 + ["never"]


def test_a_file_with_two_readings(session, open_session, tmp_path):
    path = tmp_path / "cutoffs.json"
    path.write_text('{"1": 3, "2": 3, "3": 1, "4": 2}')
    with pytest.raises(AmbiguousLabelsError):
        import_labels(session, path)
    with pytest.raises(AmbiguousLabelsError):
        open_session(path)
    session.close()
    assert said(open_session(path, first_episode=1)) == [3, 3, 1, 2]


@pytest.mark.parametrize("text", ["", "hello", "{", '{"format": "labeler-labels"}'])
def test_a_file_that_is_none(session, open_session, tmp_path, text):
    path = tmp_path / "labels.json"
    path.write_text(text)
    for action in (lambda: import_labels(session, path), lambda: open_session(path)):
        with pytest.raises(LabelFileError, match=r"labels\.json"):
            action()
    assert path.read_text() == text


def test_failing_to_open_frees_the_lock(open_session, tmp_path):
    path = tmp_path / "labels.json"
    path.write_text('{"format": "labeler-labels", "version": 1, "episodes": {"0": {"length": 99}}}')
    for _ in range(2):
        with pytest.raises(Exception, match="99"):
            open_session(path)
    path.unlink()
    assert open_session(path).save_state().read_only == ""


def test_a_colleagues_file_keeps_author_and_time(session, open_session, tmp_path):
    theirs = open_session(tmp_path / "theirs.json", author="colleague")
    theirs.decide(2, never(theirs.label(2)), frame=0, what="never")
    theirs.close()
    import_labels(session, theirs.file)
    assert session.label(2) == theirs.label(2) and session.label(2).author == "colleague"


@pytest.mark.parametrize("dialect", [Dialect.LABELER, Dialect.CUTOFFS, Dialect.RANGES, Dialect.CSV])
def test_export(session, tmp_path, dialect):
    session.decide(0, with_cutoff(session.label(0), 3), frame=3, what="a")
    session.decide(1, with_cutoff(session.label(1), 4), frame=3, what="a")
    path = tmp_path / "out" / "labels"
    export_labels(session, path, dialect)
    found = read_labels(path, LENGTHS)
    assert found.dialect is dialect
    assert [label.cutoff for label in found.labels] == [3, 4, None, None]
    if dialect is Dialect.RANGES:
        assert json.loads(path.read_text())["dataset_path"] == str(session.dataset.root)


def test_export_refuses_as_the_command_does(session, tmp_path, recording):
    session.decide(0, exclude(never(session.label(0)), FrameRange(0, 2)), frame=3, what="a")
    with pytest.raises(InexpressibleError, match="cutoffs cannot express"):
        export_labels(session, tmp_path / "x.json", Dialect.CUTOFFS)
    with pytest.raises(UsageError):
        export_labels(session, tmp_path / "x.txt", Dialect.TEXT)
    with pytest.raises(RefusedError, match="inside a dataset"):
        export_labels(session, recording / "x.json", Dialect.LABELER)
