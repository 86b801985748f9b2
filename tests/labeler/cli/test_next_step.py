"""After a command one line says which one comes next, and every help has examples: all exist."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import classifier.cli.program
import labeler.cli.program
from labeler.cli.examples import EXAMPLES, PROGRAM
from labeler.console.program import OF_BOTH
from tests.classifier.cli.walking import below

APPS = {"labeler": labeler.cli.program.app, "labeler-train": classifier.cli.program.app}
LINES = [line for lines in [PROGRAM, *EXAMPLES.values()] for line in lines]
LINES += [line for lines in classifier.cli.program.EXAMPLES.values() for line in lines]


def unknown_words(line: str) -> list[str]:
    """Commands and options of a line that do not exist."""
    program, *words = shlex.split(line)
    command = get_command(APPS[program])
    if words[:1] and words[0].startswith("--install"):
        return [word for word in words if all(word not in one.opts for one in command.params)]
    default = "train" if program == "labeler-train" else "open"
    if words[:1] == [] or words[0] not in below(command):
        words.insert(0, default)
    while words and words[0] in below(command):
        command = below(command)[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    known |= {"--output_dir", "--resume", "--episode", "--out"} if not _strict(command) else set()
    given = [word.split("=")[0] for word in words if word.startswith("--")]
    settings = command.name == "train"
    return [word for word in given if word not in known and not (settings and "." in word)]


def _strict(command: object) -> bool:
    """Whether all options are declared: settings and forwarded options are not."""
    return command.name not in ("train", "preview")


@pytest.mark.parametrize("line", LINES)
def test_examples_can_be_typed(line: str) -> None:
    assert not unknown_words(line)


def test_a_planted_option_is_found() -> None:
    assert unknown_words("labeler apply a --label b") == ["--label"]


@pytest.mark.parametrize("program", APPS)
def test_every_help_has_examples(program: str) -> None:
    rest = [(program, get_command(APPS[program]))]
    while rest:
        name, command = rest.pop()
        rest += below(command).items()
        assert "Example" in (command.epilog or ""), name


def next_of(ended) -> str:
    """The command that a finished one names; it is the last line of stderr, and it exists."""
    assert ended.exit_code == 0, ended.output
    word, _, line = ended.stderr.splitlines()[-1].partition(" ")
    assert word == "Next:"
    if line.startswith("labeler"):
        assert not unknown_words(line)
    return line


def test_each_command_names_the_next_one(recording, labels, run, tmp_path) -> None:
    root, copy = recording(), tmp_path / "in" / "recording_labeled"
    assert next_of(run("inspect", root)) == f"labeler {root}"
    assert next_of(run("apply", root, "--labels", labels)) == (
        f"labeler check {copy} --against {root}"
    )
    assert next_of(run("check", copy)) == f"labeler-train {copy}"
    assert next_of(run("inspect", root)) == f"labeler apply {root}"
    out = tmp_path / "out.json"
    assert next_of(run("export", copy, "--out", out)) == f"labeler {copy} --labels {out}"
    assert next_of(run("recover", copy)) == f"labeler check {copy}"
    assert next_of(run("balance", copy)).startswith(f"labeler merge {copy}")
    assert next_of(run("compare", out, out)).startswith("labeler compare")
    next_of(run("split", root, "--episodes", "0,1", "--out", tmp_path / "split"))
    next_of(run("merge", copy, "--out", tmp_path / "merged"))


@pytest.mark.parametrize("command", [("inspect",), ("balance",)])
def test_output_for_programs_names_no_next_one(recording, run, command) -> None:
    ended = run(*command, recording(), "--json")
    json.loads(ended.stdout)
    assert "Next:" not in ended.output


def program(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        [sys.executable, "-m", *words], env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("labeler", "aply", "recording", "--labels", "x"), "labeler apply"),
        (("labeler", "inspct"), "labeler inspect"),
        (("labeler", "hub", "pusch"), "push"),
        (("classifier", "evalute", "a", "b"), "labeler-train evaluate"),
    ],
)
def test_a_misspelt_command_gets_the_nearest_one(words, meant) -> None:
    ended = program(*words)
    assert ended.returncode == 2
    assert "Did you mean" in ended.stderr
    assert meant in ended.stderr


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("labeler", "train", "a b"), "`labeler-train train 'a b'`"),
        (("classifier", "inspect", "a"), "`labeler inspect a`"),
    ],
)
def test_a_command_of_the_other_program_is_told(words, meant) -> None:
    ended = program(*words)
    assert ended.returncode == 2
    assert meant in ended.stderr


def test_the_commands_of_one_program_are_those_that_the_other_lacks() -> None:
    names = {name: set(below(get_command(app))) for name, app in APPS.items()}
    both = set.intersection(*names.values())
    assert {name: set(found) for name, found in OF_BOTH.items()} == {
        name: found - both for name, found in names.items()
    }


def test_the_shell_completes_commands() -> None:
    words = {"_LABELER_COMPLETE": "complete_bash", "COMP_WORDS": "labeler ins", "COMP_CWORD": "1"}
    assert program("labeler", **words).stdout.split() == ["inspect"]
    words = {"COMP_WORDS": "labeler-train pre", "COMP_CWORD": "1"}
    ended = program("classifier", _LABELER_TRAIN_COMPLETE="complete_bash", **words)
    assert set(ended.stdout.split()) == {"predict", "preview"}


def test_the_doctor_says_what_is_there_and_what_is_wrong(tmp_path: Path) -> None:
    home = {"XDG_DATA_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    ended = program("labeler", "doctor", "--json", **home)
    told = {one["what"]: one for one in json.loads(ended.stdout)["findings"]}
    assert {"version", "packages", "window", "decoder", "devices", "encoders", "locks"} <= set(told)
    assert "hub" not in told
    wrong = [one for one in told.values() if not one["well"]]
    assert ended.returncode == bool(wrong)
    assert all(one["cure"] for one in wrong)
    hub = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    ended = program("labeler", "doctor", "--hub", **hub, **home)
    assert ended.returncode == 1
    assert "WRONG  hub: The Hub cannot be reached" in ended.stdout
