"""Every block of README and docs is run in order, with real files in place of placeholders."""

import json
import re
import shlex
from pathlib import Path

import pytest
from huggingface_hub import constants
from typer.testing import CliRunner

import classifier.cli.program
import labeler.cli.program
from labeler.cli import Window
from labeler.collection import read_spec
from labeler.dataset.labels_of import ColumnReading
from labeler.labels import State
from labeler.labels.episode import with_cutoff
from labeler.session.any_session import AnySession
from labeler.session.opening_together import open_together
from labeler.session.session import Session
from tests.conftest import NO_QT
from tests.guide.pages import PAGES, README, ROOT, Block, blocks, ordered_pages
from tests.guide.walk import LEFT_OUT, Ended, walk
from tests.guide.workplace import ELSEWHERE, filled, make_workplace, variables
from tests.labeler.cli.test_next_step import unknown_words
from tests.labeler.hub import conftest as hub_fixtures
from tests.labeler.hub.server import HubServer

hub = hub_fixtures.hub

APPS = {"labeler": labeler.cli.program.app, "labeler-train": classifier.cli.program.app}
ONLY_READ = ("sessions/", "--sessions", "--install-")
"""Lines of which commands and options are looked up only: tests/test_sessions_story.py runs those
with sessions, `python -m tests.guide` runs all."""
INSTALLING = {
    "python3 -m pip install -q -U --target .uv uv && .uv/bin/uv run labeler demo",
    "python3 -m pip install -q -U --target .uv uv && .uv/bin/uv run pytest -q -n auto",
    "uv tool install --constraints constraints.txt .",
    "uv tool update-shell",
}
"""Lines that are no command of Labeler: they need a network, and `python -m tests.guide` runs them.
"""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with every file that the guide's commands read, of which nothing was run yet."""
    place = tmp_path_factory.mktemp("workplace")
    make_workplace(place)
    return place


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a new user, in which this process works."""
    place = tmp_path / "home"
    place.mkdir()
    at_home(monkeypatch, place)
    return place


def at_home(patch: pytest.MonkeyPatch, place: Path) -> None:
    """Work in a folder that is the user's home, too."""
    patch.chdir(place)
    for name in ELSEWHERE:
        patch.delenv(name, raising=False)
    for name, value in variables(place).items():
        patch.setenv(name, value)
    patch.setattr(constants, "HF_HUB_CACHE", variables(place)["HF_HUB_CACHE"])


class InProcess:
    """Runs lines in this process, without a screen: a session labels where the window would."""

    def __init__(self, hub: HubServer) -> None:
        self.hub = hub

    def run(self, line: str) -> Ended:
        """Run a line of Labeler."""
        if any(part in line for part in ONLY_READ):
            return Ended(int(bool(unknown_words(line))), f"unknown: {unknown_words(line)}")
        program, *words = shlex.split(line)
        words = [str(Path(word).expanduser()) for word in words]
        given: object = Window(label_at_the_window, lambda: True)
        if program == "labeler":
            words = labeler.cli.program._with_command(words)
        else:
            words = words if words[0] in classifier.cli.program.COMMANDS else ["train", *words]
            given, words = classifier.cli.program._split(words)
        ended = CliRunner().invoke(APPS[program], words, obj=given)
        return Ended(ended.exit_code, ended.output)

    def install(self, line: str) -> Ended:
        """Leave it to `python -m tests.guide`."""
        return LEFT_OUT if line in INSTALLING else Ended(127, "Nobody runs this line.")

    def python(self, text: str) -> Ended:
        """Run a script."""
        exec(text, {})
        return Ended(0)


def label_at_the_window(
    place: Path | None, labels: Path | None, column: ColumnReading | None = None
) -> int:
    """What an operator does there: every episode without a label gets one, the last one none."""
    assert place is not None
    session: AnySession = (
        open_together(read_spec(place), [place]) if place.is_file() else Session.open(place, labels)
    )
    try:
        for episode, label in enumerate(session.labels()):
            if label.state is State.UNLABELED:
                decided = with_cutoff(label, 3 + episode % 2)
                session.decide(episode, decided, frame=0, what="success")
    finally:
        session.close()
    return 0


# huggingface_hub 2.4 hands files to httpx2 in a way that httpx2 advises against (lfs.py).
@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
@pytest.mark.timeout(1800)
def test_every_block_runs_in_order(home: Path, hub: HubServer) -> None:
    make_workplace(home)
    steps = list(walk(InProcess(hub), home))
    last = steps[-1]
    assert not last.ended.code, f"{last.place}: {last.line}\n{last.ended.output}"
    assert {step.line for step in steps if step.ended is LEFT_OUT} == INSTALLING
    typed = {line for block in blocks() if block.language == "sh" for line in block.lines}
    assert len(typed) > 50 and {filled(line, 0).split()[0] for line in typed} >= set(APPS)
    filled_in = json.loads((home / "env_rl.json").read_text())["env"]["processor"]
    assert Path(filled_in["reward_classifier"]["pretrained_path"]).is_dir()
    assert filled_in["reward_classifier"]["success_threshold"] not in (None, 0.5)
    assert filled_in["image_preprocessing"]["resize_size"] == [128, 128]


def test_the_walk_ends_at_the_first_line_that_fails(home: Path, hub: HubServer) -> None:
    steps = list(walk(_Refusing(hub), home))
    assert [step.ended.code for step in steps] == [0] * (len(steps) - 1) + [2]
    assert steps[-1].line.startswith("labeler-train recordings/other")


class _Refusing(InProcess):
    """Refuses every line of Labeler."""

    def run(self, line: str) -> Ended:
        return Ended(2)


def test_a_planted_mistake_is_found(home: Path, hub: HubServer) -> None:
    assert InProcess(hub).run("labeler apply recordings/pick_lift --label cutoffs.json").code == 2


def test_a_block_that_nobody_can_run_is_refused(monkeypatch, home, hub) -> None:
    planted = Block(README, "fish", "labeler demo\n")
    monkeypatch.setattr("tests.guide.walk.blocks", lambda: iter([planted]))
    with pytest.raises(ValueError, match="cannot be run: fish"):
        list(walk(InProcess(hub), home))


def test_the_walk_begins_with_the_readme_and_leaves_no_page_out() -> None:
    pages = ordered_pages()
    assert [page.name for page in pages[:4]] == [
        "README.md", "README.md", "install.md", "first-evening.md"
    ]  # fmt: skip
    assert sorted(pages) == sorted(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)", text):
        target = (page.parent / link).resolve() if link else page
        assert target.exists(), link
        if anchor:
            heads = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in {slug(head) for head in heads}, f"{link}#{anchor}"


def slug(head: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-")


def test_every_page_is_reached_and_the_readme_is_short() -> None:
    texts = {page: page.read_text("utf-8") for page in PAGES}
    for page in PAGES[1:]:
        links = (f"({page.name}", f"docs/{page.name}")
        others = [text for other, text in texts.items() if other != page]
        assert any(link in text for text in others for link in links), page.name
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "(docs/README.md)" in readme
    assert len(readme.splitlines()) < 150


@pytest.mark.parametrize(
    "line",
    [
        "labeler inspect nowhere",
        "labeler apply night --labels absent.json",
        "labeler merge night --out recordings/other",
        "labeler export recordings/rl_run --labels pages.json",
        "labeler-train evaluate nowhere night",
        "labeler-train night --camera nothing --policy.model_name=random",
    ],
)
def test_what_is_printed_is_among_the_messages_of_troubleshooting(
    line, workplace, monkeypatch
) -> None:
    at_home(monkeypatch, workplace)
    (workplace / "pages.json").write_text("[")
    program, *words = shlex.split(line)
    given: object = None
    if words[0] not in ("evaluate", *labeler.cli.program.COMMANDS):
        given, words = classifier.cli.program._split(["train", *words])
    ended = CliRunner().invoke(APPS[program], words, obj=given)
    assert ended.exit_code in range(2, 9)
    said = next(one for one in ended.stderr.splitlines() if one.startswith(f"{program}: "))
    told = said.removeprefix(f"{program}: ")
    named = {told, told.partition(": ")[2]}  # the file that it is about may come first
    patterns = [pattern(one) for one in printable(ended.exit_code)]
    assert any(re.fullmatch(one, text) for one in patterns for text in named), told


def test_every_message_says_what_would_help() -> None:
    from tests.guide.messages import messages

    assert [one for one in messages() if not one.cure] == []


def printable(code: int) -> list[str]:
    """Messages of an exit code, of which more than what is filled in is known."""
    from tests.guide.messages import KINDS, messages

    found = [one.text for one in messages() if KINDS[one.kind].exit_code == code]
    return [text for text in found if len(re.sub(r"\{[^}]*\}", "", text)) > 8]


def pattern(message: str) -> str:
    return ".*".join(map(re.escape, re.split(r"\{[^}]*\}", message)))


@pytest.mark.skipif(bool(NO_QT), reason=NO_QT)
def test_pages_made_from_the_program_are_those_of_this_program() -> None:
    from tests.guide.generated import DOCS, pages

    for name, content in pages().items():
        written = (DOCS / name).read_text("utf-8")
        assert written == content, f"write {name} again: python -m tests.guide.generated"
