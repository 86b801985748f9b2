"""Only the room `labeler/disk` changes files.

Rooms of `labeler.storage` and `labeler.parquet` may go through `disk`, and so may
`classifier/output.py`; what the classifier calls on that has other names than those looked for.

The scan reads source code, so it sees names, not values. Libraries that take a path or an open
file (PyAV, pyarrow) may be used there with a sink that is visibly memory or a file of that room;
anything else counts as writing past `labeler.disk`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DISK = ROOT / "labeler" / "disk"
WRITING_ROOMS = [ROOT / "labeler" / room for room in ("disk", "parquet", "storage")]
OUTPUT = ROOT / "classifier" / "output.py"
STREAMS = ROOT / "labeler" / "console" / "standard_streams.py"
FILES = sorted(path for name in ("labeler", "classifier") for path in (ROOT / name).rglob("*.py"))

# Methods that change files whatever they are called on. `x.replace(y)` is told by its arguments.
METHODS = {
    "chmod", "hardlink_to", "lchmod", "mkdir", "push_to_hub", "rename", "rmdir", "save_pretrained",
    "symlink_to", "tofile", "touch", "unlink", "write_bytes", "write_text",
}  # fmt: skip
# Functions that change files, or open descriptors with which that can be done.
FUNCTIONS = {
    "io.FileIO", "logging.FileHandler", "numpy.memmap", "numpy.save", "numpy.savetxt",
    "numpy.savez", "numpy.savez_compressed", "os.chmod", "os.chown", "os.copy_file_range",
    "os.fchmod", "os.fdopen", "os.ftruncate", "os.lchown", "os.link", "os.makedirs", "os.mkdir",
    "os.mkfifo", "os.mknod", "os.open", "os.pwrite", "os.remove", "os.removedirs",
    "os.removexattr", "os.rename", "os.renames", "os.replace", "os.rmdir", "os.sendfile",
    "os.setxattr", "os.symlink", "os.system", "os.truncate", "os.unlink", "os.utime", "os.write",
    "pathlib.Path.replace", "pyarrow.OSFile", "pyarrow.create_memory_map",
    "pyarrow.dataset.write_dataset", "pyarrow.feather.write_feather", "pyarrow.output_stream",
    "pyarrow.parquet.write_metadata", "pyarrow.parquet.write_to_dataset",
    "safetensors.numpy.save_file", "safetensors.serialize_file", "safetensors.torch.save_file",
    "safetensors.torch.save_model", "sqlite3.connect", "torch.jit.save", "torch.save",
    "torch.onnx.export",
}  # fmt: skip
# Modules that have no place elsewhere, and the reading functions among theirs.
MODULES = {"shutil": {"disk_usage", "get_terminal_size", "which"}, "tempfile": set()}
ONLY_STORAGE = {"filelock"}  # makes lock files
# Functions that write to what they are given, and where that argument stands.
TAKE_A_SINK = {
    "pyarrow.parquet.ParquetWriter": 0, "pyarrow.parquet.write_table": 1, "pyarrow.PythonFile": 0,
    "pyarrow.csv.write_csv": 1,
}  # fmt: skip
SINKS = {"BinaryIO", "BytesIO", "BufferOutputStream", "NewFile", "PythonFile", "new_stream"}
MODE = re.compile(r"[rwaxbtU+]{1,4}")


def findings(code: str, in_storage: bool) -> list[str]:
    """What in a module outside of that room changes files: `line: name` of each place."""
    module = ast.parse(code)
    names = imported(module)
    bound = bindings(module)
    found = []
    for node in ast.walk(module):
        for name in (*changing(node, names, in_storage), *opening(node, names, bound, in_storage)):
            found.append(f"{node.lineno}: {name}")
    return found


def imported(module: ast.Module) -> dict[str, str]:
    """What each imported name stands for: `pq` is `pyarrow.parquet`."""
    names = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def full_name(node: ast.AST, names: dict[str, str]) -> str:
    """`pyarrow.parquet.write_table` for an expression that means it; empty for a value's method."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute) and (owner := full_name(node.value, names)):
        return f"{owner}.{node.attr}"
    return ""


def bindings(module: ast.Module) -> dict[str, list[ast.expr]]:
    """Everything that a variable, an attribute or a parameter is bound to or annotated with."""
    bound: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.withitem) and node.optional_vars:
            pairs = [(node.optional_vars, node.context_expr)]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value or node.annotation)]
        elif isinstance(node, ast.arg) and node.annotation:
            pairs = [(ast.Name(node.arg), node.annotation)]
        else:
            continue
        for target, value in pairs:
            bound.setdefault(ast.unparse(target), []).append(value)
    return bound


def changing(node: ast.AST, names: dict[str, str], in_storage: bool) -> Iterator[str]:
    """Names that change files by themselves."""
    if isinstance(node, ast.Attribute) and node.attr in METHODS:
        if not (in_storage and ast.unparse(node.value) == "disk"):
            yield node.attr
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        like_path = len(node.args) == 1 and not node.keywords
        if node.func.attr == "replace" and like_path and not full_name(node.func, names):
            yield "replace"
    name = full_name(node, names)
    top, _, rest = name.partition(".")
    elsewhere = rest and rest not in MODULES.get(top, {rest})
    if name in FUNCTIONS or elsewhere or (top in ONLY_STORAGE and not in_storage):
        yield name


def opening(
    node: ast.AST, names: dict[str, str], bound: dict[str, list[ast.expr]], in_storage: bool
) -> Iterator[str]:
    """Calls that open a file for writing, or let a library write to one."""
    if not isinstance(node, ast.Call):
        return
    name = full_name(node.func, names)
    if name in TAKE_A_SINK:
        sink = node.args[TAKE_A_SINK[name] :][:1]
        if not (in_storage and sink and is_sink(sink[0], bound)):
            yield name
    elif name == "av.open" and writes(node, 1):
        if not (in_storage and node.args and is_sink(node.args[0], bound)):
            yield name
    elif name != "os.open" and called(node) == "open":
        function = name or isinstance(node.func, ast.Name)
        if writes(node, 1 if function else 0):
            yield "open"


def called(call: ast.Call) -> str:
    """Last part of the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


def writes(call: ast.Call, position: int) -> bool:
    """Whether the mode of an `open` allows writing, or hides in a variable.

    A variable that comes first, as in `Reader.open(path)`, is taken for something to open.
    """
    modes = [keyword.value for keyword in call.keywords if keyword.arg in ("mode", None)]
    modes += call.args[position : position + 1]
    for mode in modes:
        if not isinstance(mode, ast.Constant):
            if position or mode not in call.args:
                return True
        elif MODE.fullmatch(str(mode.value)) and set(str(mode.value)) & set("wax+"):
            return True
    return False


def is_sink(node: ast.expr, bound: dict[str, list[ast.expr]]) -> bool:
    """Whether an expression is visibly memory or a NewFile wherever it is bound."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).split(".")[-1] in SINKS
    values = bound.get(ast.unparse(node), [])
    return bool(values) and all(
        is_sink(value, {}) or ast.unparse(value).strip("\"'").split(".")[-1] in SINKS
        for value in values
    )


@pytest.mark.parametrize(
    "file",
    [file for file in FILES if DISK not in file.parents and file != STREAMS],
    ids=lambda file: file.relative_to(ROOT).as_posix(),
)
def test_only_the_disk_room_changes_files(file: Path) -> None:
    in_storage = file == OUTPUT or any(room in file.parents for room in WRITING_ROOMS)
    assert not findings(file.read_text(encoding="utf-8"), in_storage)


def test_the_console_opens_nothing_but_the_null_device() -> None:
    code = STREAMS.read_text(encoding="utf-8")
    assert [line.split(": ")[1] for line in findings(code, False)] == ["os.open", "os.open"]
    assert code.count("os.open(os.devnull, ") == 2


@pytest.mark.parametrize(
    "module, expected",
    [
        ("files.py", {"os.open", "os.write", "os.utime", "shutil.rmtree", "unlink", "replace"}),
        ("staging.py", {"open", "symlink_to", "replace", "unlink"}),
        ("lock.py", {"filelock.FileLock", "os.open"}),
    ],
)
def test_the_scan_sees_what_disk_does(module: str, expected: set[str]) -> None:
    seen = {line.split(": ")[1] for line in findings((DISK / module).read_text("utf-8"), False)}
    assert expected <= seen


WRITING = [
    "open('x', 'w')", "open('x', mode='ab')", "open('x', 'r+')", "open('x', mode)",
    "open('x', **how)", "path.open('x')", "path.open(mode='wb')", "(a / 'b').open('a')",
    "import gzip; gzip.open('x', 'wb')", "import io; io.open('x', 'w')",
    "path.write_text('x')", "path.write_bytes(b'x')", "path.unlink()", "path.rename('y')",
    "path.replace(other)", "path.mkdir()", "path.rmdir()", "path.touch()", "path.symlink_to('y')",
    "from elsewhere import file; file.unlink()", "path.hardlink_to('y')", "path.chmod(0)",
    "remove = path.unlink",
    "from pathlib import Path; list(map(Path.unlink, paths))",
    "from pathlib import Path; Path.replace(a, b)",
    "import os; os.replace(a, b)", "import os as o; o.remove(a)",
    "from os import unlink; unlink(a)", "from os import rename as move; list(map(move, a, b))",
    "import os; os.open(a, flags)",
    "import shutil; shutil.copytree(a, b)", "from shutil import rmtree; rmtree(a)",
    "import tempfile; tempfile.mkdtemp()", "import numpy as np; np.save(a, b)",
    "array.tofile(path)", "import av; av.open(path, 'w')", "import av; av.open(str(a), mode='w')",
    "import pyarrow.parquet as pq; pq.write_table(table, path)",
    "import pyarrow.parquet; pyarrow.parquet.ParquetWriter(path, schema)",
    "from pyarrow.parquet import write_table; write_table(table, str(path))",
    "import pyarrow.parquet as pq\ndef f(sink: str): pq.ParquetWriter(sink, schema)",
    "import av\nsink = io.BytesIO()\nsink = path\nav.open(sink, 'w')",
    "import torch; torch.save(state, path)", "model.save_pretrained(folder)",
    "from safetensors.torch import save_file; save_file(tensors, path)",
]  # fmt: skip
ONLY_IN_STORAGE = [
    "import av, io\nbuffer = io.BytesIO()\nav.open(buffer, 'w', format='mp4')",
    "import pyarrow.parquet as pq\nself._sink = io.BytesIO()\npq.ParquetWriter(self._sink, schema)",
    "import pyarrow as pa, pyarrow.parquet as pq\nwith NewFile(path) as file:\n"
    "    pq.write_table(table, pa.PythonFile(file))",
    "import pyarrow.parquet as pq\ndef f(sink: 'disk.NewFile'): pq.write_table(table, sink)",
    "from labeler import disk; disk.rename(a, b)",
    "import filelock; filelock.FileLock(path)",
]
READING = [
    "open('x')", "open('x', 'rb')", "path.open()", "path.open('rb')", "Reader.open(path)",
    "path.open(encoding='utf-8')",
    "import av; av.open(path)", "import av; av.open(path, 'r')",
    "import av; av.open(path, mode='r')",
    "text.replace('a', 'b')", "import dataclasses; dataclasses.replace(label, note='')",
    "from dataclasses import replace; replace(label)", "moment.replace(tzinfo=None)",
    "import os; os.walk(path)", "import os; os.stat(path)",
    "import shutil; shutil.disk_usage(path)",
    "import pyarrow.parquet as pq; pq.ParquetFile(path)", "import io; io.BytesIO(b'')",
    "from safetensors.torch import save; save(tensors)", "import torch; torch.load(path)",
    "from classifier.output import new_folder, write_file; write_file(path, data)",
]  # fmt: skip


@pytest.mark.parametrize("code", WRITING)
def test_writing_is_seen_everywhere(code: str) -> None:
    assert findings(code, in_storage=True)
    assert findings(code, in_storage=False)


@pytest.mark.parametrize("code", ONLY_IN_STORAGE)
def test_writing_through_disk_is_for_storage_alone(code: str) -> None:
    assert not findings(code, in_storage=True)
    assert findings(code, in_storage=False)


@pytest.mark.parametrize("code", READING)
def test_reading_is_allowed_everywhere(code: str) -> None:
    assert not findings(code, in_storage=False)
