"""What is written appears whole or not at all."""

import pytest

from classifier.output import (
    append_line,
    new_folder,
    point,
    remove_unfinished,
    rewrite_file,
    write_file,
)
from labeler.errors import StorageError


def test_a_folder_appears_at_the_end(tmp_path) -> None:
    with new_folder(tmp_path / "a" / "b") as staged:
        write_file(staged / "c" / "d", b"1")
        assert not (tmp_path / "a" / "b").exists()
    assert (tmp_path / "a" / "b" / "c" / "d").read_bytes() == b"1"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_failure_leaves_nothing(tmp_path) -> None:
    with pytest.raises(RuntimeError), new_folder(tmp_path / "b") as staged:
        write_file(staged / "c", b"1")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_cleared(tmp_path) -> None:
    write_file(tmp_path / ".unfinished-1-b" / "c", b"1")
    write_file(tmp_path / "kept" / "c", b"1")
    remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_files_are_replaced_whole_and_lines_added(tmp_path) -> None:
    for text in (b"old", b"new"):
        rewrite_file(tmp_path / "a", text)
    assert (tmp_path / "a").read_bytes() == b"new"
    for line in ("1", "2"):
        append_line(tmp_path / "lines", line)
    assert (tmp_path / "lines").read_text() == "1\n2\n"
    assert {path.name for path in tmp_path.iterdir()} == {"a", "lines"}
    with pytest.raises(StorageError):
        write_file(tmp_path / "a", b"never over an old file")


def test_links_are_relative_and_replaced(tmp_path) -> None:
    for name in ("000001", "000002"):
        (tmp_path / name).mkdir()
        point(tmp_path / "last", name)
    assert (tmp_path / "last").readlink().as_posix() == "000002"
