"""Every error that the program can print, with what it says would help, out of its source.

An error is made where something goes wrong: `DamagedDatasetError(f"{path} is missing.", Retry())`.
Here all such places are read, and each cure is worded as the commands word it.
"""

import ast
import importlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import classifier
import classifier.cli.cures
import labeler
import labeler.cli.cures
from labeler import cures, errors
from labeler.cures import Cure

TABLES = {"labeler": labeler.cli.cures, "classifier": classifier.cli.cures}
KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.LabelerError)
}
PASSED_ON = {"error.message", "sentence", "reason", "message"}
"""What stands for the message where another error, or a sentence made elsewhere, is passed on."""
_LISTED = re.compile(r"\n- \s*")


@dataclass(frozen=True, order=True)
class Message:
    """An error as it is printed; names in braces stand for what it names."""

    text: str
    cure: str
    kind: str


def messages() -> list[Message]:
    """All of them, each once, in the order of the alphabet."""
    return sorted({one for place in modules() for one in _Module(place).messages()})


def modules() -> Iterator[str]:
    """Names of all modules of both packages but for those of the window."""
    for package in (labeler, classifier):
        root = Path(package.__file__ or "").parent
        for path in sorted(root.rglob("*.py")):
            name = ".".join((root.name, *path.relative_to(root).with_suffix("").parts))
            if not name.startswith("labeler.ui") and not name.endswith("__main__"):
                yield name.removesuffix(".__init__")


class _Module:
    def __init__(self, name: str) -> None:
        self._module = importlib.import_module(name)
        self._table = TABLES[name.partition(".")[0]]
        source = Path(self._module.__file__ or "").read_text(encoding="utf-8")
        self._tree = ast.parse(source)
        self._assigned: dict[str, list[ast.expr]] = {}

    def messages(self) -> Iterator[Message]:
        for node in ast.walk(self._tree):
            for name, value in _bindings(node):
                self._assigned.setdefault(name, []).append(value)
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                kind = KINDS.get(node.func.id)
                if kind is not None and kind is getattr(self._module, node.func.id, kind):
                    yield from self._of(node, node.func.id)

    def _of(self, call: ast.Call, kind: str) -> Iterator[Message]:
        told = call.args[0]
        texts = self._texts(told)
        if any(map(_passes_on, texts)):
            return
        assert texts or ast.unparse(told) in PASSED_ON, (self._module.__name__, ast.unparse(told))
        said = " ".join(filter(None, (self._cure(one) for one in call.args[1:])))
        for text in texts:
            yield Message(_one_line(text), _one_line(said), kind)

    def _texts(self, node: ast.expr) -> list[str]:
        """What a message may be; empty where it cannot be told here."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr():
                parts = map(self._parts, node.values)
                return ["".join(chosen) for chosen in itertools.product(*parts)]
            case ast.IfExp():
                return [*self._texts(node.body), *self._texts(node.orelse)]
            case ast.BinOp(op=ast.Add()):
                return [f"{text}{{differences}}" for text in self._texts(_first(node))]
            case ast.Call(func=ast.Name(id=name)):
                return [text for value in self._returned(name) for text in self._texts(value)]
            case ast.Name(id=name):
                values = self._assigned.get(name, ())
                return [text for value in values for text in self._texts(value)]
        return []

    def _parts(self, node: ast.expr) -> list[str]:
        """What a part of a sentence may be: its words, or the name of what is filled in."""
        if isinstance(node, ast.Constant):
            return [str(node.value)]
        assert isinstance(node, ast.FormattedValue)
        if isinstance(node.value, ast.Name):
            known = getattr(self._module, node.value.id, None)
            if isinstance(known, str):
                return [known]
        called = isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
        return (called and self._texts(node.value)) or [_shown(node.value)]

    def _returned(self, name: str) -> list[ast.expr]:
        """What a function of the module returns."""
        return [
            node.value
            for function in self._tree.body
            if isinstance(function, ast.FunctionDef) and function.name == name
            for node in ast.walk(function)
            if isinstance(node, ast.Return) and node.value is not None
        ]

    def _cure(self, node: ast.expr) -> str:
        match node:
            case ast.Starred(value=inner) | ast.GeneratorExp(elt=inner):
                return self._cure(inner)
            case ast.IfExp():
                return self._one_of([node.body, node.orelse])
            case ast.Call(func=ast.Attribute(attr="get" | "fromkeys"), args=[*_, inner]):
                return self._cure(inner)
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                kind = getattr(cures, name, None)
                if isinstance(kind, type) and issubclass(kind, Cure):
                    return self._table.words([self._built(kind, node)])
                return self._one_of(self._returned(name)) or " or: ".join(self._texts(node))
            case ast.Name(id=name):
                return self._constant(name) or self._one_of(self._assigned.get(name, ()))
        return " or: ".join(self._texts(node))

    def _constant(self, name: str) -> str:
        """A cure that the module has by name, or a sentence that it took from another one."""
        match getattr(self._module, name, None):
            case Cure() as known:
                return self._table.words([known])
            case str(text):
                return text
        return ""

    def _one_of(self, nodes: Iterable[ast.expr]) -> str:
        """The cures of which one is given, each once."""
        return " or: ".join(dict.fromkeys(filter(None, map(self._cure, nodes))))

    def _built(self, kind: type[Cure], call: ast.Call) -> Cure:
        names = [field.name for field in fields(kind) if field.name != "setting"]
        given = dict(zip(names, call.args, strict=False))
        given |= {str(word.arg): word.value for word in call.keywords}
        values: dict[str, object] = {name: self._value(node) for name, node in given.items()}
        if kind is cures.GiveThreshold:
            values["example"] = 0.5
        if kind is cures.WriteOrDropColumn:
            values["column"] = "done"
        return kind(**values)  # type: ignore[arg-type]

    def _value(self, node: ast.expr) -> str:
        texts = self._texts(node)
        return " / ".join(texts) if texts else _shown(node)


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a statement gives a value, and parameters with the value they have by default."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.FunctionDef(args=ast.arguments(kwonlyargs=named, kw_defaults=values)):
            for parameter, default in zip(named, values, strict=True):
                if default is not None:
                    yield parameter.arg, default


def _passes_on(text: str) -> bool:
    """Whether a text only says what another message is about."""
    return text.endswith(": {message}")


def _first(node: ast.expr) -> ast.expr:
    return _first(node.left) if isinstance(node, ast.BinOp) else node


def _shown(node: ast.expr) -> str:
    """What stands for a value in a sentence: its name in braces, or its few words."""
    match node:
        case ast.Constant(value=value):
            return str(value)
        case ast.Call(func=ast.Name(id="plural"), args=[count, ast.Constant(value=noun)]):
            return f"{_shown(count)} {noun}s"
        case ast.IfExp(body=ast.Constant(value=one), orelse=ast.Constant(value=other)):
            return _one_or_other(str(one).strip(), str(other).strip())
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return f"{{{name.strip('_')}}}"
        case ast.Call(func=ast.Name(id="len" | "sum")):
            return "{number}"
        case ast.Call(args=[first, *_]):
            return _shown(first)
        case ast.Call(func=ast.Attribute(value=value)) | ast.Subscript(value=value):
            return _shown(value)
        case ast.BinOp():
            return _shown(node.left)
    return "{…}"


def _one_or_other(one: str, other: str) -> str:
    return other if one in ("is", "was") else "/".join(filter(None, (one, other)))


def _one_line(text: str) -> str:
    return " ".join(_LISTED.sub(" ", text).split())
