"""Files and folders that get their names once they are complete.

Until then they lie beside their place as `.NAME.PID.new`. A process that is killed leaves them so:
nobody takes them for the real thing, and `remove_staged` and `remove_all_staged` clear them away.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from labeler.cures import ChooseAnotherFolder
from labeler.disk.errors import report_errors
from labeler.disk.files import (
    Data,
    NewFile,
    make_folders,
    make_new_folder,
    put_in_place,
    remove_file,
    remove_tree,
    rename,
    sync_folder,
    sync_tree,
)
from labeler.errors import RefusedError, StorageError

_SUFFIX = ".new"


def staging_path(path: Path) -> Path:
    """Where this process prepares what is going to be called `path`."""
    return path.with_name(f".{path.name}.{os.getpid()}{_SUFFIX}")


def is_staged(path: Path) -> bool:
    """Whether a file or folder is incomplete: being made by a process, or left by a killed one."""
    name, _, process = path.name.removesuffix(_SUFFIX).rpartition(".")
    return path.name.endswith(_SUFFIX) and name[:1] == "." and process.isdecimal()


def rewrite(
    path: Path, data: Data, check: Callable[[], None] = lambda: None, *, durable: bool = True
) -> None:
    """Replace a small file as a whole: readers see the old content or the new one.

    `check` is called when all is ready; what it raises leaves the old file in place. Without
    `durable` a crash of the machine may leave neither: for what can be made again.
    """
    staged = staging_path(path)
    remove_file(staged)
    try:
        with NewFile(staged, durable=durable) as file:
            file.write(data)
        check()
        rename(staged, path, durable=durable)
    except BaseException:
        with suppress(StorageError):
            remove_file(staged)
        raise


@contextmanager
def new_folder(target: Path, aside: Path | None = None) -> Iterator[Path]:
    """A folder to be filled, which gets the name `target` and is durable at the end.

    A folder that has the name goes to `aside` then. Nothing is left if the block raises.

    Raises:
        RefusedError: `target` exists already, and there is no `aside` for it.
        StorageError: writing failed.
    """
    if target.is_symlink() or (target.exists() and aside is None):
        raise RefusedError(f"{target} exists already.", ChooseAnotherFolder())
    staged = staging_path(target)
    make_folders(staged.parent)
    remove_tree(staged)
    make_new_folder(staged)
    try:
        yield staged
        sync_tree(staged)
        put_in_place(staged, target, aside)
    except BaseException:
        with suppress(StorageError):
            remove_tree(staged)
        raise


@contextmanager
def new_stream(target: Path) -> Iterator[BinaryIO]:
    """A file for a library that seeks in what it writes; it replaces `target` at the end.

    Nothing is left if the block raises, or writes nothing.

    Raises:
        StorageError: writing failed.
    """
    staged = staging_path(target)
    make_folders(staged.parent)
    remove_file(staged)
    try:
        with report_errors(target), staged.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            size = file.seek(0, os.SEEK_END)
        if size:
            rename(staged, target)
        else:
            remove_file(staged)
    except BaseException:
        with suppress(StorageError):
            remove_file(staged)
        raise


def relink(link: Path, target: str) -> None:
    """Make the relative link `link` lead to its neighbour `target`, in one step."""
    staged = staging_path(link)
    remove_file(staged)
    with report_errors(link):
        staged.symlink_to(target, target_is_directory=True)
        staged.replace(link)
    sync_folder(link.parent)


def remove_staged(path: Path) -> None:
    """Remove what `rewrite` left beside `path` when it was killed; call where no other writes."""
    with report_errors(path):
        for entry in os.scandir(path.parent):
            middle = entry.name.removeprefix(f".{path.name}.").removesuffix(_SUFFIX)
            if middle.isdecimal() and entry.name == f".{path.name}.{middle}{_SUFFIX}":
                Path(entry.path).unlink()


def remove_all_staged(folder: Path) -> None:
    """Remove everything incomplete from a folder, where no other process writes."""
    if folder.is_dir():
        for path in folder.iterdir():
            if is_staged(path):
                remove_tree(path)
