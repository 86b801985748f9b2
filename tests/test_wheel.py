"""The wheel holds the programs and their resources, nothing else, and it runs."""

import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UV = os.environ.get("UV") or shutil.which("uv")
PLACES = {"resources": Path("labeler/resources"), "docs": Path("labeler/resources/guide")}
"""Folders of the checkout -> where they lie in the wheel."""

pytestmark = pytest.mark.skipif(UV is None, reason="uv is not on the path; `uv run pytest` has it")


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; the test fails with its errors if it does."""
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # PyTorch and its companions are gigabytes; links into uv's cache cost nothing anywhere.
    environment = {"UV_LINK_MODE": "symlink"} | inherited
    done = subprocess.run(command, cwd=cwd, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the files that git knows."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in known_files():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    run(str(UV), "build", "--quiet", "--wheel", "--out-dir", out, cwd=source)
    (built,) = out.glob("*.whl")
    return built


def known_files() -> list[Path]:
    """Files in git, and new ones that are not ignored."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = (
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    )
    names = [Path(name) for name in run(*command, cwd=ROOT).splitlines()]
    return [name for name in names if (ROOT / name).is_file()]


def test_wheel_holds_code_and_resources_only(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        (
            PLACES.get(name.parts[0], Path(name.parts[0])) / name.relative_to(name.parts[0])
        ).as_posix()
        for name in known_files()
        if name.parts[0] in {"labeler", "classifier", *PLACES}
    }
    assert held == expected
    assert any(name.startswith("labeler/resources/") for name in held)


def test_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        fields = message_from_bytes(archive.read(metadata))
        licences = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    assert fields["Name"] == "reward-labeler"
    assert fields["License-Expression"] == "Apache-2.0"
    assert fields["Requires-Python"] == ">=3.11"
    assert licences


def test_wheel_runs_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    run(str(UV), "venv", "--quiet", "--python", sys.executable, tmp_path / "venv", cwd=tmp_path)
    programs = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    # In the checkout, so that its exact versions count; the program comes from the wheel alone.
    install = ("pip", "install", "--quiet", "--python", programs / "python", wheel)
    run(str(UV), *install, cwd=ROOT)
    texts = {
        run(programs / "labeler", "--help", cwd=tmp_path),
        run(programs / "python", "-m", "labeler", "--help", cwd=tmp_path),
    }
    assert all("apply" in text for text in texts)
    where = "import labeler, pathlib; print(pathlib.Path(labeler.__file__).parent)"
    package = Path(run(programs / "python", "-c", where, cwd=tmp_path).strip())
    assert tmp_path in package.parents
    assert any((package / "resources").iterdir())
