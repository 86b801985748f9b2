"""Nothing runs for five seconds in silence: measured with a clock of the test."""

import itertools
import os
import pty
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from labeler.console.heartbeat import EVERY, VARIABLE, Heartbeat, heartbeat
from labeler.runs.failure import complaint
from tests.classifier.runs import ROOT


class Clock:
    """Stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines(clock: Clock) -> list[tuple[float, str]]:
    """Lines that were printed, with their time."""
    return []


@pytest.fixture
def beating(clock: Clock, lines: list[tuple[float, str]]) -> Heartbeat:
    """The heartbeat of a command that has just begun."""

    def say(line: str) -> None:
        lines.append((clock.now - 100, line))

    return Heartbeat("labeler apply", say, clock, every=EVERY)


def run(clock: Clock, beating: Heartbeat, seconds: float) -> None:
    """Let time pass; the thread wakes when the heartbeat said."""
    end = clock.now + seconds
    while (wait := beating.beat()) <= end - clock.now:
        clock.now += wait
    clock.now = end


def longest_gap(lines: list[tuple[float, str]], end: float) -> float:
    times = [0.0, *(when for when, _ in lines), end]
    return max(later - earlier for earlier, later in itertools.pairwise(times))


def test_no_gap_reaches_five_seconds(clock, beating, lines) -> None:
    run(clock, beating, 61)
    assert longest_gap(lines, 61) < 5
    assert lines[0][1] == "labeler apply is working, 3 s"
    assert len(lines) == 20


def test_a_command_that_speaks_is_left_alone(clock, beating, lines) -> None:
    for _ in range(40):
        run(clock, beating, EVERY / 2)
        beating.hear()
    assert lines == []


def test_the_line_says_how_far_the_innermost_progress_is(clock, beating, lines) -> None:
    with beating.describe(lambda: "Writing: 1 of 3"):
        with beating.describe(lambda: ""):
            run(clock, beating, EVERY + 1)
        with beating.describe(lambda: "Checking: 2 of 3"):
            run(clock, beating, EVERY)
    run(clock, beating, EVERY)
    assert [line for _, line in lines] == [
        "Writing: 1 of 3, 3 s",
        "Checking: 2 of 3, 6 s",
        "labeler apply is working, 9 s",
    ]


def test_a_command_on_a_terminal_speaks_unless_a_bar_does() -> None:
    shown = on_a_terminal(SPEAKING)
    assert "labeler apply is working, " in shown.partition("SINCE THEN")[2]
    assert "Reading" not in shown
    barred = on_a_terminal(SPEAKING.replace("nullcontext()", "count_progress()"))
    before, _, since = barred.partition("SINCE THEN")
    assert since and "is working" not in since
    assert "Reading" in before + since


SPEAKING = """
import sys
from contextlib import nullcontext
from threading import Semaphore
import labeler.console.heartbeat as heartbeat
from labeler.console.progress import count_progress
assert sys.stderr.isatty()
beats = Semaphore(0)
beat = heartbeat.Heartbeat.beat
def counted(self):
    wait = beat(self)
    beats.release()
    return wait
heartbeat.Heartbeat.beat = counted
heartbeat.EVERY = 0.05
with heartbeat.heartbeat("labeler", ["apply"]), nullcontext() as bar:
    if bar is not None:
        bar.add_task("Reading", total=2)
    while beats.acquire(blocking=False):
        pass
    beats.acquire()  # one that began before the bar came is over
    print("SINCE THEN", flush=True)
    for _ in range(4):
        beats.acquire()
"""


def on_a_terminal(code: str) -> str:
    """What a process shows on a terminal of its own."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    del environment[VARIABLE]
    call = [sys.executable, "-c", code]
    with subprocess.Popen(
        call, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # which Linux answers once nobody holds the other end
            while piece := os.read(ours, 4096):
                shown += piece
    os.close(ours)
    assert process.returncode == 0, shown
    return shown.decode()


def test_silent_while_another_program_speaks(clock, beating, lines) -> None:
    with beating.pause():
        run(clock, beating, 30)
    assert lines == []
    run(clock, beating, 5)
    assert len(lines) == 1


def test_a_line_is_never_taken_for_an_error(clock, lines) -> None:
    beating = Heartbeat("labeler-train", lambda line: lines.append((0, line)), clock, every=EVERY)
    run(clock, beating, 5)
    assert complaint([line for _, line in lines]) is None


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ([], "labeler"),
        (["--help"], "labeler"),
        (["hilserl-config", "env.json"], "labeler hilserl-config"),
        (["recordings/pick_lift"], "labeler"),
    ],
)
def test_the_line_names_the_command_and_no_option(words, name, monkeypatch, capsys) -> None:
    monkeypatch.setenv(VARIABLE, "0.01")
    with heartbeat("labeler", words):
        while not (shown := capsys.readouterr().err):
            pass
    assert shown.startswith(f"{name} is working, ")


@pytest.mark.parametrize(("seconds", "beats"), [("0", False), ("-1", False), ("x", True)])
def test_a_script_that_compares_what_is_printed_can_have_silence(
    seconds: str, beats: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, seconds)
    with heartbeat("labeler", ["apply"]):
        assert ("heartbeat" in {one.name for one in threading.enumerate()}) is beats


def test_the_last_word_is_the_last(clock) -> None:
    said: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def say(line: str) -> None:
        begun.set()
        go_on.wait(60)
        said.append(line)

    beating = Heartbeat("labeler apply", say, clock, every=EVERY)
    clock.now += EVERY
    line = threading.Thread(target=beating.beat)
    line.start()
    begun.wait(60)
    threading.Timer(0.1, go_on.set).start()
    beating.silence()
    assert len(said) == 1  # the one that was being written
    line.join()
    clock.now += EVERY
    beating.beat()
    assert len(said) == 1
