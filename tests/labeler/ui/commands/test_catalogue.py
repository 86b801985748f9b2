"""Every command leads to something that is there: a misspelt handler is found without pressing."""

import ast
import inspect
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest

from labeler.labels import EpisodeLabel
from labeler.ui.commands import catalogue
from labeler.ui.commands.reach import OneRecording, Page, WindowReach

ARGUMENTS: dict[str, type] = {
    "window": WindowReach, "page": Page, "recording": OneRecording, "suggestion": EpisodeLabel,
}  # fmt: skip
"""What the handlers of the catalogue call their arguments."""


def handlers(source: str) -> Iterator[ast.expr]:
    """What each `run=lambda …: …` of a source does."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "run"
            and isinstance(node.value, ast.Lambda)
        ):
            yield node.value.body


def missing(source: str) -> list[str]:
    """Names in handlers that their objects do not have."""
    found = []
    for body in handlers(source):
        for node in ast.walk(body):
            if isinstance(node, ast.Attribute) and _kind(node) is None:
                found.append(ast.unparse(node))
    return found


def _kind(node: ast.expr) -> Any:
    """The type of a chain of names like `page.moving.to_edge`; None where a name is not there."""
    if isinstance(node, ast.Name):
        return ARGUMENTS[node.id]
    assert isinstance(node, ast.Attribute)
    kind = _kind(node.value)
    return None if kind is None else _member(kind, node.attr)


def _member(kind: Any, name: str) -> Any:
    if name in (hints := get_type_hints(kind)):
        return hints[name]
    member = inspect.getattr_static(kind, name, None)
    if isinstance(member, property):
        return get_type_hints(member.fget)["return"]
    if member is None:
        made = inspect.getsource(kind.__init__)  # an attribute that the object makes for itself
        member = name if f"self.{name} =" in made or f"self.{name}:" in made else None
    return _made(kind, name) if isinstance(member, str) else member


def _made(kind: Any, name: str) -> Any:
    """The class whose object `__init__` gives an attribute."""
    for node in ast.walk(ast.parse(inspect.cleandoc(inspect.getsource(kind.__init__)))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            names = [target.attr for target in node.targets if isinstance(target, ast.Attribute)]
            if name in names and isinstance(node.value.func, ast.Name):
                return inspect.getmodule(kind).__dict__[node.value.func.id]
    return None


def test_every_handler_is_there() -> None:
    source = inspect.getsource(catalogue)
    assert len(list(handlers(source))) == len(catalogue.COMMANDS)
    assert missing(source) == []


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        ("page: page.moving.to_egde()", "page.moving.to_egde"),
        ("page: page.panel.show_export()", "page.panel"),
        ("page: page.desk.review.nxet()", "page.desk.review.nxet"),
        ("page: page.desk.playhead.togle()", "page.desk.playhead.togle"),
        ("window: window.show_setings()", "window.show_setings"),
        ("recording: recording.show_hubb()", "recording.show_hubb"),
        ("page, suggestion: page.deciding.acept(suggestion)", "page.deciding.acept"),
    ],
)
def test_a_misspelt_handler_is_found(planted: str, name: str) -> None:
    source = f"PageCommand('a', 'A', 'Go', run=lambda {planted})"
    assert name in missing(source)
