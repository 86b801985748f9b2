"""Files of a dataset on disk, with digests as the Hub names them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from labeler.dataset.files import OUTSIDE, sha256, walk
from labeler.errors import DamagedDatasetError
from labeler.remote.hub_files import HubFile

OnBytes = Callable[[int], None]
_HIDDEN = (".gitattributes", ".gitignore")
_BLOCK = 4 << 20


@dataclass(frozen=True)
class FileDifference:
    """Files of a folder beside those of a dataset on the Hub, by name."""

    same: tuple[str, ...]
    changed: tuple[str, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]

    @property
    def none(self) -> bool:
        """Whether folder and Hub hold the same."""
        return not (self.changed or self.only_here or self.only_there)


def local_files(root: Path) -> dict[str, int]:
    """Size of every file that belongs to a dataset, by its relative path with `/`."""
    names = (name for name in walk(root) if not name.startswith(OUTSIDE) and name not in _HIDDEN)
    return {name: (root / name).stat().st_size for name in names}


def difference(
    root: Path, remote: Mapping[str, HubFile], on_bytes: OnBytes = lambda count: None
) -> FileDifference:
    """Compare a folder with files on the Hub; only files of equal size have to be read.

    Raises:
        DamagedDatasetError: a file cannot be read.
    """
    here = local_files(root)
    there = {name: file for name, file in remote.items() if name not in _HIDDEN}
    both = sorted(here.keys() & there.keys())
    same = {name for name in both if holds(root / name, there[name], on_bytes)}
    return FileDifference(
        same=tuple(name for name in both if name in same),
        changed=tuple(name for name in both if name not in same),
        only_here=tuple(sorted(here.keys() - there.keys())),
        only_there=tuple(sorted(there.keys() - here.keys())),
    )


def holds(path: Path, file: HubFile, on_bytes: OnBytes = lambda count: None) -> bool:
    """Whether a file on disk has the content of one on the Hub.

    Raises:
        DamagedDatasetError: it cannot be read.
    """
    if path.stat().st_size != file.size:
        return False
    if file.sha256:
        return sha256(path, on_bytes) == file.sha256
    return git_digest(path, on_bytes) == file.git


def git_digest(path: Path, on_bytes: OnBytes = lambda count: None) -> str:
    """SHA-1 that git gives a file's content: of `blob SIZE`, a zero byte, and the content.

    Raises:
        DamagedDatasetError: it cannot be read.
    """
    try:
        digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                on_bytes(len(block))
    except OSError as error:
        raise DamagedDatasetError(
            f"{path} cannot be read: {error.strerror}.", "Check its permissions and the disk."
        ) from error
    return digest.hexdigest()
