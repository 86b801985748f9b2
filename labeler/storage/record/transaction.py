"""Replacing files of a copy all together: at any instant the old ones or the new ones.

New files are staged under `meta/labeler/staged` with names no reader picks up. Then a manifest
names them with their digests; from that moment the change is decided and only renames are
left, which `recover` completes after a crash. Without a manifest staged files are rubbish.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from labeler import disk
from labeler.cures import ChooseAnotherFolder, MakeCopyAgain, RetryOrRecover
from labeler.dataset.files import sha256
from labeler.dataset.steady import UNFINISHED
from labeler.dataset.templates import check_inside
from labeler.errors import InterruptedCopyError, RefusedError, StorageError

FOLDER = "meta/labeler"
MANIFEST = UNFINISHED
STAGED = f"{FOLDER}/staged"
_FORMAT = "labeler-commit"


class Transaction:
    """Stage new files, then commit them or leave everything as it was."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staged: dict[str, str] = {}
        self._removed: list[str] = []
        self._manifest: dict[str, Any] = {}
        refuse_links(root, [])
        disk.remove_tree(root / STAGED)
        disk.make_folders(root / STAGED)

    def path(self, target: str) -> Path:
        """Where to write the new content of `target`, a path relative to the copy."""
        self._staged[target] = f"{len(self._staged)}.staged"
        return self._root / STAGED / self._staged[target]

    def remove(self, target: str) -> None:
        """Let `target` disappear with the commit."""
        self._removed.append(target)

    def prepare(self, digests: Mapping[str, str]) -> None:
        """Sync what was staged; `digests` gives the SHA-256 of every new content by its target."""
        disk.sync_folder(self._root / STAGED)
        disk.sync_folder(self._root / FOLDER)
        refuse_links(self._root, [*self._staged, *self._removed])
        entries = [
            {"target": target, "staged": name, "new": digests[target]}
            for target, name in self._staged.items()
        ]
        self._manifest = {
            "format": _FORMAT,
            "version": 1,
            "replace": entries,
            "remove": self._removed,
        }

    def commit(self) -> None:
        """Make every staged file current; once the manifest is written there is no way back.

        Raises:
            InterruptedCopyError: the disk failed after that; `recover` does what is left.
        """
        try:
            self._decide()
            _finish(self._root, self._manifest)
        except KeyboardInterrupt:
            if pending(self._root):  # what is left takes less time than to come back to it
                _finish(self._root, self._manifest)
            raise
        except StorageError as error:
            if not pending(self._root):
                raise
            raise InterruptedCopyError(
                f"{error.message} The change of {self._root} is not complete.",
                RetryOrRecover("Fix that"),
            ) from error

    def _decide(self) -> None:
        draft = self._root / STAGED / "manifest"
        disk.write_file(draft, json.dumps(self._manifest, indent=1).encode())
        disk.rename(draft, self._root / MANIFEST)

    def discard(self) -> None:
        """Remove what was staged, unless the change is decided."""
        if not pending(self._root):
            disk.remove_tree(self._root / STAGED)


def pending(root: Path) -> bool:
    """Whether a decided change of the copy at `root` waits for its completion."""
    return (root / MANIFEST).is_file()


def is_unfinished(root: Path) -> bool:
    """Whether a change of the copy at `root` was begun and not brought to its end."""
    return pending(root) or (root / STAGED).exists()


def recover(root: Path) -> str | None:
    """Bring the copy at `root` into one state after a crash; say what was done, if anything.

    Raises:
        InterruptedCopyError: a staged file is gone, or the manifest cannot be read.
        RefusedError: a folder of the copy is a link.
    """
    if is_unfinished(root):
        refuse_links(root, [])
    if pending(root):
        _finish(root, _read(root / MANIFEST))
        return "The interrupted change was completed: the copy has the new labels."
    if (root / STAGED).exists():
        disk.remove_tree(root / STAGED)
        return "The unfinished change was removed: the copy has the old labels."
    return None


def refuse_links(root: Path, targets: Iterable[str]) -> None:
    """Refuse to change files behind a link to a folder: they may be the recording's.

    Raises:
        RefusedError: a folder of the copy at `root` that a target lies in is a link.
    """
    for folder in _folders(root, [*targets, MANIFEST]):
        if folder != root and folder.is_symlink():
            raise RefusedError(
                f"{folder} is a link; nothing is written through links.",
                ChooseAnotherFolder(),
            )


def _folders(root: Path, targets: Iterable[str]) -> list[Path]:
    """Every folder in which a target lies, at any depth, inner ones first."""
    inside = {root / parent for target in targets for parent in PurePosixPath(target).parents}
    return sorted(inside, reverse=True)


def _finish(root: Path, manifest: dict[str, Any]) -> None:
    targets = [*(entry["target"] for entry in manifest["replace"]), *manifest["remove"]]
    for path in (*targets, *(entry["staged"] for entry in manifest["replace"])):
        check_inside(path)
    refuse_links(root, targets)
    waiting = [place for entry in manifest["replace"] for place in _prepare(root, entry)]
    for staged, target in waiting:  # nothing in between: readers of other programs see both states
        disk.rename(staged, target, durable=False)  # every folder is synced once, below
    for target in manifest["remove"]:
        disk.remove_file(root / target)
        _remove_empty_folders(root, root / target)
    for folder in _folders(root, targets):
        if folder.is_dir():  # else it became empty and went
            disk.sync_folder(folder)
    disk.remove_tree(root / STAGED)
    disk.remove_file(root / MANIFEST)
    disk.sync_folder(root / FOLDER)


def _prepare(root: Path, entry: dict[str, Any]) -> Iterator[tuple[Path, Path]]:
    """A staged file that is still to be renamed, ready for that, and its place."""
    staged, target = root / STAGED / entry["staged"], root / entry["target"]
    if not staged.is_file():
        if target.is_file() and sha256(target) == entry["new"]:
            return
        raise InterruptedCopyError(
            f"The new content of {target} is gone.",
            MakeCopyAgain(),
        )
    if target.is_file():
        disk.make_newer(staged, target.stat().st_mtime_ns)
    disk.make_folders(target.parent)
    yield staged, target


def _remove_empty_folders(root: Path, target: Path) -> None:
    folder = target.parent
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        disk.remove_tree(folder)
        folder = folder.parent


def _read(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if manifest["format"] == _FORMAT and manifest["version"] == 1:
            return dict(manifest)
    except (ValueError, KeyError, TypeError) as error:
        raise InterruptedCopyError(f"{path} cannot be read.", MakeCopyAgain()) from error
    raise InterruptedCopyError(
        f"{path} was written by a newer Labeler.", "Update Labeler, then recover the copy."
    )
