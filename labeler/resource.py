"""Finds the files that come with the program."""

from pathlib import Path

_GUIDE = "guide"
_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Path of a file in `resources/`: beside the package in a checkout, inside it once installed.

    Raises:
        FileNotFoundError: there is no such file, or the name leaves the folder.
    """
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = (folder / name).resolve()
        if path.is_file() and path.is_relative_to(folder):
            return path
    raise FileNotFoundError(f"resources/{name}")


def guide_page(name: str) -> Path:
    """Path of a page of the guide: in `docs/` of a checkout, among the resources once installed.

    Raises:
        FileNotFoundError: there is no such page, or the name leaves the folder.
    """
    for folder in (_PACKAGE / "resources" / _GUIDE, _PACKAGE.parent / "docs"):
        path = (folder / name).resolve()
        if path.is_file() and path.is_relative_to(folder):
            return path
    raise FileNotFoundError(f"docs/{name}")
