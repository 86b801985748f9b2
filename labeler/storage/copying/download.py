"""A dataset on its way from the Hub: kept aside, so that it can be gone on with, and then renamed.

Beside DEST lies `DEST.partial-download`: `download.json` says what of, `dataset/` holds files that
are whole and verified, `parts/` those that are not.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from labeler import disk
from labeler.cures import ChooseAnotherFolder, RemoveOrChooseAnother
from labeler.errors import BusyError, RefusedError
from labeler.storage.copying.destination import check_name

SUFFIX = ".partial-download"
_MARK = "download.json"


class PartialDownload:
    """Files of one dataset that are to become the new folder `destination`.

    Raises:
        RefusedError: there is something at `destination` already, it lies inside a dataset, or
            what lies aside is not a download of this dataset.
        BusyError: another process downloads it.
    """

    def __init__(self, destination: Path, repo_id: str, replaced: Path | None = None) -> None:
        """What is at the destination goes to `replaced` at the end; without, it has to be free."""
        self.destination, self._replaced = destination.expanduser().absolute(), replaced
        self._aside = self.destination.with_name(f"{self.destination.name}{SUFFIX}")
        self.files, self._parts = self._aside / "dataset", self._aside / "parts"
        self._check()
        disk.make_folders(self._aside)
        self._lock = FileLock(self._aside / ".lock", timeout=0)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise BusyError(
                f"Another process downloads to {self.destination}.", "Wait for it."
            ) from error
        try:
            self._take(repo_id)
        except BaseException:
            self._lock.release()
            raise

    def path(self, name: str) -> Path:
        """Where a file lies once it is whole; `name` must not lead out of the folder."""
        return self.files / name

    def size(self, name: str) -> int:
        """Bytes of a file that are there already."""
        part = self.part(name)
        return part.stat().st_size if part.is_file() else 0

    def part(self, name: str) -> Path:
        """Where a file lies that is not yet verified."""
        return self._parts / hashlib.sha256(name.encode()).hexdigest()

    @contextmanager
    def appending(self, name: str) -> Iterator[disk.AppendedFile]:
        """Go on with a file."""
        file = disk.AppendedFile(self.part(name))
        try:
            yield file
        finally:
            file.close()

    def discard(self, name: str) -> None:
        """Begin a file anew."""
        disk.remove_file(self.part(name))

    def accept(self, name: str) -> None:
        """A file is whole and verified."""
        disk.make_folders(self.path(name).parent)
        disk.rename(self.part(name), self.path(name), durable=False)

    def remove(self, name: str) -> None:
        """Remove a file that was whole but is of another revision."""
        disk.remove_file(self.path(name))

    def finish(self) -> None:
        """Everything is there: make it durable and give it its name.

        Raises:
            StorageError: it could not be renamed; it still lies aside.
        """
        self._check()
        disk.sync_tree(self.files)
        disk.put_in_place(self.files, self.destination, self._replaced)
        self.close()
        disk.remove_tree(self._aside)

    def close(self) -> None:
        """Let others go on."""
        self._lock.release()

    def _check(self) -> None:
        check_name(self.destination)
        occupied = self.destination.is_dir() and any(self.destination.iterdir())
        if occupied and self._replaced is None:
            raise RefusedError(f"{self.destination} is not empty.", ChooseAnotherFolder())
        for folder in self.destination.resolve().parents:
            if (folder / "meta" / "info.json").is_file():
                raise RefusedError(
                    f"{self.destination} lies inside a dataset.", ChooseAnotherFolder()
                )

    def _take(self, repo_id: str) -> None:
        mark = self._aside / _MARK
        if mark.is_file():
            if json.loads(mark.read_bytes()).get("repo_id") == repo_id:
                return
            raise RefusedError(f"{self._aside} holds another download.", RemoveOrChooseAnother())
        if any(path.name != ".lock" for path in self._aside.iterdir()):
            raise RefusedError(f"{self._aside} is not a download.", RemoveOrChooseAnother())
        for folder in (self.files, self._parts):
            disk.make_folders(folder)
        disk.rewrite(mark, json.dumps({"repo_id": repo_id}).encode())
