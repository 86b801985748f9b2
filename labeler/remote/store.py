"""An object store: what is in it, and files fetched from it. Nothing here writes to one."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import BinaryIO

import pyarrow as pa
from pyarrow import fs

from labeler.cures import Advice
from labeler.errors import StoreError
from labeler.left_out import let_in
from labeler.remote.mirror import ObjectFacts, replaced

_BLOCK = 4 << 20
_PATIENCE = 20.0  # seconds for a connection, and for an answer
_ATTEMPTS = 3


class Store:
    """The objects below an address, as files by their relative paths."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._scheme, _, self._place = url.partition("://")

    def listing(self) -> dict[str, ObjectFacts]:
        """Every object below the address.

        Raises:
            StoreError: there is nothing, or it cannot be read.
        """
        with self._translated(self.url):
            found = self._files.get_file_info(fs.FileSelector(self._place, recursive=True))
        objects = {}
        for one in found:
            name = one.path[len(self._place) + 1 :]
            if one.type == fs.FileType.File and _is_plain(name):
                objects[name] = ObjectFacts(one.size, one.mtime_ns or 0)
        return objects

    def fetch(self, name: str, facts: ObjectFacts, target: BinaryIO) -> None:
        """Write an object that was listed into a file.

        Raises:
            SourceChangedError: it is another one than was listed, or was replaced meanwhile.
            StoreError: it cannot be read to its end.
        """
        received = 0
        for block in self._blocks(name, facts):
            target.write(block)  # its errors are of this machine
            received += len(block)
        if received != facts.size:
            raise replaced(f"{self.url}/{name}")

    def _blocks(self, name: str, facts: ObjectFacts) -> Iterator[bytes]:
        """Content of an object; what is read of one and the same does not change."""
        path, address = f"{self._place}/{name}", f"{self.url}/{name}"
        with self._translated(address):
            self._require_same(path, address, facts)
            with self._files.open_input_stream(path) as stream:
                mark = _mark(stream)
                while block := stream.read(_BLOCK):
                    yield block
            self._require_same(path, address, facts)
            with self._files.open_input_stream(path) as stream:
                changed = _mark(stream) != mark
        if changed:
            raise replaced(address)

    def _require_same(self, path: str, address: str, facts: ObjectFacts) -> None:
        (now,) = self._files.get_file_info([path])
        if (now.size, now.mtime_ns or 0) != (facts.size, facts.time_ns):
            raise replaced(address)

    @cached_property
    def _files(self) -> fs.FileSystem:
        """Credentials are those that the environment and the files of each store's tools name."""
        with self._translated(self.url):
            return _s3() if self._scheme == "s3" else _gcs()

    @contextmanager
    def _translated(self, address: str) -> Iterator[None]:
        """Errors of Arrow as sentences; their text is all that tells them apart."""
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            said = " ".join(str(error).split())
            if isinstance(error, FileNotFoundError) or "NO_SUCH_BUCKET" in said:
                raise StoreError(f"There is no {address}.", _PLACE) from error
            denied = any(word in said for word in _DENIED)
            cure = _CREDENTIALS if denied else _NETWORK
            why = "access is denied" if denied else f"{said:.300}"
            raise StoreError(f"{address} cannot be read: {why}.", cure) from error


_DENIED = (
    "ACCESS_DENIED", "INVALID_ACCESS_KEY_ID", "SIGNATURE_DOES_NOT_MATCH", "HTTP status 403",
    "OAuth2 access token",
)  # fmt: skip
_PLACE = Advice("Check bucket and path of the dataset.")
_CREDENTIALS = Advice("Check the credentials of the store, and that they may read this bucket.")
_NETWORK = Advice("Check network and address, then start this again; what was fetched is kept.")


def _is_plain(name: str) -> bool:
    """Whether the name of an object leads to a file below a folder, on every system."""
    return not set(name) & set("\\:\0") and not set(name.split("/")) & {"", ".", ".."}


def _s3() -> fs.FileSystem:
    """Its endpoint may be another than Amazon's, as for the tools that know these variables."""
    _bring("S3FileSystem", "pyarrow._s3fs")
    more = _other("https", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is not None:
        more["region"] = region
    return fs.S3FileSystem(
        request_timeout=_PATIENCE,
        connect_timeout=_PATIENCE,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_ATTEMPTS),
        **more,
    )


def _gcs() -> fs.FileSystem:
    """Its endpoint may be a server of one's own, which nobody logs in to, as for Google's tools."""
    _bring("GcsFileSystem", "pyarrow._gcsfs")
    own = _other("http", "STORAGE_EMULATOR_HOST")
    patience = timedelta(seconds=_ATTEMPTS * _PATIENCE)
    return fs.GcsFileSystem(retry_time_limit=patience, anonymous=bool(own), **own)


def _other(scheme: str, *variables: str) -> dict[str, str]:
    """The endpoint that the first of these variables names, and its scheme; nothing where none."""
    address = next(filter(None, map(os.environ.get, variables)), "")
    given, _, host = address.rstrip("/").rpartition("://")
    return {"endpoint_override": host, "scheme": given or scheme} if host else {}


def _bring(name: str, module: str) -> None:
    """Have a file system in `pyarrow.fs`, which this process imported without those of clouds.

    It is imported once more, since it also sees to the end of S3, without which a process crashes.
    """
    if name not in vars(fs):
        let_in(module)
        importlib.reload(fs)


def _mark(stream: pa.NativeFile) -> bytes:
    """What tells an object from one that replaces it; empty where a store does not say."""
    metadata: dict[str, bytes] = stream.metadata() or {}
    return metadata.get("ETag", b"")
