"""No command of either program replaces what it did not write, whatever option names the place.

The options are found in the programs themselves: a command that is added without a line in `CASES`
fails here.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer import Typer
from typer.main import get_command
from typer.testing import CliRunner

import classifier.cli.program
import labeler.cli.program
from classifier.config import config_text
from labeler.labels.dialects import read_own
from tests.classifier.runs import LENGTHS, small
from tests.conftest import recording_maker
from tests.snapshot import snapshot

PROGRAMS = {"labeler": labeler.cli.program.app, "labeler-train": classifier.cli.program.app}
READ = {"--labels", "--against", "--scores", "--checkpoint", "--config_path"}
"""Options that name a file or folder that is read."""
TRAINED = "labeler-train train --output_dir"
"""A setting of LeRobot's, which no command declares."""


@dataclass(frozen=True)
class Case:
    """How to call a command; words in braces are files that `places` makes."""

    words: str
    folder: bool = False
    again: bool = True
    """Whether the command may replace what it wrote itself."""


CUTOFFS = "--labels {cutoffs}"
CASES = {
    "labeler apply --out": Case("{recording} " + CUTOFFS, folder=True),
    "labeler compare --out": Case("{anna} {ben}"),
    "labeler demo --out": Case("--headless --no-train", folder=True),
    "labeler export --out": Case("{recording}"),
    "labeler hilserl-config --out": Case("{env} --checkpoint {checkpoint}"),
    "labeler hub download --out": Case("me/nothing", folder=True, again=False),
    "labeler merge --out": Case("{recording} {other}", folder=True, again=False),
    "labeler review --out": Case("{recording} --scores {scores}"),
    "labeler split --out": Case("{recording} --episodes 0,1", folder=True),
    "labeler-train export --out": Case("{checkpoint}", folder=True, again=False),
    "labeler-train predict --out": Case("{checkpoint} {recording}"),
    "labeler-train preview --out": Case("{checkpoint} {recording} --episode 0"),
    "labeler-train train --events": Case("--config_path {train}", again=False),
    TRAINED: Case("--config_path {train}", folder=True, again=False),
}
FILES = [name for name, case in CASES.items() if not case.folder and case.again]
DEMO = "labeler demo --out"
FOLDERS = [name for name, case in CASES.items() if case.folder and name != DEMO]


def output_options() -> Iterator[str]:
    """Options of both programs that name a place to write to, as `PROGRAM COMMAND OPTION`."""
    for program, app in PROGRAMS.items():
        yield from _options(program, get_command(app))


def _options(name: str, command: object) -> Iterator[str]:
    for word, below in getattr(command, "commands", {}).items():
        yield from _options(f"{name} {word}", below)
    for parameter in command.params:
        option = parameter.opts[0]
        path = parameter.type_descriptor.annotation is Path
        if option.startswith("--") and (path or option == "--events") and option not in READ:
            yield f"{name} {option}"


def test_every_output_option_has_a_case() -> None:
    # The events of a preview go nowhere but to standard output.
    assert {*output_options(), TRAINED} - {"labeler-train preview --events"} == set(CASES)


@pytest.fixture(scope="session")
def places(recording, finished, tmp_path_factory) -> dict[str, Path]:
    """The files and folders that commands read; only to be read."""
    folder = tmp_path_factory.mktemp("given")
    make = recording_maker(folder)
    other = make("v3.0", LENGTHS, size=(48, 64), seed=50, name="other", reward="last")
    checkpoint = finished / "checkpoints" / "best" / "pretrained_model"
    anna, ben = folder / "anna.json", folder / "ben.json"
    scores, cutoffs, env, train = (folder / name for name in ("s.parquet", "c", "env", "train"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        for file in (anna, ben):
            call("labeler export", recording, "--out", file)
        call("labeler-train predict", checkpoint, recording, "--out", scores)
    cutoffs.write_text(json.dumps({str(episode): 6 for episode in range(len(LENGTHS))}))
    env.write_text(json.dumps({"env": {"type": "gym_manipulator"}}))
    train.write_text(config_text(small(recording, steps=2)))
    return {
        "recording": recording, "other": other, "checkpoint": checkpoint, "anna": anna, "ben": ben,
        "scores": scores, "cutoffs": cutoffs, "env": env, "train": train,
    }  # fmt: skip


def call(name: str, *arguments: object):
    """Run `PROGRAM COMMAND` in this process."""
    program, *command = name.split()
    app: Typer = PROGRAMS[program]
    words = [*command, *map(str, arguments)]
    given: object = None
    if command == ["train"]:
        given, words = classifier.cli.program._split(words)
    return CliRunner().invoke(app, words, obj=given)


@pytest.fixture
def command(places, tmp_path) -> Callable[..., object]:
    """Function that runs the command of a case with an output."""

    def run(name: str, out: Path, *more: str):
        words, option = name.rsplit(" ", 1)
        given = CASES[name].words.format_map(places).split()
        if "train" in words.split() and not any("output_dir" in word for word in (option, *more)):
            given.append(f"--output_dir={tmp_path / 'run'}")
        return call(words, *given, f"{option}={out}", *more)

    return run


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.folder])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_file_that_is_not_its_own_is_kept(name, kind, command, tmp_path) -> None:
    out = tmp_path / "precious"
    (tmp_path / "real").write_text("mine")
    if kind == "link":
        out.symlink_to(tmp_path / "real")
    elif kind == "folder":
        out.mkdir()
    else:
        out.write_text("mine")
    before = snapshot(tmp_path)
    ended = command(name, out)
    assert ended.exit_code == 5, ended.output
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    assert str(out) in ended.stderr
    after = snapshot(tmp_path)
    assert {path: after[path] for path in before} == before
    assert out.is_symlink() == (kind == "link")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_with_other_files_is_kept(name, command, tmp_path) -> None:
    out = tmp_path / "precious"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    ended = command(name, out)
    assert ended.exit_code == (8 if "hub" in name else 5), ended.output  # no Hub is asked
    assert [path.name for path in out.iterdir()] == ["notes.txt"]
    assert (out / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", [*FILES, "labeler apply --out", "labeler split --out"])
def test_its_own_file_is_replaced_and_one_that_was_changed_is_kept(name, command, tmp_path) -> None:
    out = tmp_path / "own"
    for _ in range(2):
        ended = command(name, out)
        assert ended.exit_code == 0, ended.output
    if CASES[name].folder:
        return
    changed = out.read_bytes() + b"\n"
    out.write_bytes(changed)
    ended = command(name, out)
    assert ended.exit_code == 5, ended.output
    assert "was changed since" in ended.stderr
    assert "--overwrite" in ended.stderr
    assert out.read_bytes() == changed
    ended = command(name, out, "--overwrite")
    assert ended.exit_code == 0, ended.output
    assert out.read_bytes() != changed


@pytest.mark.parametrize("name", ["labeler export --out", "labeler review --out"])
def test_labels_that_are_replaced_on_request_are_kept_beside(name, command, places, tmp_path):
    out = tmp_path / "labels.json"
    cutoffs = places["cutoffs"].read_text()
    out.write_text(cutoffs)
    ended = command(name, out, "--overwrite")
    assert ended.exit_code == 0, ended.output
    (kept,) = tmp_path.glob("labels.json.replaced-*")
    assert kept.read_text() == cutoffs
    assert str(kept) in ended.stderr


def test_a_review_goes_on_with_what_a_person_corrected(command, places, tmp_path) -> None:
    out = tmp_path / "rl.json"
    assert command("labeler review --out", out).exit_code == 0
    before = [label.cutoff for label in read_own(out)]
    corrected = out.read_text().replace('"success": [[5, 12]]', '"success": [[9, 12]]', 1)
    assert corrected != out.read_text()
    out.write_text(corrected)
    refused = command("labeler review --out", out)
    assert refused.exit_code == 5
    assert f"--labels {out}" in refused.stderr
    assert out.read_text() == corrected
    ended = command("labeler review --out", out, f"--labels={out}")
    assert ended.exit_code == 0, ended.output
    assert [label.cutoff for label in read_own(out)] == [9, *before[1:]]


def test_decisions_that_a_window_still_holds_are_not_replaced(command, tmp_path) -> None:
    out = tmp_path / "labels.json"
    assert command("labeler export --out", out).exit_code == 0
    out.with_name("labels.json.journal").write_text("{}")
    ended = command("labeler export --out", out, "--overwrite")
    assert ended.exit_code == 5
    assert "not in the file yet" in ended.stderr


def test_a_split_and_a_copy_do_not_replace_each_other(command, tmp_path) -> None:
    out = tmp_path / "copy"
    assert command("labeler apply --out", out).exit_code == 0
    before = snapshot(out)
    ended = command("labeler split --out", out)
    assert ended.exit_code == 5
    assert "`labeler apply`" in ended.stderr
    assert snapshot(out) == before
    assert command("labeler split --out", out, "--overwrite").exit_code == 0
    assert command("labeler apply --out", out).exit_code == 5


def test_events_go_on_in_a_file_of_events(command, tmp_path) -> None:
    out = tmp_path / "events.jsonl"
    ended = command("labeler-train train --events", out, f"--output_dir={tmp_path / 'one'}")
    assert ended.exit_code == 0, ended.output
    many = len(out.read_text().splitlines())
    command("labeler-train train --events", out, f"--output_dir={tmp_path / 'two'}")
    assert len(out.read_text().splitlines()) > many


def test_the_demo_keeps_labels_that_were_edited_and_stays_out_of_recordings(
    command, recording, tmp_path
) -> None:
    out = tmp_path / "demo"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    assert command(DEMO, out).exit_code == 0
    assert (out / "notes.txt").read_text() == "mine"
    labels = out / "pick_lift_v3.0.labels.json"
    edited = labels.read_text().replace('"success": [[53, 100]]', '"success": [[60, 100]]')
    assert edited != labels.read_text()
    labels.write_text(edited)
    ended = command(DEMO, out)
    assert ended.exit_code == 0, ended.output
    assert labels.read_text() == edited
    assert "kept as it is" in ended.stderr
    assert read_own(out / "pick_lift_v3.0_labeled/meta/labeler/labels.json")[0].cutoff == 60
    before = snapshot(recording)
    for more in ([], ["--sessions"]):
        ended = command(DEMO, recording / "demo", *more)
        assert ended.exit_code == 5
        assert snapshot(recording) == before
