"""A dataset on the Hub, read as an object store is: listed, and fetched file by file.

    hf://datasets/OWNER/NAME[@REVISION][/FOLDER]

Source of the addresses: huggingface_hub, HfFileSystem. A revision is a branch, tag or commit, its
slashes written as %2F; without one it is the newest of the branch `main`.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from typing import BinaryIO
from urllib.parse import unquote

from huggingface_hub import constants

from labeler.errors import UsageError
from labeler.offline import allow_hub
from labeler.remote.hub_connection import Connection, translate_errors
from labeler.remote.hub_files import hub_files, url_of
from labeler.remote.mirror import ObjectFacts, replaced

_ADDRESS = re.compile(
    r"hf://datasets/(?P<name>[^/@]+/[^/@]+)(?:@(?P<revision>[^/]+))?(?:/(?P<folder>.+))?"
)
_SHA256 = 64  # hexadecimal digits; what the Hub keeps as a small file has git's SHA-1


class HubStore:
    """The files below an address, by their relative paths.

    Raises:
        UsageError: it is no address of a dataset.
    """

    def __init__(self, url: str) -> None:
        found = _ADDRESS.fullmatch(url)
        if found is None:
            raise UsageError(
                f"{url} is not the address of a dataset on the Hub.",
                "Write hf://datasets/OWNER/NAME, or hf://datasets/OWNER/NAME@REVISION.",
            )
        if allow_hub():
            constants.HF_HUB_OFFLINE = False
        self.url = url
        self._name = found["name"]
        self._revision = unquote(found["revision"] or "main")
        self._folder = f"{found['folder']}/" if found["folder"] else ""

    @cached_property
    def _connection(self) -> Connection:
        return Connection()

    def listing(self) -> dict[str, ObjectFacts]:
        """Every file below the address.

        Raises:
            HubError: the Hub refuses, is out of reach, or sends names that no file may have.
            UsageError: there is no such dataset or revision.
        """
        return {
            name.removeprefix(self._folder): ObjectFacts(file.size, 0, file.sha256 or file.git)
            for name, file in hub_files(self._connection, self._name, self._revision).items()
            if name.startswith(self._folder)
        }

    def fetch(self, name: str, facts: ObjectFacts, target: BinaryIO) -> None:
        """Write a file that was listed into another.

        Raises:
            SourceChangedError: its content is another than was listed.
            HubError: it cannot be read to its end.
            UsageError: it is not there any more.
        """
        received, digest = 0, _digest_of(facts)
        for block in self._blocks(name):
            target.write(block)  # its errors are of this machine
            digest.update(block)
            received += len(block)
        if received != facts.size or digest.hexdigest() != facts.digest:
            raise replaced(f"{self.url}/{name}")

    def _blocks(self, name: str) -> Iterator[bytes]:
        url = url_of(self._connection, self._name, f"{self._folder}{name}", self._revision)
        with translate_errors(self._name), self._connection.stream(url) as response:
            yield from response.iter_bytes()


def _digest_of(facts: ObjectFacts) -> "hashlib._Hash":
    """Begun for the content of an object, of the kind that the Hub gives for it."""
    if len(facts.digest) == _SHA256:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % facts.size, usedforsecurity=False)
