"""Errors say what would help as typed cures; only front ends know how, each by a complete table."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import classifier
import classifier.cli.cures
import labeler
import labeler.cli.cures
import labeler.ui.kit.cures
from classifier.config import TrainConfig
from labeler import cures
from labeler.cures import Advice, CountFrom, CountFromEither, Cure, RunInspect, counting
from labeler.errors import LabelerError, LabelError, UsageError

TABLES = {
    "labeler": labeler.cli.cures,
    "labeler-train": classifier.cli.cures,
    "the window": labeler.ui.kit.cures,
}
COMMANDS = (
    "apply", "audit", "balance", "check", "compare", "demo", "evaluate", "export",
    "hilserl-config", "hub",
    "inspect", "merge", "open", "predict", "preview", "recover", "review", "split",
    "sweep",
)  # fmt: skip
NAMES_ONE = re.compile(
    rf"(?<![\w-])--[a-z]|\blabeler(-train)? ({'|'.join(COMMANDS)})\b|`labeler(-train)?[ `]"
)
PRODUCT = (Path(labeler.__file__).parent, Path(classifier.__file__).parent)
COMMAND_ROOMS = ("cli", "console")  # nothing else imports the console: a contract
STYLES = "stylesheet.py"  # custom properties of CSS begin with two hyphens, too


def every_cure() -> list[Cure]:
    return [_built(kind) for kind in Cure.__subclasses__()]


def _built(kind: type[Cure]) -> Cure:
    hints = get_type_hints(kind)
    return kind(**{name: _value(hint) for name, hint in hints.items()})


def _value(hint: Any) -> Any:
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    return {str: "Some text", int: 1, float: 0.5, tuple[int, ...]: (3, 4)}[hint]


@pytest.mark.parametrize("front_end", TABLES)
def test_a_front_end_says_every_cure(front_end: str) -> None:
    table = TABLES[front_end]
    assert set(table.WORDS) == set(Cure.__subclasses__())
    for cure in every_cure():
        with pytest.raises(UsageError) as caught:
            raise UsageError("Something happened.", cure)
        said = table.words(caught.value.cures)
        assert said and "{" not in said.replace("{…}", "").replace('{"VISUAL"', "")
        assert said[0] in string.ascii_uppercase + "`"


def test_the_window_names_no_option_and_no_command() -> None:
    for cure in every_cure():
        assert not NAMES_ONE.search(labeler.ui.kit.cures.words([cure]))


def test_a_cure_says_what_it_was_given() -> None:
    for cure in every_cure():
        given = [str(value) for name, value in vars(cure).items() if name != "setting"]
        if isinstance(cure, Advice | cures.RetryAfter | cures.ReplaceOnHub | cures.SetSetting):
            assert all(text in labeler.cli.cures.words([cure]) for text in given)


def test_text_is_advice_and_nothing_is_no_cure() -> None:
    error = LabelError("It is wrong.", "", "Correct it.", RunInspect(), "Then go on.")
    assert error.cures == (Advice("Correct it."), RunInspect(), Advice("Then go on."))
    assert str(error) == "It is wrong. Correct it. Then go on."
    assert labeler.cli.cures.hint(error) == "Correct it. `labeler inspect` shows more. Then go on."


def test_an_error_knows_its_setting_from_its_cures() -> None:
    assert LabelerError("The disk is full at /crop/labels.", "Free some room.").setting == ""
    one = Advice("Use fewer.", setting="train.folds")
    assert LabelerError("It is wrong.", "Look.", one).setting == "train.folds"


def test_a_question_is_a_cure_and_no_words() -> None:
    assert counting([Advice("Add --frames-from 1.")]) is None
    assert counting([Advice("Look."), CountFrom("frames", 1, "look again.")]) == "frames"
    assert counting([CountFromEither("episodes", 1, 0, "if it does not")]) == "episodes"


def texts(source: str) -> Iterator[str]:
    """Strings of a module but docstrings; what is filled into one is an x."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) for part in _parts(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(getattr(part, "value", "x")) if isinstance(part, ast.Constant) else "x"
                for part in node.values
            )
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
        ):
            yield node.value if isinstance(node.value, str) else ""


def _constant(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "x"


def _parts(node: ast.AST) -> list[ast.AST]:
    """Parts of an f-string, and what stands as a statement: docstrings."""
    if isinstance(node, ast.JoinedStr):
        return list(node.values)
    return [node.value] if isinstance(node, ast.Expr) else []


def told_to_people(source: str) -> list[str]:
    """Texts that name an option or a command; an argument of a process has no space in it."""
    return [text for text in texts(source) if " " in text.strip() and NAMES_ONE.search(text)]


def test_no_text_outside_the_command_programs_names_an_option_or_a_command() -> None:
    found = {
        str(path.relative_to(root.parent)): told
        for root in PRODUCT
        for path in root.rglob("*.py")
        if path.relative_to(root).parts[0] not in COMMAND_ROOMS and path.name != STYLES
        if (told := told_to_people(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        'raise RefusedError("It exists already.", "Choose another --out.")',
        'raise RefusedError(f"{path} is wrong.", f"Add --frames-from {first} to it.")',
        'say("Make it again with `labeler apply`.")',
        'say("Run labeler-train export for it.")',
    ],
)
def test_a_planted_option_is_found(planted: str) -> None:
    assert told_to_people(planted)
    assert not told_to_people('start(["export", f"--out={folder}", "--overwrite"])')


def test_what_settings_do_is_said_without_options() -> None:
    def described(record: Any) -> Iterator[str]:
        for field in record.model_fields.values():
            yield field.description or ""
            if hasattr(field.annotation, "model_fields"):
                yield from described(field.annotation)

    assert [text for text in described(TrainConfig) if NAMES_ONE.search(text)] == []
