"""A folder of this machine that stands for a dataset in an object store.

    remote/<digest of the address>/mirror.json       address, and size and time of every object
    remote/<digest of the address>/<name>/           the dataset; a file that is here is whole

Videos are fetched when they are read, and the ones that were not used for longest are removed once
there are too many bytes of them, in all mirrors together.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from labeler import disk
from labeler.cures import Retry
from labeler.disk.lock import hold, release
from labeler.errors import BusyError, NotADatasetError, StorageError
from labeler.remote.address import remote_url
from labeler.remote.store import ObjectFacts, Store

RECORD = "mirror.json"
_PLACE, _SIZE = "LABELER_REMOTE", "LABELER_REMOTE_GIB"
"""Variables that name another folder for all mirrors, and another bound."""
_BOUND = 50.0  # GiB of videos
_IN_USE = 60.0  # seconds for which a video stays although there are too many
_AT_ONCE = 8
_LOOK = 0.1  # seconds
_READ = ("meta/", "data/")


@dataclass(frozen=True)
class Mirror:
    """A dataset in a store, of which a part is on this machine.

    root: folder of the dataset here; objects: what was listed when it was opened
    """

    url: str
    root: Path
    objects: Mapping[str, ObjectFacts] = field(repr=False)

    def fetched(self, file: str) -> Path:
        """Where a file of the dataset is on this machine, fetched if it was not.

        A file that is not in the store either is not there afterwards.

        Raises:
            SourceChangedError: it was replaced since the dataset was opened.
            StoreError: it cannot be read.
            StorageError: it cannot be kept here.
        """
        path = self.root / file
        if file not in self.objects or _is_here(path):
            return path
        with _alone(self._lock(file)):
            if not _is_here(path):
                make_room(self.objects[file].size, self.root.parents[1])
                fetch(Store(self.url), file, self.objects[file], path)
        return path

    def _lock(self, file: str) -> Path:
        return self.root.parent / f"{hashlib.sha256(file.encode()).hexdigest()[:16]}.lock"


def local_root(place: Path | str) -> Path:
    """The folder to open for a dataset: itself, or the mirror of an address, brought up to date.

    Raises:
        NotADatasetError: there is no dataset at the address.
        StoreError: the store cannot be read.
        StorageError: the mirror cannot be written.
    """
    url = remote_url(place)
    return Path(place) if url is None else open_mirror(url).root


def open_mirror(url: str) -> Mirror:
    """The mirror of an address: what changed in the store is dropped, rows are fetched.

    Raises:
        as `local_root`.
    """
    store = Store(url)
    objects = {
        name: one
        for name, one in store.listing().items()
        if name.startswith(_READ) or name.endswith(".mp4")
    }
    if "meta/info.json" not in objects:
        raise NotADatasetError(
            f"{url} has no meta/info.json.", "Give the address of a LeRobot dataset."
        )
    folder = mirrors() / hashlib.sha256(url.encode()).hexdigest()[:16]
    disk.make_folders(folder)
    name = url.rpartition("/")[2]
    mirror = Mirror(url, folder / ("dataset" if name in (".", "..") else name), objects)
    with _alone(folder / "opening.lock"):
        before = mirror_of(mirror.root)
        for name, one in ({} if before is None else before.objects).items():
            if objects.get(name) != one:
                disk.remove_file(mirror.root / name)
        disk.rewrite(folder / RECORD, _record_of(mirror).encode())
        wanted = [name for name in objects if name.startswith(_READ) and not name.endswith(".mp4")]
        absent = [name for name in wanted if not (mirror.root / name).is_file()]
        with ThreadPoolExecutor(_AT_ONCE, "fetching") as pool:
            for _ in pool.map(
                lambda name: fetch(store, name, objects[name], mirror.root / name), absent
            ):
                pass
    return mirror


def mirror_of(root: Path) -> Mirror | None:
    """The mirror whose dataset is at `root`; None for any other folder."""
    if root.parent.parent != mirrors():
        return None
    try:
        told = json.loads((root.parent / RECORD).read_bytes())
        objects = {name: ObjectFacts(*one) for name, one in told["objects"].items()}
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return Mirror(str(told["url"]), root, objects)


def mirrors() -> Path:
    """Folder of all mirrors."""
    if place := os.environ.get(_PLACE):
        return Path(place).expanduser().absolute()
    return user_cache_path("labeler", appauthor=False).absolute() / "remote"


def fetch(store: Store, name: str, facts: ObjectFacts, path: Path) -> None:
    """Fetch an object; it is here as a whole or not at all."""
    with disk.new_stream(path) as file:
        store.fetch(name, facts, file)
    if not facts.size:
        disk.make_folders(path.parent)
        disk.rewrite(path, b"")


def make_room(needed: int, folder: Path) -> None:
    """Remove the videos of all mirrors that were not used for longest, until one more fits."""
    bound = float(os.environ.get(_SIZE) or _BOUND) * (1 << 30)
    known = []
    for path in folder.glob("*/*/**/*.mp4"):
        with suppress(OSError):
            status = path.stat()
            known.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in known) + needed
    for used, size, path in sorted(known):
        if total <= bound or time.time() - used < _IN_USE:
            return
        with suppress(StorageError):
            disk.remove_file(path)
            total -= size


def _is_here(path: Path) -> bool:
    there = path.is_file()
    if there:
        disk.mark_used(path)
    return there


def _record_of(mirror: Mirror) -> str:
    objects = {name: [one.size, one.time_ns] for name, one in mirror.objects.items()}
    return json.dumps({"url": mirror.url, "objects": objects})


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other thread or process fetches the same."""
    busy = BusyError(f"{path} is held by another process.", Retry())
    while True:
        try:
            lock = hold(path, busy)
        except BusyError:
            time.sleep(_LOOK)
            continue
        break
    try:
        yield
    finally:
        release(lock)
