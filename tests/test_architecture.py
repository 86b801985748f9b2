"""The import contracts of pyproject.toml hold, and reject one planted violation of each kind."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("labeler", "classifier")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {
    contract["id"]: contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]
}
QT = ("PySide6", "shiboken6", "PyQt5", "PyQt6", "PySide2", "qtpy", "superqt", "pyqtgraph")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


@dataclass(frozen=True)
class Plant:
    """Code added to a module, and the contract that has to reject it."""

    contract: str
    module: str
    code: str

    def __str__(self) -> str:
        return f"{self.contract}: {self.module}: {' '.join(self.code.split())}"


def inside_function(code: str) -> str:
    return f"def planted() -> None:\n    {code}\n"


def for_typing(code: str) -> str:
    return f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {code}\n"


REJECTED = [
    Plant("labeler-layers", "labeler.labels.episode", "import labeler.storage"),
    Plant("labeler-layers", "labeler.errors", inside_function("import labeler.labels")),
    Plant("labeler-layers", "labeler.labels", for_typing("import labeler.dataset")),
    Plant("labeler-layers", "labeler.storage", "import labeler.demo"),
    Plant("labeler-layers", "labeler.review", "import labeler.storage"),
    Plant("labeler-layers", "labeler.cli", "import labeler.ui"),
    Plant("labeler-layers", "labeler.session", inside_function("import labeler.hub")),
    Plant("labeler-layers", "labeler.hilserl", "import labeler.inspection"),
    Plant("labeler-layers", "labeler.resource", "import labeler.errors"),
    Plant("labeler-layers", "labeler.utils", '"""A room without a place."""'),
    Plant("labeler-layers", "labeler.disk", "import labeler.labels"),
    Plant("labeler-layers", "labeler.parquet", "import labeler.dataset"),
    Plant("labeler-layers", "labeler.session", "import labeler.runs"),
    Plant("labeler-layers", "labeler.contracts.hub_answer", "import labeler.labels"),
    Plant("labeler-without-torch", "labeler.contracts.hub_answer", "import torch"),
    Plant("labeler-without-classifier", "labeler.contracts.events", "import classifier.config"),
    Plant("ui-layers", "labeler.ui.kit.controls", "import labeler.ui.desk"),
    Plant("ui-layers", "labeler.ui.desk", inside_function("import labeler.ui.commands")),
    Plant("ui-layers", "labeler.ui.commands.moving", "import labeler.ui.page"),
    Plant("ui-layers", "labeler.ui.timeline", for_typing("import labeler.ui.queue")),
    Plant("ui-layers", "labeler.ui.page", "import labeler.ui.window"),
    Plant("ui-layers", "labeler.ui.widgets", '"""A room without a place."""'),
    Plant("storage-layers", "labeler.storage.record", "import labeler.storage.copying"),
    Plant("storage-layers", "labeler.storage.checking", "import labeler.storage.merging"),
    Plant("storage-layers", "labeler.storage.utils", '"""A room without a place."""'),
    Plant("classifier-layers", "classifier.model", "import classifier.train"),
    Plant("classifier-layers", "classifier.utils", '"""A room without a place."""'),
    Plant("classifier-layers", "classifier.output", "import classifier.config"),
    Plant("qt-stays-in-ui", "labeler.labels.rewards", inside_function("import PySide6.QtCore")),
    Plant("qt-stays-in-ui", "labeler.session", for_typing("from PySide6.QtCore import QObject")),
    Plant("qt-stays-in-ui", "labeler.ui", "import qtpy"),
    Plant("qt-stays-in-ui", "labeler.contracts.events", "from PySide6 import QtCore"),
    Plant("qt-stays-in-ui", "labeler.session", inside_function("import pyqtgraph")),
    Plant("labeler-without-torch", "labeler.storage", inside_function("import torch")),
    Plant("labeler-without-torch", "labeler.ui", "import pandas"),
    Plant("labeler-without-classifier", "labeler.storage", "import classifier"),
    Plant("labeler-without-classifier", "labeler.ui", "import classifier.output"),
    Plant("classifier-reads-only", "classifier.train", "import labeler.storage"),
    Plant("classifier-reads-only", "classifier.data", "from labeler.inspection import inspect"),
    Plant("offline", "labeler.storage", inside_function("import huggingface_hub")),
    Plant("offline", "labeler.cli", inside_function("import huggingface_hub")),
    Plant("offline", "classifier.train", "from http import client"),
    Plant("offline", "classifier.encoder", inside_function("import huggingface_hub")),
    Plant("offline", "classifier.weights", "import httpx2"),
    # In a module of its own: the window imports the settings and would break its contract, too.
    Plant("torch-stays-out", "classifier.config.planted", inside_function("import torch")),
    Plant("torch-stays-out", "classifier.weights", "import safetensors"),
    Plant("torch-stays-out", "classifier.evaluate", inside_function("import torch")),
    Plant("dask-stays-in-cluster", "classifier.train", inside_function("import distributed")),
    Plant("dask-stays-in-cluster", "labeler.runs", "from dask.system import CPU_COUNT"),
    Plant("console-for-commands", "labeler.ui.window", "import labeler.console.output"),
    Plant("classifier-reads-only", "classifier.checkpoint", "import labeler.storage.program"),
    Plant("one-writer", "labeler.demo", "from labeler.disk import remove_tree"),
    Plant("one-writer", "labeler.parquet.reading", "from labeler.disk.files import rename"),
    Plant("one-parquet-writer", "labeler.dataset", "import labeler.parquet.splice"),
]
ACCEPTED = [
    Plant("", "labeler.ui.window", "from PySide6.QtWidgets import QWidget"),
    Plant("", "labeler.ui.window", inside_function("import pyqtgraph")),
    Plant("", "labeler.ui.training.setup.form", "import classifier.config"),
    Plant("", "labeler.runs.story", "import classifier.config"),
    Plant("", "labeler.demo", "import labeler.storage, labeler.dataset, labeler.video"),
    Plant("", "classifier.data", "import labeler.dataset, labeler.video, labeler.errors"),
    Plant("", "classifier.data", "from labeler.labels.episode import EpisodeLabel"),
    Plant("", "classifier.train", "import torch, pandas, classifier.model"),
    Plant("", "classifier.weights", "import huggingface_hub"),
    Plant("", "classifier.cluster.nodes", inside_function("import distributed")),
    Plant("", "labeler.hub.remote", "import huggingface_hub, huggingface_hub.utils"),
]


def grow(tree: Path, module: str, code: str = "") -> None:
    """Add code to a module of a copied tree; the module and its packages are made if missing."""
    package, *names = module.split(".")
    place = tree / package
    for name in names:
        if not (place / f"{name}.py").exists():
            (place / name).mkdir(exist_ok=True)
            (place / name / "__init__.py").touch()
        place /= name
    file = place.with_suffix(".py") if not place.is_dir() else place / "__init__.py"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{code}\n", encoding="utf-8")


def plant(tree: Path, planted: Plant) -> None:
    """Put a violation into a copied tree, together with the rooms that it reaches for."""
    for node in ast.walk(ast.parse(planted.code)):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            targets = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for target in targets:
            if target.split(".")[0] in PACKAGES:
                grow(tree, target)
    grow(tree, planted.module, planted.code)


def broken(tree: Path) -> tuple[set[str], str]:
    """Ids of the contracts that a tree breaks, and the whole report."""
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    run = subprocess.run(
        [sys.executable, "-c", lint], cwd=tree, env={"COLUMNS": "300"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    kept = {contract for contract, name in CONTRACTS.items() if f"{name} KEPT" in run.stdout}
    found = {contract for contract, name in CONTRACTS.items() if f"{name} BROKEN" in run.stdout}
    assert kept | found == set(CONTRACTS), run.stdout
    assert (run.returncode == 0) == (not found), run.stdout
    return found, run.stdout


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product's sources. import-linter keeps what it has parsed beside it."""
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def tree(copied: Path) -> Iterator[Path]:
    """The copy, which a test may spoil; afterwards it is as the product again."""
    yield copied
    for file in [path for package in PACKAGES for path in (copied / package).rglob("*.py")]:
        original = ROOT / file.relative_to(copied)
        if not original.exists():
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
        elif file.stat().st_size != original.stat().st_size:
            shutil.copy2(original, file)


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    found, report = broken(tree)
    assert not found, report


@pytest.mark.parametrize("planted", REJECTED, ids=str)
def test_a_violation_breaks_its_contract(tree: Path, planted: Plant) -> None:
    plant(tree, planted)
    found, report = broken(tree)
    assert found == {planted.contract}, report


def test_what_is_allowed_breaks_nothing(tree: Path) -> None:
    for planted in ACCEPTED:
        plant(tree, planted)
    found, report = broken(tree)
    assert not found, report


def test_every_wrapper_of_qt_is_known(tree: Path) -> None:
    for name in QT:
        grow(tree, "labeler.labels", f"import {name}")
    _, report = broken(tree)
    missed = [name for name in QT if f"labeler is not allowed to import {name}:" not in report]
    assert not missed, report


def test_every_contract_has_a_planted_violation() -> None:
    assert {planted.contract for planted in REJECTED} == set(CONTRACTS)


def lint(tree: Path, file: str) -> set[str]:
    """Names that ruff's TID251 rejects in a file of a copied tree."""
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select=TID251", "--output-format=concise",
         "--no-cache", file],
        cwd=tree, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return {line.split("`")[1] for line in run.stdout.splitlines() if "TID251" in line}


def test_ruff_names_every_call_that_changes_files(tree: Path) -> None:
    banned = PROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    modules = "import os, pyarrow.parquet, shutil, tempfile\n"
    for room in ("labels", "disk"):
        grow(tree, f"labeler.{room}.planted", modules + "\n".join(banned))
    assert lint(tree, "labeler/labels/planted/__init__.py") == set(banned)
    assert lint(tree, "labeler/disk/planted/__init__.py") == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_files_and_functions_are_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = {
        node.name: length
        for node in ast.walk(ast.parse(text))
        if isinstance(node, functions)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert not long, f"functions of more than {LONGEST_FUNCTION} lines: {long}"


def test_the_name_of_a_class_says_which_one_it_is() -> None:
    """Whoever looks for a class by its name finds one."""
    places: dict[str, set[str]] = {}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, set()).add(file.relative_to(ROOT).as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
