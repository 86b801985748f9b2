"""Undo and redo survive a restart, as far as the labels are what they were left as."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from labeler.labels import Origin, State
from labeler.labels.episode import never, skip, with_cutoff
from labeler.session import Session
from labeler.storage.labels import history_file

from .conftest import OpenSession


def decide(session: Session, episode: int, frame: int) -> None:
    label = with_cutoff(session.label(episode), frame)
    session.decide(episode, label, frame=frame, what=f"success from {frame}")


def cutoffs(session: Session) -> list[int | None]:
    return [session.label(episode).cutoff for episode in range(4)]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "mine" / "my.labels.json"


def history(labels: Path) -> Path:
    return labels.with_name(f".{labels.name}.history")


def test_steps_of_an_earlier_start_are_undone_and_redone(
    open_session: OpenSession, labels: Path
) -> None:
    first = open_session(labels, author="ana")
    for episode, frame in ((0, 3), (1, 4), (0, 5)):
        decide(first, episode, frame)
    made = first.label(0)
    first.close()
    again = open_session(labels, author="bo")
    assert again.undo_text == "success from 5"
    step = again.undo()
    assert step is not None and (step.episode, step.frame) == (0, 5)
    assert cutoffs(again) == [3, 4, None, None]
    again.undo()
    again.close()
    third = open_session(labels)
    assert third.redo_text == "success from 4"
    third.redo()
    third.redo()
    assert cutoffs(third) == [5, 4, None, None]
    assert third.label(0) == made, "with author and time"
    for _ in range(3):
        third.undo()
    assert cutoffs(third) == [None] * 4 and third.undo() is None


def test_steps_of_this_start_come_first(open_session: OpenSession, labels: Path) -> None:
    first = open_session(labels)
    decide(first, 0, 3)
    first.close()
    again = open_session(labels)
    decide(again, 1, 4)
    assert again.redo() is None
    again.undo()
    assert cutoffs(again) == [3, None, None, None]
    again.undo()
    assert cutoffs(again) == [None] * 4
    again.redo()
    again.redo()
    assert cutoffs(again) == [3, 4, None, None]


def test_a_step_ends_what_an_earlier_start_had_undone(
    open_session: OpenSession, labels: Path
) -> None:
    first = open_session(labels)
    decide(first, 0, 3)
    first.undo()
    first.close()
    again = open_session(labels)
    decide(again, 2, 1)
    assert again.redo() is None
    again.undo()
    assert again.undo() is None and again.redo_text == "success from 1"


def test_an_import_is_undone_after_a_restart(
    open_session: OpenSession, labels: Path, tmp_path: Path
) -> None:
    first = open_session(labels)
    before = [replace(first.label(e), state=State.NEVER) for e in range(4)]
    first.decide_many(
        {e: replace(label, origin=Origin.IMPORTED) for e, label in enumerate(before)},
        what="import of theirs.csv",
    )
    first.close()
    again = open_session(labels)
    assert again.counts()[State.NEVER] == 4
    step = again.undo()
    assert step is not None and step.what == "import of theirs.csv" and len(step.changes) == 4
    assert again.counts()[State.UNLABELED] == 4


KILLED = """
import os, sys
from pathlib import Path
from labeler.labels.episode import with_cutoff
from labeler.session import Session
session = Session.open(Path(sys.argv[1]), Path(sys.argv[2]))
for episode, frame in ((0, 3), (1, 4)):
    session.decide(episode, with_cutoff(session.label(episode), frame), frame=frame, what="cutoff")
session.undo()
print("ready", flush=True)
input()
"""


def test_steps_survive_a_kill(open_session: OpenSession, labels: Path, recording: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(recording), str(labels)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
        os.kill(one.pid, signal.SIGKILL)
    again = open_session(labels)
    assert cutoffs(again) == [3, None, None, None]
    again.redo()
    assert cutoffs(again) == [3, 4, None, None]
    again.undo()
    again.undo()
    assert cutoffs(again) == [None] * 4


def test_what_another_program_changed_ends_the_history(
    open_session: OpenSession, labels: Path
) -> None:
    first = open_session(labels)
    decide(first, 0, 3)
    decide(first, 1, 4)
    decide(first, 2, 5)
    first.close()
    content = json.loads(labels.read_text())
    content["episodes"]["1"]["success"] = [[2, 9]]
    labels.write_text(json.dumps(content))
    again = open_session(labels)
    again.undo()
    assert cutoffs(again) == [3, 2, None, None]
    assert again.undo() is None, "the step before would overwrite what the other program wrote"
    assert cutoffs(again) == [3, 2, None, None]


@pytest.mark.parametrize("damage", ["{", "[]", '{"what": 1}', '{"labels": {"9": []}}', "\x00"])
def test_damage_ends_the_history_and_hurts_no_label(
    open_session: OpenSession, labels: Path, damage: str
) -> None:
    first = open_session(labels)
    decide(first, 0, 3)
    first.close()
    with history(labels).open("a") as file:
        file.write(damage)
    again = open_session(labels)
    assert again.undo() is None and cutoffs(again)[0] == 3
    again.close()
    third = open_session(labels)
    decide(third, 1, 4)
    third.close()
    fourth = open_session(labels)
    fourth.undo()
    assert cutoffs(fourth) == [3, None, None, None] and fourth.undo() is None


def test_a_history_that_cannot_be_kept_is_no_reason_to_refuse(
    open_session: OpenSession, labels: Path
) -> None:
    labels.parent.mkdir()
    history(labels).mkdir()
    session = open_session(labels)
    decide(session, 0, 3)
    decide(session, 1, 4)
    session.undo()
    assert cutoffs(session) == [3, None, None, None]
    session.undo()
    assert cutoffs(session) == [None] * 4 and not session.save_state().problem


def test_who_only_reads_undoes_nothing(open_session: OpenSession, labels: Path) -> None:
    first = open_session(labels)
    decide(first, 0, 3)
    assert first.flush(20)
    reading = open_session(labels)
    assert reading.save_state().read_only
    assert reading.undo() is None and reading.undo_text == ""


def test_crops_are_undone_also_after_a_restart(open_session: OpenSession, labels: Path) -> None:
    first = open_session(labels)
    key = first.dataset.cameras[0].key
    first.set_crops({key: (0, 0, 20, 20)}, episode=2, frame=7)
    first.set_crops({key: (1, 2, 10, 10)}, episode=1, frame=3)
    step = first.undo()
    assert step is not None and (step.episode, step.frame, step.what) == (1, 3, "crop")
    assert first.table.crops == {key: (0, 0, 20, 20)}
    first.redo()
    first.close()
    again = open_session(labels)
    assert again.table.crops == {key: (1, 2, 10, 10)}
    again.undo()
    again.undo()
    assert again.table.crops == {}
    assert again.flush(20)
    again.close()
    assert open_session(labels).table.crops == {}


def test_a_long_history_is_cut_at_its_beginning(
    open_session: OpenSession, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_file, "_LARGEST", 4000)
    first = open_session(labels)
    for turn in range(40):
        decide(first, turn % 2, turn % 9)
    first.close()
    again = open_session(labels)
    decide(again, 2, 1)
    assert history(labels).stat().st_size < 4000
    again.close()
    third = open_session(labels)
    undone = 0
    while third.undo() is not None:
        undone += 1
    assert 3 < undone < 41


def test_history_of_one_evening_reads_fast_enough_to_be_read_lazily(
    open_session: OpenSession, labels: Path
) -> None:
    first = open_session(labels)
    first.decide(3, never(first.label(3)), frame=0, what="never")
    first.decide(3, skip(first.label(3)), frame=0, what="skip")
    first.close()
    again = open_session(labels)
    assert not again._history._complete, "opening a recording does not wait for it"
    assert again.undo_text == "skip"
