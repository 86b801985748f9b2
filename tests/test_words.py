"""Sentences that people read use the words of CONTRIBUTING's list."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path for name in ("labeler", "classifier") for path in (ROOT / name).rglob("*.py"))
COMMANDS = [path for path in FILES if path.name.endswith("_command.py")]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
INSTEAD = {
    "picture": "image or frame",
    "film": "video",
    "judge": "predict, score or evaluate",
    "anew": "again",
    "mend": "fix",
}
OTHER = re.compile(
    r"(?<![-\w`/.])(?:(pictures?)|(films?|filmed)|(judg(?:e|es|ed|ing|ement))|(anew)|(mend(?:s|ed)?))"
    r"(?![-\w`/])",
    re.IGNORECASE,
)
SPACED = re.compile(r"(?:^|[\d…]) %(?![\w(])")
"""A percent sign that stands apart, as other languages have it."""
EXEMPT = {"CONTRIBUTING.md"}
"""Has the list itself."""


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """Strings of a module that hold more than one word, f-strings as a whole; no docstrings."""
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
        elif isinstance(node, ast.Expr):
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
            text = "…".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if id(node) in skipped else node.value
        else:
            continue
        if " " in text.strip():
            yield node.lineno, text


def wrong_words(text: str) -> list[str]:
    """What a text should say in other words, with the right ones."""
    found = []
    for match in OTHER.finditer(text):
        words = zip(INSTEAD.values(), match.groups(), strict=True)
        found += [f"{word} → {right}" for right, word in words if word]
    return [*found, *(f"{text} → without the space" for text in SPACED.findall(text))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_programs_say_it_in_the_words_of_the_field(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    wrong = [(line, found) for line, text in sentences(source) if (found := wrong_words(text))]
    assert not wrong


def help_texts(source: str) -> Iterator[tuple[int, str]]:
    """Docstrings of the functions that are commands: `--help` prints them."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.lineno, ast.get_docstring(node) or ""


@pytest.mark.parametrize("file", COMMANDS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_help_says_it_in_the_words_of_the_field(file: Path) -> None:
    texts = help_texts(file.read_text(encoding="utf-8"))
    assert not [(line, found) for line, text in texts if (found := wrong_words(text))]


def test_the_help_of_a_command_is_read() -> None:
    found = list(help_texts('def run() -> None:\n    """Watch a film."""\n'))
    assert found == [(1, "Watch a film.")] and wrong_words(found[0][1]) == ["film → video"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_guide_says_it_in_the_words_of_the_field(page: Path) -> None:
    lines = enumerate(page.read_text(encoding="utf-8").splitlines(), start=1)
    wrong = [(number, found) for number, line in lines if (found := wrong_words(line))]
    assert page.name in EXEMPT or not wrong


@pytest.mark.parametrize(
    "planted",
    [
        'say("The picture is damaged.")',
        'say(f"{count} films were judged.")',
        'HINT = "Mend the file."',
        'say("Write it " "anew.")',
        'say(f"{share:.0f} % of frames")',
    ],
)
def test_a_planted_word_is_found(planted: str) -> None:
    assert any(wrong_words(text) for _, text in sentences(planted))


@pytest.mark.parametrize(
    "planted",
    ['"""A picture."""', 'KEY = "pictures"', 'say("Set `picture` or --pictures.")'],
)
def test_docstrings_keys_and_options_are_left_alone(planted: str) -> None:
    assert not any(wrong_words(text) for _, text in sentences(planted))
