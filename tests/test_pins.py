"""Everything that is installed has its exact version in pyproject.toml."""

import tomllib
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_installed_versions_are_the_pinned_ones() -> None:
    pins = [Requirement(pin) for pin in PROJECT["tool"]["uv"]["constraint-dependencies"]]
    wanted = {
        canonicalize_name(pin.name): str(pin.specifier)
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }
    different = {
        name: f"=={version(name)} installed, {wanted.get(name, 'nothing')} pinned"
        for name in installed()
        if wanted.get(name) != f"=={version(name)}"
    }
    assert not different, f"`scripts/pin` renews the versions: {different}"


def test_the_file_for_other_installers_has_the_same_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == (
        PROJECT["tool"]["uv"]["constraint-dependencies"]
    )


def installed() -> set[str]:
    """The project's requirements, development included, and theirs in turn."""
    waiting = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    found: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        extras = ["", *requirement.extras]
        marker = requirement.marker
        wanted = marker is None or any(marker.evaluate({"extra": extra}) for extra in extras)
        if name in found or not wanted:
            continue
        try:
            waiting += distribution(name).requires or []
        except PackageNotFoundError:  # `pytest` installed without the development group
            continue
        found.add(name)
    return found
