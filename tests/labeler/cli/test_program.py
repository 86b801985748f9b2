"""The program itself: help, wrong arguments, interruption, and errors that are ours."""

import os
import platform
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from labeler import __version__
from labeler.cli import program
from labeler.console.program import CRASHED
from tests.broken import ALL

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = ("demo", "inspect", "apply", "check", "export", "recover")


def labeler(*arguments, **options):
    """Run the program in a process of its own."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TERM": "dumb", "COLUMNS": "100"}
    environment.pop("PYTHONUNBUFFERED", None)  # then Python drops what one call does not write
    return subprocess.Popen(
        [sys.executable, "-m", "labeler", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


def test_every_command_has_a_help_that_reads_well(run):
    for arguments in ([], *([name] for name in COMMANDS)):
        shown = run(*arguments, "--help")
        assert shown.exit_code == 0
        assert shown.stdout == run(*arguments, "-h").stdout
        for glitch in ("[/", "[bold", "[dim", "`labeler apply`.\n\n\n", "None", "TEXT", "FILENAME"):
            assert glitch not in shown.stdout
        assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    listed = run("--help").stdout
    assert "..." not in listed.partition("Commands:")[2]
    for name in COMMANDS:
        assert f"  {name} " in listed


def test_without_arguments_the_help_is_shown(run):
    assert "Describe a dataset and what does not add up in it." in run().output


def test_the_version(run):
    first, python, packages = run("--version").stdout.splitlines()
    assert first == f"labeler {__version__}"
    assert python.startswith(f"Python {platform.python_version()}")
    for package in ("PyTorch", "PyAV", "Qt for Python"):
        assert re.search(rf"{package} \d+\.\d+", packages)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "No such command 'nothing'"),
        (["inspect"], "Missing argument 'ROOT'"),
        (["inspect", ".", "more"], "unexpected extra argument"),
        (["inspect", ".", "--fast"], "No such option"),
        (["apply", ".", "--labels"], "requires an argument"),
        (["apply", ".", "--labels", "x", "--unlabeled", "maybe"], "'maybe' is not one of"),
        (["apply", ".", "--labels", "x", "--frames-from", "one"], "--frames-from"),
        (["export", ".", "--to", "yaml"], "'yaml' is not one of"),
        (["check"], "Missing argument 'COPY'"),
        (["recover"], "Missing argument 'COPY'"),
    ],
)
def test_wrong_arguments(run, arguments, words):
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert words in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("number", ["2", "-1"])
def test_a_number_other_than_0_and_1(recording, labels, run, number):
    refused = run("apply", recording(), "--labels", labels, "--frames-from", number)
    assert refused.exit_code == 2
    assert "--frames-from 0" in refused.stderr


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("the folder above", 3, "Did you mean"),
        ("fps is null", 3, "fps"),
        ("data truncated", 3, "is truncated or no parquet file"),
        ("video truncated", 3, "cut off"),
        ("timestamps stand still", 0, "timestamp"),
    ],
)
def test_a_process_of_its_own_says_the_same(recording, name, code, words):
    root = recording()
    place = ALL[name].damage(root) or root
    process = labeler("inspect", place)
    output, errors = process.communicate()
    assert process.returncode == code
    assert words in output + errors
    assert "Traceback" not in errors


@pytest.fixture
def long_report(recording):
    """A recording of which more is to be said than a pipe holds."""
    root = recording()
    for number in range(2000):
        (root / f"data/chunk-000/{number:0100d}.parquet").touch()
    return root


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_no_crash(long_report, number):
    process = labeler("inspect", long_report, "--json", "--quick")
    assert process.stdout.read(1) == "{"  # it writes on until the pipe is full, and waits there
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "labeler: Interrupted.\nNothing was left half done.\n"


def test_a_reader_that_goes_away_ends_the_program_without_a_word(long_report):
    with labeler("inspect", long_report, "--quick", "--json") as process:
        assert process.stdout.read(1)
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is full")
@pytest.mark.parametrize("arguments", [["inspect", "--quick"], ["inspect", "--quick", "--json"]])
def test_output_on_a_full_disk_is_said(recording, arguments):
    with Path("/dev/full").open("w") as full:
        process = labeler(*arguments, recording(), stdout=full)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 5
    assert errors.startswith("labeler: The output cannot be written: No space left on device.\n")
    assert errors.count("\n") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX shells close streams")
@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("labeler", "--help"),
        ("labeler", "--version"),
        ("labeler", "inspect {root} --quick"),
        ("labeler", "inspect {root} --quick --json"),
        ("labeler", "export {root}"),
        ("labeler", "export {root} --labels-from next.reward"),
        ("labeler", "check {copy}"),
        ("labeler", "balance {root}"),
        ("labeler", "apply {root} --labels-from next.reward --dry-run"),
        ("labeler", "merge {root} --out {new} --dry-run"),
        ("classifier", "--help"),
        ("classifier", "--version"),
    ],
)
def test_a_result_for_which_stdout_is_closed_is_said(make_recording, run, tmp_path, program, line):
    root = make_recording(lengths=(9, 9), reward=lambda _: np.repeat(np.float32([0, 1]), (5, 4)))
    copy = tmp_path / "copy"
    if "{copy}" in line:
        assert run("apply", root, "--labels-from", "next.reward", "--out", copy).exit_code == 0
    words = line.format(root=root, copy=copy, new=tmp_path / "merged")
    shell = f"{sys.executable} -m {program} {words} >&-"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 5, done.stderr
    assert "The output cannot be written: Bad file descriptor.\n" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX shells close streams")
def test_no_file_takes_the_place_of_a_closed_stream(recording):
    code = (
        "import os, sys\nfrom labeler.console.standard_streams import watch_output\n"
        "with watch_output('labeler'):\n"
        "    opened = os.open(sys.argv[1], os.O_RDONLY)\n    sys.exit(opened > 2)"
    )
    shell = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {recording()}/meta/info.json"
    done = subprocess.run(["bash", "-c", f"{shell} >&- 2>&-"], cwd=ROOT, check=False)
    assert done.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is full")
def test_an_error_that_cannot_be_written_keeps_its_exit_code(tmp_path):
    with Path("/dev/full").open("w") as full:
        process = labeler("inspect", tmp_path, stderr=full)
        process.communicate(timeout=60)
    assert process.returncode == 3


@pytest.mark.parametrize("error", [RuntimeError, KeyError, MemoryError, RecursionError])
def test_whatever_is_ours_ends_in_a_crash_report(monkeypatch, recording, error):
    def fail(root):
        raise error("from within")

    monkeypatch.setattr("labeler.dataset.open_dataset", fail)
    result = CliRunner().invoke(program.app, ["inspect", str(recording())])
    assert result.exit_code == CRASHED
    assert "from within" in result.stderr
    assert f"This is an error of Labeler {__version__} itself." in result.stderr


def test_recover_says_what_it_did(recording, run, tmp_path):
    root = recording()
    assert "nothing to recover" in run("recover", root.with_name("none")).stdout
    assert run("recover", root).stderr.strip() == f"Next: labeler apply {root}"
    partial = root.with_name("copy.partial-0123abcd")
    partial.mkdir()
    (partial / "file").write_text("half")
    done = run("recover", root.with_name("copy"))
    assert done.exit_code == 0
    assert "The partial copy" in done.stdout
    assert not partial.exists()
    (tmp_path / "link").symlink_to(root)
    assert run("recover", tmp_path / "link").exit_code == 5
