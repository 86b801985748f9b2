"""Mirrors brought up to date, and files fetched into them: what only an address needs."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from labeler import disk
from labeler.cures import Retry
from labeler.disk.lock import hold, release
from labeler.errors import BusyError, NotADatasetError, StorageError
from labeler.remote.mirror import RECORD, Mirror, ObjectFacts, mirror_of, mirrors
from labeler.remote.store import Store

if TYPE_CHECKING:
    from labeler.remote.hub_store import HubStore

_SIZE = "LABELER_REMOTE_GIB"
_BOUND = 50.0  # GiB of videos, unless the variable says otherwise
_IN_USE = 60.0  # seconds for which a video stays although there are too many
_AT_ONCE = 8
_LOOK = 0.1  # seconds
_READ = ("meta/", "data/")


def open_mirror(url: str) -> Mirror:
    """The mirror of an address: what changed in the store is dropped, rows are fetched.

    Raises:
        as `local_root`.
    """
    store = store_of(url)
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


def store_of(url: str) -> "Store | HubStore":
    """What is at an address; the client of the Hub is imported for its own addresses only."""
    if url.startswith("hf:"):
        from labeler.remote.hub_store import HubStore

        return HubStore(url)
    return Store(url)


def fetch_video(mirror: Mirror, file: str) -> None:
    """Fetch a video that is not here, unless somebody else does so meanwhile.

    Raises:
        as `Mirror.fetched`.
    """
    path, facts = mirror.root / file, mirror.objects[file]
    name = hashlib.sha256(file.encode()).hexdigest()[:16]
    with _alone(mirror.root.parent / f"{name}.lock"):
        if not path.is_file():
            make_room(facts.size, mirror.root.parents[1])
            fetch(store_of(mirror.url), file, facts, path)


def mark_used(path: Path) -> None:
    """Keep a video from making room for others."""
    disk.mark_used(path)


def fetch(store: "Store | HubStore", name: str, facts: ObjectFacts, path: Path) -> None:
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


def _record_of(mirror: Mirror) -> str:
    objects = {name: astuple(one) for name, one in mirror.objects.items()}
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
