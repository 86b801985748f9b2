"""Lines of a file that grows: whole, halved, broken, newer."""

from pathlib import Path

from labeler.contracts.events import Encoding, Warned, line
from labeler.runs.tail import EventTail, last_lines

FIRST, SECOND = Warned(message="größer"), Encoding(done=1, total=2, frames_per_second=3.0)


def grow(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_lines_come_once_and_half_a_line_waits_for_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = EventTail(path)
    assert tail.read() == []
    whole = f"{line(FIRST)}\n{line(SECOND)}\n".encode()
    for place in range(len(whole)):
        grow(path, whole[place : place + 1])
        expected = {len(line(FIRST).encode()): [FIRST], len(whole) - 1: [SECOND]}.get(place, [])
        assert tail.read() == expected, place
    assert tail.read() == []


def test_garbage_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    grow(path, b"\xff\xfe\n{]\n\n[3]\n" + b'{"version": 1}\n' + line(FIRST).encode() + b"\n")
    tail = EventTail(path)
    assert tail.read() == [FIRST]
    assert not tail.newer


def test_a_newer_version_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    grow(path, b'{"version": 2, "event": "step"}\n')
    tail = EventTail(path)
    assert tail.read() == []
    assert tail.newer


def test_an_endless_line_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = EventTail(path)
    grow(path, b"x" * (3 << 20))
    for _ in range(5):
        assert tail.read() == []
    grow(path, b"\n" + line(FIRST).encode() + b"\n")
    assert [*tail.read(), *tail.read()] == [FIRST]


def test_a_file_that_was_begun_anew_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    grow(path, f"{line(FIRST)}\n{line(FIRST)}\n".encode())
    tail = EventTail(path)
    assert tail.read() == [FIRST, FIRST]
    path.write_text(f"{line(SECOND)}\n")
    assert tail.read() == [SECOND]


def test_the_end_of_a_log_without_what_a_progress_bar_wrote_over(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    assert last_lines(path, 3) == []
    path.write_text("a\nb\n1 %\r2 %\nc\n\n")
    assert last_lines(path, 3) == ["b", "2 %", "c"]
