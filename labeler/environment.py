"""Versions of Labeler and of what it stands on, told without importing any of it."""

import platform
from importlib.metadata import PackageNotFoundError, version

from labeler import __version__

PACKAGES = {
    "Qt for Python": "pyside6-essentials",
    "PyAV": "av",
    "pyarrow": "pyarrow",
    "NumPy": "numpy",
    "PyTorch": "torch",
    "transformers": "transformers",
    "huggingface-hub": "huggingface-hub",
}
"""Name -> distribution."""


def environment(program: str) -> list[str]:
    """Lines for a bug report: program, Python and system, packages."""
    found = ", ".join(f"{name} {version_or_missing(package)}" for name, package in PACKAGES.items())
    return [
        f"{program} {__version__}",
        f"Python {platform.python_version()}, {platform.platform()}",
        found,
    ]


def version_or_missing(package: str) -> str:
    """Version of a distribution, or that it is missing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
