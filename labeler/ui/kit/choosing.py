"""The desktop's own choosers for files and folders."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def choose_file(parent: QWidget, title: str, kinds: str, start: Path) -> Path | None:
    """A file that is there; None if the operator thought better of it."""
    name, _ = QFileDialog.getOpenFileName(parent, title, str(start), kinds)
    return Path(name) if name else None


def choose_files(parent: QWidget, title: str, kinds: str, start: Path) -> list[Path]:
    """Files that are there, or none."""
    names, _ = QFileDialog.getOpenFileNames(parent, title, str(start), kinds)
    return [Path(name) for name in names]


def choose_new_file(parent: QWidget, title: str, kinds: str, start: Path) -> Path | None:
    """A file to write."""
    name, _ = QFileDialog.getSaveFileName(parent, title, str(start), kinds)
    return Path(name) if name else None


def choose_folder(parent: QWidget, title: str, start: Path) -> Path | None:
    """A folder."""
    name = QFileDialog.getExistingDirectory(parent, title, str(start))
    return Path(name) if name else None
