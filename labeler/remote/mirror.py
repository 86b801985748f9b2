"""A folder of this machine that stands for a dataset in an object store or on the Hub.

    remote/<digest of the address>/mirror.json       address, and what every object is
    remote/<digest of the address>/<name>/           the dataset; a file that is here is whole

Videos are fetched when they are read, and the ones that were not used for longest are removed once
there are too many bytes of them, in all mirrors together.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from labeler.cures import Retry
from labeler.errors import SourceChangedError
from labeler.remote.address import remote_url

RECORD = "mirror.json"
_PLACE = "LABELER_REMOTE"
"""Variable that names another folder for all mirrors."""


@dataclass(frozen=True)
class ObjectFacts:
    """What tells an object from one that replaces it.

    size: in bytes; time_ns: when it was written, in ns since 1970; 0 where only the digest matters
    digest: of its content as the Hub gives it, in hexadecimal; empty where nobody does
    """

    size: int
    time_ns: int
    digest: str = ""


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
            StoreError, HubError: it cannot be read.
            StorageError: it cannot be kept here.
        """
        path = self.root / file
        if file not in self.objects:
            return path
        from labeler.remote import fetching  # locks and writes, which folders need not wait for

        if path.is_file():
            fetching.mark_used(path)
        else:
            fetching.fetch_video(self, file)
        return path


def local_root(place: Path | str) -> Path:
    """The folder to open for a dataset: itself, or the mirror of an address, brought up to date.

    Raises:
        NotADatasetError: there is no dataset at the address.
        StoreError, HubError: the store cannot be read.
        UsageError: it is no address of a dataset, or there is no such dataset on the Hub.
        StorageError: the mirror cannot be written.
    """
    url = remote_url(place)
    if url is None:
        return Path(place)
    from labeler.remote.fetching import open_mirror

    return open_mirror(url).root


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


def replaced(address: str) -> SourceChangedError:
    """That an object is not the one any more that was listed."""
    return SourceChangedError(f"{address} was replaced while the dataset was read.", Retry())
