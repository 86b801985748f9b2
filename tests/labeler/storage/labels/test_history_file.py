"""The steps beside a label file: what was kept is read again, up to where it is torn."""

import pytest

from labeler.storage.labels import history_file
from labeler.storage.labels.history_file import HistoryFile
from labeler.storage.labels.open_label_file import OpenLabelFile


def history(tmp_path):
    return HistoryFile(tmp_path / ".x.json.history")


def test_it_lies_hidden_beside_the_labels(tmp_path):
    file = OpenLabelFile(tmp_path / "x.json", tmp_path / "recording")
    assert file.history_path == tmp_path / ".x.json.history"


def test_sessions_one_after_the_other_keep_all_their_lines(tmp_path):
    assert history(tmp_path).read() == []
    for session in range(2):
        kept = history(tmp_path)
        for step in range(3):
            kept.append({"session": session, "step": step})
    assert [(one["session"], one["step"]) for one in history(tmp_path).read()] == [
        (session, step) for session in range(2) for step in range(3)
    ]


@pytest.mark.parametrize("torn", ['{"step": ', "[1, 2]", "7", "[" * 100_000, "\udcff"])
def test_steps_before_a_line_that_cannot_be_read_are_given_up(tmp_path, torn):
    """They would have to be undone through what is not known."""
    kept = history(tmp_path)
    kept.append({"step": 1})
    with kept.path.open("a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(torn)
    assert kept.read() == []
    later = history(tmp_path)
    later.append({"step": 2})
    later.append({"step": 3})
    assert history(tmp_path).read() == [{"step": 2}, {"step": 3}]


def test_a_history_that_cannot_be_kept_is_given_up_at_once(tmp_path):
    """Where a line is lacking, the steps after it would be undone out of order."""
    (tmp_path / "file").write_text("")
    kept = HistoryFile(tmp_path / "file" / "history")
    kept.append({"step": 1})
    assert kept.broken
    (tmp_path / "file").unlink()
    (tmp_path / "file").mkdir()
    kept.append({"step": 2})
    assert kept.read() == [] and not kept.path.exists()


def test_of_a_long_history_the_end_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(history_file, "_LARGEST", 1000)
    kept = history(tmp_path)
    for step in range(200):
        kept.append({"step": step})
    later = history(tmp_path)
    later.append({"step": 200})
    steps = [line["step"] for line in later.read()]
    assert steps == list(range(steps[0], 201))
    assert 500 - 40 <= later.path.stat().st_size <= 500 + 40
