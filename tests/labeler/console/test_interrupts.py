"""Ctrl-C ends a command with one sentence at any moment: real processes that interrupt themselves.

Where the moment is an import, the import is finished first.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.classifier.runs import ROOT
from tests.conftest import NO_QT

AT_IMPORT = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "{module}" and self in sys.meta_path:
            sys.meta_path.remove(self)
            try:
                os.kill(os.getpid(), signal.{signal})
            except BaseException:
                sys.stderr.write("in an import\\n")

sys.meta_path.insert(0, Interrupting())
from {package}.__main__ import main
main()
"""
BLOCK = """
import os, signal, sys
from labeler.console.interrupts import Terminated, end_by_signals, interrupted, repeat_interrupt

class Dropping:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

with end_by_signals("program", Terminated, own=True):
    {body}
"""
needs_qt = pytest.mark.skipif(bool(NO_QT), reason=NO_QT)
SENTENCES = ": Interrupted.\nNothing was left half done.\n"


def ended(code: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "module", ["typer", "labeler.cli.window", "labeler.dataset", "numpy", "pyarrow.parquet"]
)
def test_while_a_command_is_imported(module, recording) -> None:
    code = AT_IMPORT.format(module=module, signal="SIGINT", package="labeler")
    run = ended(code, "inspect", recording())
    assert (run.returncode, run.stderr, run.stdout) == (130, "labeler" + SENTENCES, "")


@pytest.mark.parametrize("module", ["typer", "pydantic", "torch"])
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_while_the_trainer_is_imported(module, number, code, recording, tmp_path) -> None:
    call = AT_IMPORT.format(module=module, signal=number, package="classifier")
    new = tmp_path / "run"
    words = ("--policy.model_name=random", f"--output_dir={new}")
    run = ended(call, "train", recording(), *words)
    assert (run.returncode, run.stderr, run.stdout) == (code, "labeler-train" + SENTENCES, "")
    assert not new.exists()


INSISTING = """
import os, signal
os.kill(os.getpid(), signal.SIGINT)
print("once", flush=True)
os.kill(os.getpid(), signal.SIGINT)
print("twice")
"""


NEVER = "import labeler.console.interrupts as i; i._ONCE_MORE = 3600\n"
"""Until then the program has ended."""
PATIENT = "import labeler.console.interrupts as i; i._LONGEST = 3600\n"
"""However long the machine stands still, that is not what ends an import."""
QUICK = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"


@pytest.mark.parametrize("end", ["pass", "sys.exit()", "sys.exit(5)"])
def test_one_that_still_waits_when_the_program_ends_is_not_lost(tmp_path, end) -> None:
    (tmp_path / "quick.py").write_text(QUICK)
    body = f"sys.path.insert(0, {str(tmp_path)!r}); import quick; print('done'); {end}"
    run = ended(BLOCK.format(body=body).replace("import os", NEVER + "import os", 1))
    assert (run.returncode, run.stderr) == (130, "program" + SENTENCES)
    assert run.stdout == "done\n"


def test_a_second_one_does_not_wait_for_the_import(tmp_path) -> None:
    (tmp_path / "insisting.py").write_text(INSISTING)
    body = f"sys.path.insert(0, {str(tmp_path)!r}); import insisting"
    run = ended(PATIENT + BLOCK.format(body=body))
    assert (run.returncode, run.stderr) == (130, "program" + SENTENCES)
    assert run.stdout == "once\n"


def test_a_long_import_is_not_waited_for(tmp_path) -> None:
    text = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(600)\n"
    (tmp_path / "long.py").write_text(text)
    run = ended(BLOCK.format(body=f"sys.path.insert(0, {str(tmp_path)!r}); import long"))
    assert (run.returncode, run.stderr) == (130, "program" + SENTENCES)


def test_one_that_a_finalizer_drops_is_repeated() -> None:
    run = ended(BLOCK.format(body="Dropping(); print(interrupted()); repeat_interrupt(); print(1)"))
    assert run.returncode == 130
    assert run.stderr.endswith("program" + SENTENCES)
    assert run.stdout == "True\n"


def test_sigterm_has_its_own_exit_code() -> None:
    run = ended(BLOCK.format(body="os.kill(os.getpid(), signal.SIGTERM)"))
    assert (run.returncode, run.stderr) == (143, "program" + SENTENCES)


def test_after_the_end_there_is_nothing_to_say() -> None:
    code = BLOCK.format(body="pass") + "\nos.kill(os.getpid(), signal.SIGINT)\n"
    run = ended(code)
    assert (run.returncode, run.stderr) == (-signal.SIGINT, "")


def test_an_ignored_one_stays_ignored() -> None:
    body = "os.kill(os.getpid(), signal.SIGINT); print('went on')"
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)" + BLOCK.format(body=body)
    run = ended(code)
    assert (run.returncode, run.stdout) == (0, "went on\n")


@needs_qt
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("module", ["PySide6.QtWidgets", "labeler.ui.window.main_window"])
def test_while_the_window_is_imported(module, number, recording, monkeypatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    code = AT_IMPORT.format(module=module, signal=number, package="labeler")
    run = ended(code, recording())
    assert (run.returncode, run.stderr) == (130, "labeler" + SENTENCES)


DROPPED_IN_THE_WINDOW = """
import os, signal
import labeler.console.interrupts as interrupts
from labeler.ui.window import app

make = app.make_application
def make_and_lose():
    made = make()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        pass  # as in a slot of Qt, whose exceptions come to nothing
    return made

app.make_application = make_and_lose
from labeler.__main__ import main
main()
"""


@needs_qt
def test_one_that_the_starting_window_drops_ends_it(recording, monkeypatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    run = ended(DROPPED_IN_THE_WINDOW, recording())
    assert (run.returncode, run.stderr) == (130, "labeler" + SENTENCES)


SPEAKING = """
import os, signal, sys

class Errors:
    def write(self, text):
        sys.__stderr__.write(text)
        import again

    def flush(self):
        sys.__stderr__.flush()

sys.path.insert(0, {folder!r})
sys.stderr = Errors()
"""


def test_one_that_comes_with_the_last_words_changes_nothing(tmp_path) -> None:
    (tmp_path / "again.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    body = "os.kill(os.getpid(), signal.SIGINT)"
    code = SPEAKING.format(folder=str(tmp_path)) + BLOCK.format(body=body)
    code += "\nimport time; time.sleep(0.1)\n"
    run = ended(code)
    assert run.returncode == 130 and "Traceback" not in run.stderr
    assert run.stderr.startswith("program: Interrupted.\n")


def test_with_stderr_closed_the_exit_code_is_the_same(recording, tmp_path) -> None:
    main = f"{sys.executable} -m labeler"
    code = AT_IMPORT.format(module="numpy", signal="SIGINT", package="labeler")
    for line, exit_code in (
        (f"{main} inspect {tmp_path}/nowhere 2>&-", 3),
        (f"{sys.executable} -c '{code}' inspect {recording()} 2>&-", 130),
    ):
        run = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, check=False)
        assert (run.returncode, run.stdout) == (exit_code, b"")
