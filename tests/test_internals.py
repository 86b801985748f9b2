"""Every room, module, class and function that the page on the inside names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "internals.md"
PACKAGES = ("labeler", "classifier")
ENDINGS = {"json", "jsonl", "html", "npy", "txt", "py", "lock", "journal", "parquet", "md"}
SETTINGS = {"train.method"}
NAME = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)+")


def names() -> list[str]:
    """Dotted names in backticks, without arguments."""
    text = re.sub(r"```.*?```", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = {re.split(r"[(=]", quoted)[0] for quoted in re.findall(r"`([^`]+)`", text)}
    return sorted(
        name
        for name in found
        if NAME.fullmatch(name) and name.split(".")[-1] not in ENDINGS and name not in SETTINGS
    )


def members(path: Path) -> dict[str, ast.AST]:
    """Functions and classes at the top of a module."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {n.name: n for n in ast.parse(path.read_text("utf-8")).body if isinstance(n, kinds)}


def is_module(name: str) -> bool:
    """Whether a dotted name is a module, or a function or class of one."""
    for package in ("", *PACKAGES):
        place = ROOT.joinpath(*[part for part in (package, *name.split(".")) if part])
        if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file():
            return True
        module = place.parent.with_suffix(".py")
        if module.is_file() and place.name in members(module):
            return True
    return False


def is_method(name: str) -> bool:
    """Whether a dotted name is a method of some class."""
    kind, _, method = name.partition(".")
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found = members(path).get(kind)
            if isinstance(found, ast.ClassDef) and method in {
                inner.name for inner in found.body if isinstance(inner, ast.FunctionDef)
            }:
                return True
    return False


def test_the_page_names_much() -> None:
    assert len(names()) > 40


@pytest.mark.parametrize("name", names())
def test_what_the_page_names_is_there(name: str) -> None:
    assert is_module(name) or is_method(name), f"{PAGE.name} names {name}, which is not there"


@pytest.mark.parametrize("name", ["storage.nowhere", "labels.document.nothing", "Session.vanish"])
def test_what_is_not_there_is_seen(name: str) -> None:
    assert not is_module(name) and not is_method(name)
