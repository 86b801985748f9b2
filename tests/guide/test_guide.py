"""Every command block of README and docs is run, with real files in place of placeholders."""

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import classifier.cli.program
import labeler.cli.program
from labeler.cli import Window
from tests.conftest import NO_QT, recording_maker
from tests.labeler.cli.test_next_step import unknown_words

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
APPS = {"labeler": labeler.cli.program.app, "labeler-train": classifier.cli.program.app}
GRIPPER = "observation.images.gripper"
ENOUGH = ["--policy.model_name=random", "--policy.image_size=64", "--train.any_grid=true"]
"""What each training gets in place of a downloaded encoder, and to be over soon."""
ONLY_READ = ("hub", "/dev/", "--sessions", "sessions/", "--install-")
"""Lines of which commands and options are looked up only: they need the Hub, a camera or a desktop;
those with sessions are run by tests/test_sessions_story.py."""


BLOCK = re.MULTILINE | re.DOTALL


def example(page: str) -> dict[str, Any]:
    """The first block of JSON on a page of the guide."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    found: dict[str, Any] = json.loads(re.findall(r"^```json\n(.*?)^```", text, BLOCK)[0])
    return found


def lines_of(page: Path) -> list[str]:
    """Commands of Labeler in the blocks of a page, in their order, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), BLOCK)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    return [shlex.join(words) for words in lines if words and words[0] in APPS]


INSTALLING = {
    "python3 -m pip install -q -U --target .uv uv && .uv/bin/uv run labeler demo": "by hand",
    "python3 -m pip install -q -U --target .uv uv && .uv/bin/uv run pytest -q -n auto": ".ci/run",
    "uv tool install --constraints constraints.txt .": "by hand",
    "uv tool update-shell": "by hand",
}
"""Lines that are no command of Labeler, and what runs them: they need a network."""


def test_no_line_is_passed_over() -> None:
    blocks = [
        block
        for page in PAGES
        for block in re.findall(
            r"^```(?:sh|bash|console)\n(.*?)^```", page.read_text("utf-8"), BLOCK
        )
    ]
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    others = {line for line in lines if line.split()[0] not in (*APPS, "#")}
    assert others == set(INSTALLING)


RUN = [page for page in PAGES if lines_of(page)]


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the guide's commands read, and a finished training."""
    place = tmp_path_factory.mktemp("guide")
    make = recording_maker(place / "recordings")
    keys = (GRIPPER, "observation.images.front")

    def rewards(episode: int) -> list[float]:
        return [float(frame >= 4 + episode % 3) for frame in range(8)]

    for number, name in enumerate(("pick_lift", "other", "rl_run", "night")):
        given = rewards if name in ("other", "rl_run") else None
        make(
            lengths=(8,) * 13, size=(64, 64), cameras=keys, name=name, seed=50 * number,
            tasks=("pick the cube",), reward=given,
        )  # fmt: skip
        cutoffs = {str(episode): 4 + (episode + number) % 3 for episode in range(12)}
        text = json.dumps(cutoffs | {"12": None})
        for file in {"pick_lift": ("cutoffs.json", "day.json")}.get(name, (f"{name}.json",)):
            (place / file).write_text(text)
    (video,) = list((place / "recordings/other/videos").rglob("*gripper*/**/*.mp4"))[:1]
    shutil.copy(video, place / "video.mp4")
    (place / "env.json").write_text(json.dumps(example("on-the-robot.md")))
    sources = [{"root": f"recordings/{name}", "labels": file} for name, file in
               (("pick_lift", "day.json"), ("night", "night.json"))]  # fmt: skip
    spec = {"format": "labeler-collection", "version": 1, "sources": sources}
    (place / "collection.json").write_text(json.dumps(spec))
    training = example("training.md") | {"train": {"cameras": [GRIPPER]}}
    training["dataset"]["root"] = "recordings/other"
    (place / "train.json").write_text(json.dumps(training))
    with pytest.MonkeyPatch.context() as patch:
        at_home(patch, place)
        typed(f"labeler-train recordings/other --camera {GRIPPER} --output_dir outputs/run")
        for name, file in (("anna", "cutoffs.json"), ("ben", "night.json")):
            typed(f"labeler export recordings/pick_lift --labels {file} --out {name}.json")
        noted = (place / "anna.json").read_text()
        (place / "noted.json").write_text(
            noted.replace('"length": 8', '"length": 8, "note": "#night"')
        )
        typed("labeler apply recordings/pick_lift --labels noted.json --done --out copy")
        typed("labeler apply recordings/night --labels night.json --out night_copy")
    return place


def at_home(patch: pytest.MonkeyPatch, place: Path) -> None:
    """Work in a folder that is the user's home, too."""
    patch.chdir(place)
    patch.setenv("HF_HUB_OFFLINE", "1")
    patch.setenv("LABELER_CACHE", str(place / "cache"))
    for kind in ("DATA", "STATE", "CONFIG"):
        patch.setenv(f"XDG_{kind}_HOME", str(place / kind.lower()))


PLACEHOLDERS = {
    "~/recordings/pick_lift": "recordings/pick_lift",
    "NEW_CHECKPOINT": "outputs/run",
    "CHECKPOINT": "outputs/run",
    "OTHER_RECORDING": "recordings/other",
    "ANY_RECORDING": "recordings/other",
    "RL_RUN": "recordings/rl_run",
    "COLLECTION": "collection.json",
    "RUN": "outputs/run",
    "COPY": "copy",
    "FILE": "other.json",
    "pick": "pick",
}
PLACES = re.compile("|".join(sorted(map(re.escape, PLACEHOLDERS), key=len, reverse=True)))


def filled(line: str, number: int) -> str:
    """A line with real files in place of placeholders; new places are numbered."""
    line = PLACES.sub(lambda match: PLACEHOLDERS[match[0]], line).replace(" ...", "")
    line = re.sub(r"\bROOT ROOT\b", "copy recordings/other", line)
    line = re.sub(r"\bROOT\b", "recordings/pick_lift" if "split" not in line else "copy", line)
    line = re.sub(r"\b(DEST|DIR)\b", f"new-{number}", line)
    two = "recordings/pick_lift night_copy --labels day.json"
    return line.replace("copy recordings/other --labels day.json", two)


def typed(line: str) -> None:
    """Run a line in this process, without a screen; it has to succeed."""
    program, *words = shlex.split(line)
    given: object = Window(lambda root, labels: 0, lambda: False)
    if program == "labeler":
        words = labeler.cli.program._with_command(words)
    else:
        commands = classifier.cli.program.COMMANDS
        training = words[0] not in commands
        words = ["train", *words, *ENOUGH] if training else words
        if training and "--output_dir" not in line:
            words.append(f"--output_dir=outputs/{abs(hash(line))}")
        given, words = classifier.cli.program._split(words)
    ended = CliRunner().invoke(APPS[program], words, obj=given)
    assert ended.exit_code == 0, f"{line}\n{ended.output}"


@pytest.fixture
def run_line(
    workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, int], None]:
    """Function that runs a line of a page in a copy of the workplace."""
    place = tmp_path / "home"
    shutil.copytree(workplace, place, symlinks=True)
    at_home(monkeypatch, place)

    def run(line: str, number: int) -> None:
        if any(part in line for part in ONLY_READ):
            assert not unknown_words(line)
        else:
            typed(filled(line, number))

    return run


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_every_command_of_a_page_runs_in_order(page: Path, run_line) -> None:
    for number, line in enumerate(lines_of(page)):
        run_line(line, number)


def test_a_planted_mistake_is_found(run_line) -> None:
    with pytest.raises(AssertionError):
        run_line("labeler apply ROOT --label cutoffs.json", 0)


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
        "labeler apply recordings/night --labels absent.json",
        "labeler merge recordings/night --out recordings/other",
        "labeler export recordings/rl_run --labels pages.json",
        "labeler-train evaluate nowhere recordings/night",
        "labeler-train recordings/night --camera nothing --policy.model_name=random",
    ],
)
def test_what_is_printed_is_among_the_messages_of_troubleshooting(
    line, workplace, monkeypatch
) -> None:
    at_home(monkeypatch, workplace)
    (workplace / "pages.json").write_text("[")
    program, *words = shlex.split(line)
    given: object = None
    if words[0] not in ("evaluate", *labeler.cli.program._names()):
        given, words = classifier.cli.program._split(["train", *words])
    ended = CliRunner().invoke(APPS[program], words, obj=given)
    assert ended.exit_code in range(2, 9)
    said = next(one for one in ended.stderr.splitlines() if one.startswith(f"{program}: "))
    told = said.removeprefix(f"{program}: ")
    named = {told, told.partition(": ")[2]}  # the file that it is about may come first
    patterns = [pattern(one) for one in printable(ended.exit_code)]
    assert any(re.fullmatch(one, text) for one in patterns for text in named), told


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
