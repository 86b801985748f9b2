"""No command of either program replaces what it did not write, whatever option names the place.

The options are found in the programs themselves: a command that is added without a line in `CASES`
fails here.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.main import get_command

from labeler.labels.dialects import read_own
from labeler.storage.record.copy_record import LABELS
from tests.classifier.cli.walking import PROGRAMS, below, call
from tests.labeler.hub.conftest import NAME
from tests.snapshot import snapshot

# huggingface_hub 2.4 hands files to httpx2 in a way that httpx2 advises against (lfs.py).
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
READ = {"--labels", "--against", "--scores", "--checkpoint", "--config_path", "--answers"}
"""Options that name a file or folder that is read; answers that are there are only continued."""
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
    "labeler audit --out": Case("{recording} --labels {anna} --answers {ben}"),
    "labeler compare --out": Case("{anna} {ben}"),
    "labeler demo --out": Case("--headless --no-train", folder=True),
    "labeler export --out": Case("{recording}"),
    "labeler hilserl-config --out": Case("{env} --checkpoint {checkpoint}"),
    "labeler hub download --out": Case(NAME, folder=True),
    "labeler merge --out": Case("{recording} {other}", folder=True),
    "labeler review --out": Case("{recording} --scores {scores}"),
    "labeler split --out": Case("{recording} --episodes 0,1", folder=True),
    "labeler-train export --out": Case("{checkpoint}", folder=True),
    "labeler-train predict --out": Case("{checkpoint} {recording}"),
    "labeler-train preview --out": Case("{checkpoint} {recording} --episode 0"),
    "labeler-train sweep --out": Case("{sweep}", folder=True),
    "labeler-train train --events": Case("--config_path {train}", again=False),
    TRAINED: Case("--config_path {train}", folder=True),
}
FILES = [name for name, case in CASES.items() if not case.folder and case.again]
DEMO = "labeler demo --out"
COPIES = ["labeler apply --out", "labeler split --out"]
"""They keep what they find up to date."""
FOLDERS = [name for name, case in CASES.items() if case.folder and name != DEMO]
NEW_FOLDERS = [name for name in FOLDERS if name not in COPIES]


def output_options() -> Iterator[str]:
    """Options of both programs that name a place to write to, as `PROGRAM COMMAND OPTION`."""
    for program, app in PROGRAMS.items():
        yield from _options(program, get_command(app))


def _options(name: str, command: object) -> Iterator[str]:
    for word, one in below(command).items():
        yield from _options(f"{name} {word}", one)
    for parameter in command.params:
        option = parameter.opts[0]
        path = parameter.type_descriptor.annotation is Path
        if option.startswith("--") and (path or option == "--events") and option not in READ:
            yield f"{name} {option}"


def test_every_output_option_has_a_case() -> None:
    # The events of a preview go nowhere but to standard output; `predict` writes what a review has
    # scored first.
    others = {"labeler-train preview --events", "labeler review --scores-to"}
    assert {*output_options(), TRAINED} - others == set(CASES)


@pytest.fixture
def command(places, hub, tmp_path) -> Callable[..., object]:
    """Function that runs the command of a case with an output."""

    def run(name: str, out: Path, *more: str):
        if name == "labeler hub download --out" and not hub.repositories:
            assert call("labeler hub push", places["copy"], "--repo-id", NAME).exit_code == 0
        words, option = name.rsplit(" ", 1)
        given = CASES[name].words.format_map(places).split()
        if "train" in words.split() and not any("output_dir" in word for word in (option, *more)):
            given.append(f"--output_dir={tmp_path / 'run'}")
        return call(words, *given, f"{option}={out}", *more)

    return run


def held(folder: Path) -> dict[str, object]:
    """Everything in a folder; its own times change with its name."""
    return {name: entry for name, entry in snapshot(folder).items() if name != "."}


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
    before = held(out)
    ended = command(name, out)
    assert ended.exit_code == 5, ended.output
    assert held(out) == before
    assert ("--overwrite" in ended.stderr) == (name not in COPIES)


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_that_is_its_own_is_brought_up_to_date(name, command, tmp_path) -> None:
    for _ in range(2):
        ended = command(name, tmp_path / "own")
        assert ended.exit_code == 0, ended.output
    assert [path.name for path in tmp_path.iterdir() if "own" in path.name] == ["own"]


@pytest.mark.parametrize("name", NEW_FOLDERS)
def test_its_own_folder_is_replaced_and_one_that_was_changed_is_kept(name, command, tmp_path):
    out = tmp_path / "own"
    for _ in range(2):
        ended = command(name, out)
        assert ended.exit_code == 0, ended.output
    aside = sorted(path for path in tmp_path.glob("own*") if path != out)
    assert len(aside) == (name == TRAINED)  # a run is never removed
    assert all(str(path) in ended.stderr for path in aside)
    (out / "notes.txt").write_text("mine")
    changed = held(out)
    ended = command(name, out)
    assert ended.exit_code == 5, ended.output
    assert "was changed since" in ended.stderr
    assert "--overwrite" in ended.stderr
    assert held(out) == changed
    ended = command(name, out, "--overwrite")
    assert ended.exit_code == 0, ended.output
    assert not (out / "notes.txt").exists()
    (kept,) = {*tmp_path.glob("own*")} - {out, *aside}
    assert held(kept) == changed
    assert str(kept) in ended.stderr


@pytest.mark.parametrize("name", NEW_FOLDERS)
def test_no_folder_that_holds_a_source_is_replaced(name, command, places, tmp_path) -> None:
    if "hub" in name:
        return  # which reads nothing of this machine
    place = places["recording"].parent
    if name == "labeler-train export --out":
        place = places["checkpoint"].parents[1]
    listed = sorted(place.rglob("*"))
    ended = command(name, place, "--overwrite")
    assert ended.exit_code == 5, ended.output
    assert sorted(place.rglob("*")) == listed


@pytest.mark.parametrize("name", FILES)
def test_its_own_file_is_replaced_and_one_that_was_changed_is_kept(name, command, tmp_path) -> None:
    out = tmp_path / "own"
    for _ in range(2):
        ended = command(name, out)
        assert ended.exit_code == 0, ended.output
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


def test_decisions_that_a_copy_loses_are_kept_beside(command, places, tmp_path) -> None:
    name, out = COPIES[0], tmp_path / "copy"
    assert command(name, out).exit_code == 0
    before = (out / LABELS).read_bytes()
    other = tmp_path / "other.json"
    cutoffs = json.loads(places["cutoffs"].read_text())
    other.write_text(json.dumps(cutoffs | {"1": 7}))
    ended = command(name, out, f"--labels={other}")
    assert ended.exit_code == 0, ended.output
    (kept,) = tmp_path.glob("copy.labels.json.replaced-*")
    assert kept.read_bytes() == before
    assert str(kept) in ended.stderr
    other.write_text(json.dumps(cutoffs | {"1": 7}, indent=1))
    assert command(name, out, f"--labels={other}").exit_code == 0
    assert len(list(tmp_path.glob("copy.labels.json.*"))) == 1


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
    command, recording, tmp_path, short_demo
) -> None:
    out = tmp_path / "demo"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    for more in ([], ["--sessions"]):
        ended = command(DEMO, out, *more)
        assert ended.exit_code == 5
        assert "holds no demo" in ended.stderr
        assert [path.name for path in out.iterdir()] == ["notes.txt"]
    ended = command(DEMO, out, "--overwrite")
    assert ended.exit_code == 0, ended.output
    (aside,) = tmp_path.glob("demo.replaced*")
    assert (aside / "notes.txt").read_text() == "mine" and str(aside) in ended.stderr
    assert not (out / "notes.txt").exists()
    (out / "notes.txt").write_text("mine")
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
