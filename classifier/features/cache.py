"""A content-addressed cache of arrays on disk.

    <name>.npy   | NumPy's header | the array | SHA-256 of all before it, 32 bytes |

The digest stands behind the array, so that NumPy can map the file as it is. Entries are written
whole under another name and renamed, so any number of runs may share a cache and be killed; an
entry whose digest is wrong counts as missing, since encoding again is cheaper than a wrong feature.
"""

import hashlib
import io
import os
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from classifier import output

_DIGEST = hashlib.sha256().digest_size
_BLOCK = 1 << 20
_ABANDONED = 3600.0  # seconds after which nobody can still be writing an entry
_HOME = "LABELER_CACHE"
_SUFFIX = ".npy"


def default_folder() -> Path:
    """The platform's cache folder, or what the environment variable LABELER_CACHE names."""
    chosen = os.environ.get(_HOME)
    return Path(chosen) if chosen else user_cache_path("labeler") / "features"


class FeatureCache:
    """Arrays by name; a name is 64 hexadecimal digits. `limit` is in bytes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self._compared: set[str] = set()  # entries that this process found to be whole

    def get(self, name: str) -> NDArray[np.generic] | None:
        """The array of that name, mapped from disk and read-only; None if it is missing.

        Its digest is compared the first time; a damaged entry is removed.
        """
        path = self._path(name)
        if name not in self._compared and not _is_whole(path):
            output.discard(path)
            return None
        self._compared.add(name)
        try:
            array: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError):
            self._compared.discard(name)
            return None
        output.mark_used(path)
        return array

    def has(self, name: str) -> bool:
        """Whether there is an entry, whole or not."""
        return self._path(name).is_file()

    def put(self, name: str, array: NDArray[np.generic]) -> None:
        """Keep an array.

        Raises:
            StorageError: it cannot be written.
        """
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, allow_pickle=False)
        data = buffer.getvalue()
        path = self._path(name)
        output.make_folders(path.parent)
        output.rewrite(path, data + hashlib.sha256(data).digest(), durable=False)

    def trim(self, keep: Iterable[str] = ()) -> None:
        """Remove what was not used for longest until the limit is kept; never what is in `keep`."""
        kept = {self._path(name) for name in keep}
        entries = []
        for path in self.folder.glob("*/*"):
            try:
                facts = path.stat()
            except OSError:  # another run removed it
                continue
            if output.is_staged(path):
                if time.time() - facts.st_mtime > _ABANDONED:  # its run was killed
                    output.discard(path)
                continue
            if path.suffix == _SUFFIX:
                entries.append((facts.st_mtime_ns, facts.st_size, path))
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self.limit:
                return
            if path not in kept:
                output.discard(path)
                total -= size

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / f"{name}{_SUFFIX}"


def _is_whole(path: Path) -> bool:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            left = os.fstat(file.fileno()).st_size - _DIGEST
            while left > 0 and (block := file.read(min(_BLOCK, left))):
                digest.update(block)
                left -= len(block)
            return left == 0 and file.read() == digest.digest()
    except OSError:
        return False
