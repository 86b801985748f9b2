"""Every command of both programs ends with the command that usually comes next, on stderr.

The commands are found in the programs themselves: one that is added without a line in `LINES`
fails here.
"""

import json
import shutil

import pytest

from tests.classifier.cli.walking import call, commands
from tests.labeler.cli.test_next_step import unknown_words
from tests.labeler.hub.conftest import NAME

LABELS = "--labels {cutoffs}"
LINES: dict[str, tuple[str, ...]] = {
    "labeler apply": (f"{{recording}} {LABELS} --out {{new}} --dry-run",
                      f"{{recording}} {LABELS} --out {{new}}"),
    "labeler audit": ("{recording} --labels {anna} --answers {ben}",
                      "{recording} --labels {anna} --answers {new}"),
    "labeler balance": ("{recording} {other}",),
    "labeler check": ("{copy} --against {recording}",),
    "labeler compare": ("{anna} {ben}", "{anna} {ben} --out {new}"),
    "labeler demo": ("--headless --no-train --out {demo}",),
    "labeler doctor": ("",),
    "labeler export": ("{copy}", "{copy} --to csv", "{copy} --exclude-episodes",
                       "{copy} --out {new}"),
    "labeler hilserl-config": ("{env} --checkpoint {checkpoint}",
                               "{env} --checkpoint {checkpoint} --out {new}"),
    "labeler hub push": (f"{{copy}} --repo-id {NAME} --dry-run", f"{{copy}} --repo-id {NAME}"),
    "labeler hub status": (f"{{copy}} --repo-id {NAME}",),
    "labeler hub download": (f"{NAME} --out {{new}}",),
    "labeler inspect": ("{recording}",),
    "labeler merge": ("{recording} {other} --out {new} --dry-run",
                      "{recording} {other} --out {new}"),
    "labeler recover": ("{copy}", "{new}"),
    "labeler review": ("{recording} --scores {scores}",
                       "{recording} --scores {scores} --out {new}"),
    "labeler split": ("{recording} --episodes 0,1 --out {new} --dry-run",
                      "{recording} --episodes 0,1 --out {new}"),
    "labeler-train evaluate": ("{checkpoint} {recording}",),
    "labeler-train export": ("{checkpoint} --out {new}",),
    "labeler-train predict": ("{checkpoint} {recording} --out {new}",),
    "labeler-train preview": ("{checkpoint} {recording} --episode 0",),
    "labeler-train sweep": ("{sweep} --out {new}",),
    "labeler-train train": ("--config_path {train} --print-config",
                            "--config_path {train} --output_dir={new}",
                            "--config_path {train} --train.suggestions_only=true "
                            "--train.folds=2 --output_dir={new}"),
}  # fmt: skip
OTHERS = {
    "labeler open",  # the window shows what can be done
    "labeler preview",  # starts another command of these
    "labeler-train nodes",  # any command may follow, at the place that it was asked about
}
# huggingface_hub 2.4 hands files to httpx2 in a way that httpx2 advises against (lfs.py).
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


def test_every_command_is_walked() -> None:
    assert {name for name, _ in commands()} == set(LINES) | OTHERS


@pytest.fixture
def typed(places, hub, tmp_path, monkeypatch):
    """Function that runs a line of a command; the Hub of this machine has the copy."""
    monkeypatch.chdir(tmp_path)

    def run(name: str, line: str, *more: str):
        if name == "labeler demo":
            shutil.copytree(places["demo"], tmp_path / "demo")
        given = places | {"new": tmp_path / "new", "demo": tmp_path / "demo"}
        words = line.format(**given).split()
        if name in ("labeler hub status", "labeler hub download"):
            sent = call("labeler hub push", places["copy"], "--repo-id", NAME)
            assert sent.exit_code == 0, sent.output
        return call(name, *words, *more)

    return run


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, lines in LINES.items() for line in lines]
)
def test_the_last_line_of_stderr_names_the_next_command(name, line, typed) -> None:
    ended = typed(name, line)
    assert ended.exit_code == 0, ended.output
    word, _, following = ended.stderr.splitlines()[-1].partition(" ")
    assert word == "Next:"
    assert "Next:" not in ended.stdout
    if following.startswith("labeler"):
        assert not unknown_words(following), following
    if "--dry-run" in line:
        assert following.split()[: len(name.split())] == name.split()
        assert "--dry-run" not in following


JSON = [
    name
    for name, command in commands()
    if name in LINES and any("--json" in parameter.opts for parameter in command.params)
]


@pytest.mark.parametrize("name", JSON)
def test_output_for_programs_names_none(name, typed) -> None:
    ended = typed(name, LINES[name][0], "--json")
    assert ended.exit_code == 0, ended.output
    json.loads(ended.stdout)
    assert "Next:" not in ended.output
